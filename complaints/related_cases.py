"""The other cases that a case's page names: those merged with it, and those that may be the same thing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Role, User
from complaints import words
from complaints.case_rows import same_perhaps
from complaints.models import Complaint, Event
from complaints.workflow import Move

MOST_DUPLICATES = 5


@dataclass(frozen=True)
class Duplicate:
    number: str
    url: str
    words: str


@dataclass(frozen=True)
class Merged:
    """What was merged into this case, or what it was merged into; a link only where this person may open it."""

    into: str = ""
    into_url: str = ""
    cases: tuple[Duplicate, ...] = ()


def merged_with(case: Complaint, events: Iterable[Event], *, user: User) -> Merged:
    """`events` are all of the case's: whether anything was merged into it stands among them."""
    if case.merged_into_id and case.leading_number:
        leading = Complaint.objects.visible_to(user, few=True).only("number").filter(pk=case.merged_into_id).first()
        return Merged(case.leading_number, leading.get_absolute_url() if leading else "")
    if all(event.move != Move.ABSORB for event in events):
        return Merged()
    # Its unit reads what else was said of the same thing, though it may not open those cases.
    is_liaison = user.role == Role.LIAISON
    others = case.merged.order_by("pk") if is_liaison else Complaint.objects.visible_to(user).filter(merged_into=case)
    return Merged(
        cases=tuple(Duplicate(one.number, "" if is_liaison else one.get_absolute_url(), one.title) for one in others)
    )


def duplicates(case: Complaint, *, user: User, at: datetime) -> list[Duplicate]:
    return [
        Duplicate(
            other.number,
            other.get_absolute_url(),
            f"相距 {metres:.0f} 米，{_when(other, at)}，{other.get_state_display()}",
        )
        for metres, other in same_perhaps(user, case)[:MOST_DUPLICATES]
    ]


def _when(other: Complaint, at: datetime) -> str:
    return f"{words.span(at - other.filed_at)}前" if other.filed_at <= at else ""
