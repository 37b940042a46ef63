"""Who may do what to inspections and referrals. When it may be done is the workflow's business."""

from collections.abc import Callable
from enum import Enum

from accounts.models import Role, User
from supervision.models import Inspection, Referral
from supervision.workflow import Move, State, possible_moves

INSPECTORS = (Role.GUIDANCE, Role.OFFICE)
# Who refers by itself; the guidance group refers what an inspection found.
MAY_REFER = (Role.OFFICE, Role.SUPERVISION)


def may_write(user: User, inspection: Inspection) -> bool:
    """A draft is its author's."""
    return user.role in INSPECTORS and inspection.is_draft and inspection.by_id == user.pk


def may_correct(user: User, inspection: Inspection) -> bool:
    """Once submitted: whoever wrote it, and the office."""
    if inspection.is_draft or user.role not in INSPECTORS:
        return False
    return user.role == Role.OFFICE or inspection.by_id == user.pk


def sees_every_finding(user: User, inspection: Inspection) -> bool:
    """Whether no finding at all means that nothing was found: to others a referral is nothing."""
    return inspection.by_id == user.pk or (user.role == Role.SUPERVISION and user.unit_id is None)


class Sight(Enum):
    """How much somebody sees of a referral that they may know of."""

    # Everything: the supervision group, and leaders, who come to know of it when it is closed.
    WHOLE = "whole"
    # What one referred oneself, how far it is, and the conclusion.
    OWN = "own"
    # The conclusion, without who referred it and how it was found out: the unit concerned.
    CONCLUSION = "conclusion"


def sight_of(user: User, referral: Referral) -> Sight:
    if user.unit_id is not None and user.unit_id == referral.unit_id:
        return Sight.CONCLUSION if user.pk != referral.referred_by_id else Sight.OWN
    return Sight.WHOLE if user.role in {Role.SUPERVISION, Role.LEADER} else Sight.OWN


def in_group_with_no_part_in_it(user: User, referral: Referral) -> bool:
    """The supervision group; nobody decides on the own unit."""
    return user.role == Role.SUPERVISION and (user.unit_id is None or user.unit_id != referral.unit_id)


WHO_MAY: dict[Move, Callable[[User, Referral], bool]] = {
    Move.VERIFY: in_group_with_no_part_in_it,
    Move.NOTE: in_group_with_no_part_in_it,
    Move.SUBSTANTIATE: in_group_with_no_part_in_it,
    Move.DISMISS: in_group_with_no_part_in_it,
    Move.RECHECK: in_group_with_no_part_in_it,
    Move.HANDLE: in_group_with_no_part_in_it,
    Move.CLOSE: in_group_with_no_part_in_it,
}


def may(user: User, move: Move, referral: Referral) -> bool:
    return WHO_MAY[move](user, referral)


def moves_open_to(user: User, referral: Referral) -> list[Move]:
    """The moves this person may make on this referral now: the forms of its page."""
    return [move for move in possible_moves(State(referral.state)) if may(user, move, referral)]
