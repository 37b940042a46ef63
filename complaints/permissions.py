"""Who may do what to a case. When it may be done is the workflow's business."""

from collections.abc import Callable

from accounts.models import Role, User
from complaints.models import Complaint
from complaints.models.complaint import SEE_ALL, SEE_ALL_BUT_CONFIDENTIAL
from complaints.models.escalation import WITH_OFFICE, WITH_UNIT
from complaints.workflow import Move, possible_moves

DESK = frozenset({Role.OFFICE, Role.OPERATOR})


def may_acknowledge(user: User, complaint: Complaint) -> bool:
    """Whoever the case waits for may say that it is being seen to."""
    if complaint.state in WITH_OFFICE:
        return user.role in DESK
    return complaint.state in WITH_UNIT and in_charge(user, complaint)


def in_office(user: User, complaint: Complaint) -> bool:
    return user.role == Role.OFFICE


def at_the_desk(user: User, complaint: Complaint) -> bool:
    return user.role in DESK


def in_charge(user: User, complaint: Complaint) -> bool:
    return user.role == Role.LIAISON and user.unit_id is not None and user.unit_id == complaint.unit_id


def helping(user: User, complaint: Complaint) -> bool:
    """The user's unit helps (协办) with the case."""
    return user.role == Role.LIAISON and user.unit_id is not None and complaint.is_helped_by(user.unit_id)


def in_charge_or_helping(user: User, complaint: Complaint) -> bool:
    return in_charge(user, complaint) or helping(user, complaint)


def in_charge_or_in_office(user: User, complaint: Complaint) -> bool:
    return in_charge(user, complaint) or in_office(user, complaint)


def in_office_with_no_part_in_it(user: User, complaint: Complaint) -> bool:
    """No unit grants its own requests."""
    return in_office(user, complaint) and not _takes_part(user, complaint)


def verifier_with_no_part_in_it(user: User, complaint: Complaint) -> bool:
    """No unit signs off its own work, helping units included."""
    return user.role in {Role.OFFICE, Role.GUIDANCE} and not _takes_part(user, complaint)


def _takes_part(user: User, complaint: Complaint) -> bool:
    """Whether the user belongs, in whatever role, to a unit that handles the case or helps with it."""
    unit = user.unit_id
    return unit is not None and (unit == complaint.unit_id or complaint.is_helped_by(unit))


def at_the_desk_but_waiting_for_others(user: User, complaint: Complaint) -> bool:
    """The operator urges whoever has the case; the office urges the unit, not itself."""
    return user.role == Role.OPERATOR or (user.role == Role.OFFICE and complaint.unit_id is not None)


def nobody_on_the_staff(user: User, complaint: Complaint) -> bool:
    """Moves that the resident makes with the tracking code, or that come with another one."""
    return False


WHO_MAY: dict[Move, Callable[[User, Complaint], bool]] = {
    Move.ACCEPT: at_the_desk,
    Move.REJECT: at_the_desk,
    Move.MERGE: at_the_desk,
    Move.DISPATCH: in_office,
    Move.SIGN: in_charge,
    Move.RETURN: in_charge,
    Move.SUBMIT: in_charge,
    Move.PASS: verifier_with_no_part_in_it,
    Move.REWORK: verifier_with_no_part_in_it,
    Move.REDISPATCH: in_office,
    Move.ASK_EXTENSION: in_charge,
    Move.GRANT_EXTENSION: in_office_with_no_part_in_it,
    Move.REFUSE_EXTENSION: in_office_with_no_part_in_it,
    Move.ASK_SUSPENSION: in_charge,
    Move.GRANT_SUSPENSION: in_office_with_no_part_in_it,
    Move.REFUSE_SUSPENSION: in_office_with_no_part_in_it,
    Move.RESUME: in_charge_or_in_office,
    Move.NOTE: in_charge_or_helping,
    Move.HELPERS: in_office,
    Move.URGE: at_the_desk_but_waiting_for_others,
    Move.SUPERVISE: in_office,
    Move.UNSUPERVISE: in_office,
    Move.MARK: in_office,
    Move.ABSORB: nobody_on_the_staff,
    Move.RATE: nobody_on_the_staff,
    Move.REOPEN: nobody_on_the_staff,
    Move.WITHDRAW: nobody_on_the_staff,
}


def may(user: User, move: Move, complaint: Complaint) -> bool:
    return WHO_MAY[move](user, complaint)


def moves_open_to(user: User, complaint: Complaint) -> list[Move]:
    """The moves this person may make on this case now: the buttons of its page."""
    return [move for move in possible_moves(complaint) if may(user, move, complaint)]


def may_see_reporter(user: User, complaint: Complaint, *, may_contact: bool) -> bool:
    """The desk sees who filed a case; the unit in charge only if the resident said it may make contact.

    Of an anonymous case (匿名) nobody but the office does. A helping unit never does.
    """
    if complaint.is_anonymous:
        return in_office(user, complaint)
    return at_the_desk(user, complaint) or (in_charge(user, complaint) and may_contact)


# Whoever sees cases may take along those that they see.
MAY_EXPORT = SEE_ALL | SEE_ALL_BUT_CONFIDENTIAL | {Role.LIAISON}


def may_search_phones(user: User) -> bool:
    """Finding cases by the phone that reported them tells who did."""
    return user.role in DESK
