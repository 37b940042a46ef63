"""What a month-end report holds, as plain JSON: read from the apps part by part, then ranked and put into words.

All that a page, Word or Excel shows of a report comes from here and is frozen with it, sentences and places included.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings

from common.clock import CITY_TIME
from common.models import SAMPLE_DATA, Fact
from common.months import Month
from reports.content import cases, flags, items, patrols, rankings, summary, trend, volunteers
from reports.content.reading import consistent_read

FORMAT = 1
UNPRINTABLE = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ud800-\\udfff\\ufffe\\uffff]")
Heard = Callable[[str, int, int], None]
# Name in the content, what the progress says meanwhile, who reads it.
PARTS: tuple[tuple[str, str, Callable[[Month, datetime], Any]], ...] = (
    ("flags", "红旗和蓝旗", flags.read),
    ("cases", "案件", cases.read),
    ("patrols", "日巡查", patrols.read),
    ("volunteers", "志愿服务", volunteers.read),
    ("items", "交办事项", items.read),
    ("trend", "十二个月走势", trend.read),
)
STEPS = len(PARTS) + 1


def as_of(month: Month, *, at: datetime) -> datetime:
    """The moment a report looks at: the end of its month, or now while the month runs."""
    return min(month.ends_at, at)


def unheard(step: str, done: int, steps: int) -> None:
    """Nobody waits for it."""


def collect(month: Month, *, as_of: datetime, heard: Heard = unheard) -> dict[str, Any]:
    """Read the month as it stands at `as_of`; `heard` is told what is being done, and how much of all is done."""
    content: dict[str, Any] = {
        "format": FORMAT,
        "month": str(month),
        "as_of": as_of.astimezone(CITY_TIME).isoformat(timespec="minutes"),
        "is_whole_month": as_of >= month.ends_at,
        "is_sample": bool(Fact.read(SAMPLE_DATA, False)),
        "issuer": settings.FOOTER["organizer"],
    }
    for done, (name, label, read) in enumerate(PARTS):
        heard(label, done, STEPS)
        with consistent_read():
            content[name] = read(month, as_of)
    heard("排名和小结", len(PARTS), STEPS)
    content["rankings"] = rankings.of(content)
    content["summary"] = summary.of(content)
    cleaned: dict[str, Any] = _printable(content)
    return cleaned


def _printable(told: Any) -> Any:
    """Without the characters that no office file can hold, should somebody have typed or pasted one."""
    if isinstance(told, dict):
        return {name: _printable(value) for name, value in told.items()}
    if isinstance(told, list):
        return [_printable(value) for value in told]
    return UNPRINTABLE.sub("", told) if isinstance(told, str) else told
