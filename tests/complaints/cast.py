"""The two tables of a case, written down a second time by hand: what the program says is compared with this."""

from accounts.models import Role, User
from complaints.models import Complaint
from complaints.workflow import Move, State
from tests.factories.accounts import SpecialGroupFactory, UnitFactory, UserFactory

# Move → the states it can be made in, the state it leads to, and the roles whose job it is.
MOVES = {
    Move.ACCEPT: ({State.RECEIVED}, State.ACCEPTED, {Role.OFFICE, Role.OPERATOR}),
    Move.REJECT: ({State.RECEIVED}, State.REJECTED, {Role.OFFICE, Role.OPERATOR}),
    Move.DISPATCH: ({State.ACCEPTED}, State.DISPATCHED, {Role.OFFICE}),
    Move.SIGN: ({State.DISPATCHED}, State.HANDLING, {Role.LIAISON}),
    Move.RETURN: ({State.DISPATCHED}, State.ACCEPTED, {Role.LIAISON}),
    Move.SUBMIT: ({State.HANDLING}, State.HANDLED, {Role.LIAISON}),
    Move.PASS: ({State.HANDLED}, State.CLOSED, {Role.OFFICE, Role.GUIDANCE}),
    Move.REWORK: ({State.HANDLED}, State.HANDLING, {Role.OFFICE, Role.GUIDANCE}),
}
SEE_EVERY_CASE = {
    Role.OFFICE, Role.OPERATOR, Role.SUPERVISION, Role.GUIDANCE, Role.LEADER, Role.GROUP_HEAD,
}  # fmt: skip
SEE_NO_CONFIDENTIAL_CASE = {Role.GUIDANCE, Role.LEADER, Role.GROUP_HEAD}


def person(role: Role, unit=None) -> User:
    """Somebody of this role; a liaison belongs to `unit`."""
    if role == Role.LIAISON:
        return UserFactory(role=role, unit=unit or UnitFactory())
    return UserFactory(role=role, group=SpecialGroupFactory() if role == Role.GROUP_HEAD else None)


def sees(user: User, case: Complaint) -> bool:
    if user.role == Role.LIAISON:
        return case.unit_id == user.unit_id
    return user.role in SEE_EVERY_CASE and not (case.is_confidential and user.role in SEE_NO_CONFIDENTIAL_CASE)


def is_job_of(user: User, move: Move, case: Complaint) -> bool:
    _, _, roles = MOVES[move]
    return user.role in roles and (user.role != Role.LIAISON or case.unit_id == user.unit_id)


def fields(move: Move, case: Complaint, *, category=None, unit=None) -> dict:
    """What a filled-in form of this move sends."""
    filled = {
        Move.ACCEPT: {"category": category.pk if category else ""},
        Move.REJECT: {"reason": "不属于受理范围。", "turn_to": "请拨打 12345 热线。"},
        Move.DISPATCH: {"unit": unit.pk if unit else ""},
        Move.SIGN: {"note": "今天下午清理。"},
        Move.RETURN: {"reason": "该处不在我单位包保网格内。"},
        Move.SUBMIT: {"result": "已经清理干净。"},
        Move.PASS: {"note": "现场看过。"},
        Move.REWORK: {"reason": "单元门口还有冰。"},
    }
    return filled[move] | {"version": case.version}
