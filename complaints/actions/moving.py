"""How a case is moved: one conditional UPDATE, the one event that says so, and who is told of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F

from accounts.models import Role, Unit, User
from common.errors import StaleRecord
from common.rows import insert
from complaints import workflow
from complaints.models import Complaint, Event
from complaints.workflow import ASIDES, BY_RESIDENT, Move, State
from notifications.models import Urgency
from notifications.outbox import notify


class StaleCase(StaleRecord):
    """Someone else moved the case first; the message says who and what."""

    def __init__(self, winner: Event | None) -> None:
        what = f"{who(winner)}刚刚办了“{winner.get_move_display()}”" if winner else "这件案件刚刚被别人改动"
        super().__init__(f"{what}，您这一步没有办成。请看过最新情况再办，您写的内容还在。")


def ensure_unchanged(complaint: Complaint, *, version: int, move: Move | None = None) -> None:
    """Raise StaleCase if the case is no longer what the person saw who decided on `move`.

    What was added aside since then (an urging, a note) spoils nobody's decision, unless it is the same move again.
    """
    if complaint.version == version:
        return
    harmless = ASIDES - {move}
    since = complaint.events.filter(version__gt=version).exclude(move__in=harmless)
    if version > complaint.version or since.exists():
        raise StaleCase(last_event(complaint))


def make_move(
    complaint: Complaint,
    move: Move,
    *,
    by: User | None,
    at: datetime,
    note: str = "",
    basis: str = "",
    event_unit: Unit | None = None,
    **changes: Any,
) -> Event:
    """Change the case if nobody else did since we read it, and write the one event that says so."""
    before = State(complaint.state)
    after = workflow.ensure_possible(move, complaint)
    used = at - complaint.stage_started_at
    overdue = complaint.due_at is not None and at > complaint.due_at
    # What leaves the case in its stage has used up none of its time.
    is_step = workflow.PATHS[move][1] is not None
    changes |= {"stage_started_at": at} if is_step else {}
    as_we_read_it = Complaint.objects.as_read(complaint)
    if not as_we_read_it.update(state=after, version=F("version") + 1, **changes):
        raise StaleCase(last_event(complaint))
    complaint.refresh_from_db()
    event = Event(
        complaint=complaint, version=complaint.version, move=move, from_state=before, to_state=after,
        actor=by, unit_id=event_unit.pk if event_unit else complaint.unit_id, at=at, note=note, basis=basis[:200],
        seconds_used=max(0, int(used.total_seconds())) if is_step else 0, was_overdue=overdue and is_step,
        satisfaction=changes.get("satisfaction"), is_solved=changes.get("is_solved"),
    )  # fmt: skip
    return insert(event)


def last_event(complaint: Complaint) -> Event | None:
    return complaint.events.select_related("actor__unit", "actor__group").order_by("-version").first()


def who(event: Event) -> str:
    """Who made a move, in words; nobody is the resident in the resident's moves and the portal in all others."""
    if event.actor:
        return str(event.actor)
    return "反映人" if event.move in BY_RESIDENT else "系统"


def tell_unit(complaint: Complaint, title: str, *, at: datetime) -> None:
    """Tell the liaisons of the unit in charge, if there is one."""
    tell(complaint, liaisons_of(complaint.unit_id), title, at=at)


def tell_office(complaint: Complaint, title: str, *, at: datetime) -> None:
    tell(complaint, User.objects.filter(role=Role.OFFICE, is_active=True), title, at=at)


def liaisons_of(*units: int | None) -> Iterable[User]:
    return User.objects.filter(unit__in=[unit for unit in units if unit], role=Role.LIAISON, is_active=True)


def tell(
    complaint: Complaint, people: Iterable[User], title: str, *, at: datetime, urgency: Urgency = Urgency.NORMAL
) -> None:
    reason, words = f"case:{complaint.number}:{complaint.version}", f"{title}：{complaint.title}"
    notify(people, reason=reason, title=words, url=complaint.get_absolute_url(), urgency=urgency, at=at)
