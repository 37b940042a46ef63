"""The daily patrols of a month: grid-days walked of grid-days expected."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Min

from common.clock import CITY_TIME
from common.months import Month
from grids.stats import Covered
from volunteers.models import PatrolLog
from volunteers.stats import Coverage, patrol_coverage


def read(month: Month, as_of: datetime) -> dict[str, Any]:
    coverage = walked_between(month.first_day, month.last_day, as_of=as_of)
    by_unit: dict[tuple[str, str], list[Covered]] = defaultdict(list)
    for row in coverage.rows:
        by_unit[row.unit.code, row.unit.name].append(row.covered)
    return {
        "city": _counts([coverage.covered]),
        "communities": [{"key": area.code, "name": area.name} | _counts([one]) for area, one in coverage.by_community],
        "units": [{"key": code, "name": name} | _counts(found) for (code, name), found in sorted(by_unit.items())],
    }


def walked_between(first: date, last: date, *, as_of: datetime) -> Coverage:
    """Only days that are over count: of the last one nobody can say yet.

    Nor was anything expected before the city logged its first patrol here.
    """
    began = PatrolLog.objects.aggregate(on=Min("on"))["on"] or last
    today = as_of.astimezone(CITY_TIME).date()
    return patrol_coverage(min(max(first, began), last), last, today=today, streaks=False)


def _counts(found: Iterable[Covered]) -> dict[str, int]:
    rows = list(found)
    return {"walked": sum(one.count for one in rows), "expected": sum(one.total for one in rows)}
