"""Marks on a case that are no states: urged (催办), supervised (督办), confidential (保密) and anonymous (匿名)."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from accounts.models import Role, User
from common.clock import CITY_TIME
from common.errors import DomainError
from complaints import workflow
from complaints.actions.moving import liaisons_of, make_move, tell
from complaints.models import Complaint, Event
from complaints.workflow import Move, State
from notifications.models import Urgency


@transaction.atomic
def urge(complaint: Complaint, *, by: User | None, at: datetime, note: str = "") -> None:
    """Press whoever has the case now. `by` None is the resident, who may once a day."""
    workflow.ensure_possible(Move.URGE, complaint)
    if by is None and was_urged_on(at.astimezone(CITY_TIME).date(), complaint.events.filter(move=Move.URGE)):
        raise DomainError("今天已经催过了，办理的人已经收到提醒。明天还没有动静可以再催。")
    make_move(complaint, Move.URGE, by=by, at=at, note=note, urge_count=F("urge_count") + 1)
    tell(complaint, _who_has_it(complaint), "催办" if by else "居民催办", at=at, urgency=Urgency.HIGH)


def was_urged_on(day: date, events: Iterable[Event]) -> bool:
    """Whether the resident urged on that day, by events of the case."""
    urgings = (event for event in events if event.move == Move.URGE and event.actor_id is None)
    return any(event.at.astimezone(CITY_TIME).date() == day for event in urgings)


def _who_has_it(complaint: Complaint) -> Iterable[User]:
    if complaint.state in {State.DISPATCHED, State.HANDLING}:
        return liaisons_of(complaint.unit_id)
    desk = {Role.OFFICE, Role.OPERATOR} if complaint.state == State.RECEIVED else {Role.OFFICE}
    return User.objects.filter(role__in=desk, is_active=True)


@transaction.atomic
def supervise(complaint: Complaint, *, reason: str, by: User | None, at: datetime) -> None:
    """Put the case on the list of the supervised. `by` None: a rule of the portal did."""
    make_move(complaint, Move.SUPERVISE, by=by, at=at, note=reason, supervised_at=at)
    _tell_supervision(complaint, "督办", at=at)


@transaction.atomic
def unsupervise(complaint: Complaint, *, reason: str, by: User, at: datetime) -> None:
    make_move(complaint, Move.UNSUPERVISE, by=by, at=at, note=reason, supervised_at=None)
    _tell_supervision(complaint, "解除督办", at=at)


def _tell_supervision(complaint: Complaint, title: str, *, at: datetime) -> None:
    group = User.objects.filter(role=Role.SUPERVISION, is_active=True)
    tell(complaint, [*liaisons_of(complaint.unit_id), *group], title, at=at, urgency=Urgency.HIGH)


@transaction.atomic
def mark(
    complaint: Complaint, *, is_confidential: bool, is_anonymous: bool, reason: str, by: User, at: datetime
) -> None:
    """Say who may see the case and who filed it. A confidential one disappears from the public pages by itself."""
    changes = [
        *_change("保密", complaint.is_confidential, is_confidential),
        *_change("匿名", complaint.is_anonymous, is_anonymous),
    ]
    if not changes:
        raise DomainError("标记没有变化。请勾选或取消后再保存。")
    make_move(
        complaint, Move.MARK, by=by, at=at, note=reason, basis="，".join(changes), is_confidential=is_confidential,
        is_anonymous=is_anonymous,
    )  # fmt: skip


def _change(word: str, before: bool, after: bool) -> list[str]:
    return [f"{'标为' if after else '取消'}{word}"] if before != after else []
