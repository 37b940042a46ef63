"""What people do to meetings and action items. An item's state changes here and nowhere else."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.models import Role, SpecialGroup, Unit, User
from audit import log
from common.clock import CITY_TIME
from common.errors import DomainError, StaleRecord
from complaints.models import Complaint
from meetings.models import ActionItem, Instruction, Meeting, Step
from meetings.workflow import ItemState, Move, destination
from notifications.outbox import notify
from progress.models import MonthTask


class StaleMeeting(StaleRecord):
    def __init__(self) -> None:
        super().__init__("这次会议刚刚被别人改过，您这一次没有保存。您写的内容还在，请对照最新情况再保存。")


class StaleItem(StaleRecord):
    """Someone else moved the item first; the message says who and what."""

    def __init__(self, winner: Step | None) -> None:
        what = f"{winner.by}刚刚办了“{winner.get_move_display()}”" if winner else "这一项刚刚被别人改动"
        super().__init__(f"{what}，您这一次没有办成。请看过最新情况再办，您写的内容还在。")


@dataclass(frozen=True)
class Invitation:
    """When and where a meeting is held, and about what."""

    held_at: datetime
    place: str
    agenda: str


@transaction.atomic
def call_meeting(*, group: SpecialGroup | None, invitation: Invitation, by: User, at: datetime) -> Meeting:
    """Put a meeting down; without a group it is the leading group's. A group's heads are told."""
    meeting = Meeting.objects.create(group=group, called_by=by, **vars(invitation))
    log.record("登记会议", by=by, at=at, target=meeting)
    if group:
        heads = User.objects.filter(role=Role.GROUP_HEAD, group=group, is_active=True).exclude(pk=by.pk)
        _tell(heads, f"meeting:{meeting.pk}", f"新的会议：{meeting}", meeting.get_absolute_url(), at)
    return meeting


@transaction.atomic
def change_meeting(meeting: Meeting, *, invitation: Invitation, by: User, at: datetime) -> None:
    """Move a meeting to another time or place, or give it other points."""
    _change(meeting, **vars(invitation))
    log.record("修改会议", by=by, at=at, target=meeting)


@transaction.atomic
def write_minutes(meeting: Meeting, *, minutes: str, by: User, at: datetime) -> None:
    """Keep the minutes; written again they replace the earlier ones, and the audit log keeps how long those were."""
    if not minutes.strip():
        raise DomainError("会议纪要不能是空的。")
    log.record("写会议纪要", by=by, at=at, target=meeting, before=len(meeting.minutes), after=len(minutes))
    _change(meeting, minutes=minutes, minutes_at=at, minutes_by=by)


@transaction.atomic
def assign(meeting: Meeting, *, unit: Unit, content: str, due_on: date, by: User, at: datetime) -> ActionItem:
    """Give a unit something to do by a day; the unit is told."""
    return give(ActionItem(meeting=meeting, unit=unit, content=content, due_on=due_on), by=by, at=at)


@dataclass(frozen=True)
class About:
    """On what a leader writes: exactly one of a case, a month task, a figure with its value and page."""

    case: Complaint | None = None
    task: MonthTask | None = None
    figure: str = ""
    value: str = ""
    page: str = ""


@transaction.atomic
def instruct(about: About, *, unit: Unit, content: str, due_on: date, by: User, at: datetime) -> ActionItem:
    """A leader's instruction: an action item of the unit, which replies until `due_on`."""
    if about.case and about.case.is_confidential:
        raise DomainError("保密案件不写批示，请当面交办。")
    item = give(ActionItem(unit=unit, content=content, due_on=due_on), by=by, at=at)
    instruction = Instruction.objects.create(item=item, **vars(about))
    log.record("批示", by=by, at=at, target=item, about=instruction.about)
    return item


