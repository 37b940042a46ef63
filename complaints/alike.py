"""What a resident is told of open cases that may be the one they are about to file.

Only what may be known of anybody's case: what kind of thing, in which grid, about when, how far it has come. Never a
word of what others wrote, nor how far away it is: from three distances one could work out somebody's door.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from complaints import story, words
from complaints.models import Complaint, Tuning

MOST = 3


@dataclass(frozen=True)
class Alike:
    case: Complaint
    what: str
    where: str
    when: str
    badge: str


def alike(answers: Mapping[str, Any], *, at: datetime) -> list[Alike]:
    """Open cases of the same kind around the point given, nearest first, or else in the grid chosen, newest first."""
    shown = Complaint.objects.open().filter(is_confidential=False)
    cases = shown.select_related("category", "grid__community")
    if answers.get("longitude") is not None:
        here = Complaint(
            group=answers["group"], longitude=answers["longitude"], latitude=answers["latitude"], filed_at=at
        )
        return [_told(case, at=at) for _, case in cases.duplicates_of(here)[:MOST]]
    if not answers.get("grid"):
        return []
    lately = cases.filter(filed_at__gte=at - Tuning.current().duplicate_within)
    in_grid = lately.filter(group=answers["group"], grid__code=answers["grid"]).order_by(*cases.NEWEST)
    return [_told(case, at=at) for case in in_grid[:MOST]]


def _told(case: Complaint, *, at: datetime) -> Alike:
    return Alike(
        case=case,
        what=case.category.name if case.category else case.get_group_display(),
        where=f"{case.grid.community.name} {case.grid.name}" if case.grid else "您标的地方附近",
        when=f"{words.span(at - case.filed_at)}前反映",
        badge=story.badge(case),
    )
