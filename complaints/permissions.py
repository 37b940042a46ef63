"""Who may do what to a case. When it may be done is the workflow's business."""

from collections.abc import Callable

from accounts.models import Role, User
from complaints.models import Complaint
from complaints.workflow import Move, State, open_moves

DESK = frozenset({Role.OFFICE, Role.OPERATOR})


def in_office(user: User, complaint: Complaint) -> bool:
    return user.role == Role.OFFICE


def at_the_desk(user: User, complaint: Complaint) -> bool:
    return user.role in DESK


def in_charge(user: User, complaint: Complaint) -> bool:
    return user.role == Role.LIAISON and user.unit_id is not None and user.unit_id == complaint.unit_id


def verifier_but_not_in_charge(user: User, complaint: Complaint) -> bool:
    """No unit signs off its own work."""
    return user.role in {Role.OFFICE, Role.GUIDANCE} and (user.unit_id is None or user.unit_id != complaint.unit_id)


def nobody_on_the_staff(user: User, complaint: Complaint) -> bool:
    """The resident's own moves, made with the tracking code."""
    return False


WHO_MAY: dict[Move, Callable[[User, Complaint], bool]] = {
    Move.ACCEPT: at_the_desk,
    Move.REJECT: at_the_desk,
    Move.DISPATCH: in_office,
    Move.SIGN: in_charge,
    Move.RETURN: in_charge,
    Move.SUBMIT: in_charge,
    Move.PASS: verifier_but_not_in_charge,
    Move.REWORK: verifier_but_not_in_charge,
    Move.RATE: nobody_on_the_staff,
    Move.REOPEN: nobody_on_the_staff,
}


def may(user: User, move: Move, complaint: Complaint) -> bool:
    return WHO_MAY[move](user, complaint)


def moves_open_to(user: User, complaint: Complaint) -> list[Move]:
    """The moves this person may make on this case now: the buttons of its page."""
    return [move for move in open_moves(State(complaint.state)) if may(user, move, complaint)]


def may_see_reporter(user: User, complaint: Complaint, *, may_contact: bool) -> bool:
    """The desk sees who filed a case; the unit in charge only if the resident said it may make contact."""
    return at_the_desk(user, complaint) or (in_charge(user, complaint) and may_contact)


def may_search_phones(user: User) -> bool:
    """Finding cases by the phone that reported them tells who did."""
    return user.role in DESK
