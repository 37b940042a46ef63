"""Who may do what to meetings and action items. When it may be done is the workflow's business."""

from collections.abc import Callable

from accounts.models import Role, SpecialGroup, User
from meetings.models import READS_EVERYTHING, ActionItem, Meeting
from meetings.workflow import ItemState, Move, open_moves

HOLDERS = (Role.OFFICE, Role.GROUP_HEAD)


def may_hold(user: User, group: SpecialGroup | None) -> bool:
    """The office holds every meeting; the head of a special group that group's."""
    if user.role == Role.OFFICE:
        return True
    return user.role == Role.GROUP_HEAD and group is not None and group.pk == user.group_id


def may_edit(user: User, meeting: Meeting) -> bool:
    return may_hold(user, meeting.group)


def may_read_pack(user: User, meeting: Meeting) -> bool:
    """The pack tells of other units' cases: it is for those who sit at the table, not for the units heard."""
    return user.role in READS_EVERYTHING or may_edit(user, meeting)


def gave(user: User, item: ActionItem) -> bool:
    """Who keeps an item: the office, the head of the group whose meeting gave it, the leader who wrote it."""
    if user.role == Role.OFFICE:
        return True
    if user.role == Role.LEADER:
        return item.created_by_id == user.pk
    return item.meeting is not None and may_edit(user, item.meeting)


def has_to_do(user: User, item: ActionItem) -> bool:
    return user.role == Role.LIAISON and user.unit_id == item.unit_id


def concerned(user: User, item: ActionItem) -> bool:
    return gave(user, item) or has_to_do(user, item)


def may_instruct(user: User) -> bool:
    """Leaders write on cases, tasks and figures."""
    return user.role == Role.LEADER


WHO_MAY: dict[Move, Callable[[User, ActionItem], bool]] = {
    Move.FOLLOW_UP: concerned,
    Move.REPORT: has_to_do,
    Move.POSTPONE: gave,
    # No unit signs off its own work.
    Move.CONFIRM: gave,
    Move.CANCEL: gave,
    Move.REOPEN: gave,
}


def may(user: User, move: Move, item: ActionItem) -> bool:
    return WHO_MAY[move](user, item)


def moves_open_to(user: User, item: ActionItem) -> list[Move]:
    """The moves this person may make on this item now: the forms of its page."""
    return [move for move in open_moves(ItemState(item.state)) if may(user, move, item)]