def give(item: ActionItem, *, by: User, at: datetime) -> ActionItem:
    """Store a new item with its first step and tell its unit; in the caller's transaction."""
    if item.due_on < at.astimezone(CITY_TIME).date():
        raise DomainError("办结期限不能早于今天。")
    item.created_at, item.created_by = at, by
    item.save(force_insert=True)
    Step.objects.create(item=item, version=0, move=Move.ASSIGN, due_on=item.due_on, by=by, at=at)
    log.record("交办事项", by=by, at=at, target=item, due_on=f"{item.due_on}")
    _tell_unit(item, Move.ASSIGN, at=at)
    return item


@transaction.atomic
def follow_up(item: ActionItem, *, text: str, by: User, at: datetime) -> None:
    """Say how far it is. What the unit had reported as done is taken up again by whoever gave it."""
    _move(item, Move.FOLLOW_UP, text=text, by=by, at=at, is_reported=False)


@transaction.atomic
def report_done(item: ActionItem, *, text: str, by: User, at: datetime) -> None:
    """The unit says it is done; whoever gave it confirms."""
    _move(item, Move.REPORT, text=text, by=by, at=at, is_reported=True)


@transaction.atomic
def postpone(item: ActionItem, *, due_on: date, text: str, by: User, at: datetime) -> None:
    if due_on < at.astimezone(CITY_TIME).date():
        raise DomainError("新的期限不能早于今天。")
    _move(item, Move.POSTPONE, text=text, by=by, at=at, due_on=due_on)


@transaction.atomic
def confirm(item: ActionItem, *, text: str, by: User, at: datetime) -> None:
    _move(item, Move.CONFIRM, text=text, by=by, at=at, closed_at=at, is_reported=False)


@transaction.atomic
def cancel(item: ActionItem, *, text: str, by: User, at: datetime) -> None:
    _move(item, Move.CANCEL, text=text, by=by, at=at, closed_at=at, is_reported=False)


@transaction.atomic
def reopen(item: ActionItem, *, text: str, by: User, at: datetime) -> None:
    _move(item, Move.REOPEN, text=text, by=by, at=at, closed_at=None)


def _change(meeting: Meeting, **changes: Any) -> None:
    if not Meeting.objects.as_read(meeting).update(version=F("version") + 1, **changes):
        raise StaleMeeting
    meeting.refresh_from_db()


def _move(item: ActionItem, move: Move, *, text: str, by: User, at: datetime, **changes: Any) -> None:
    target = destination(move, ItemState(item.state))
    if not ActionItem.objects.as_read(item).update(state=target, version=F("version") + 1, **changes):
        raise StaleItem(item.steps.select_related("by", "by__unit", "by__group").order_by("-version").first())
    item.state, item.version = target, item.version + 1
    for name, value in changes.items():
        setattr(item, name, value)
    Step.objects.create(
        item=item, version=item.version, move=move, text=text, due_on=changes.get("due_on"), by=by, at=at
    )
    if by.unit_id == item.unit_id and by.role == Role.LIAISON:
        _tell_giver(item, move, at=at)
    else:
        _tell_unit(item, move, at=at)


def _tell_unit(item: ActionItem, move: Move, *, at: datetime) -> None:
    liaisons = User.objects.filter(role=Role.LIAISON, unit=item.unit_id, is_active=True)
    by_leader = move == Move.ASSIGN and item.created_by.role == Role.LEADER
    what = "领导批示" if by_leader else move.label
    title = f"{what}：{item.content}（{item.due_on.month} 月 {item.due_on.day} 日前）"
    _tell(liaisons, f"action-item:{item.pk}:{item.version}", title, item.get_absolute_url(), at)


def _tell_giver(item: ActionItem, move: Move, *, at: datetime) -> None:
    giver = User.objects.filter(pk=item.created_by_id, is_active=True)
    title = f"{item.unit}{move.label}：{item.content}"
    _tell(giver, f"action-item:{item.pk}:{item.version}", title, item.get_absolute_url(), at)


def _tell(people: Any, reason: str, title: str, url: str, at: datetime) -> None:
    notify(people, reason=reason, title=title if len(title) <= 120 else title[:119] + "…", url=url, at=at)
