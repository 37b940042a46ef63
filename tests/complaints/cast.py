"""The two tables of a case, written down a second time by hand: what the program says is compared with this."""

from accounts.models import Role, User
from complaints.models import Complaint
from complaints.workflow import Move, State
from tests.factories.accounts import SpecialGroupFactory, UnitFactory, UserFactory

_OPEN = {State.RECEIVED, State.ACCEPTED, State.DISPATCHED, State.HANDLING, State.HANDLED}
_WITH_UNIT = {State.DISPATCHED, State.HANDLING, State.HANDLED}
# Move → the states it can be made in, the state it leads to (None: it stays), and the roles whose job it is.
MOVES = {
    Move.ACCEPT: ({State.RECEIVED}, State.ACCEPTED, {Role.OFFICE, Role.OPERATOR}),
    Move.REJECT: ({State.RECEIVED}, State.REJECTED, {Role.OFFICE, Role.OPERATOR}),
    Move.DISPATCH: ({State.ACCEPTED}, State.DISPATCHED, {Role.OFFICE}),
    Move.SIGN: ({State.DISPATCHED}, State.HANDLING, {Role.LIAISON}),
    Move.RETURN: ({State.DISPATCHED}, State.ACCEPTED, {Role.LIAISON}),
    Move.SUBMIT: ({State.HANDLING}, State.HANDLED, {Role.LIAISON}),
    Move.PASS: ({State.HANDLED}, State.CLOSED, {Role.OFFICE, Role.GUIDANCE}),
    Move.REWORK: ({State.HANDLED}, State.HANDLING, {Role.OFFICE, Role.GUIDANCE}),
    Move.MERGE: ({State.RECEIVED, State.ACCEPTED}, State.MERGED, {Role.OFFICE, Role.OPERATOR}),
    Move.REDISPATCH: ({State.DISPATCHED, State.HANDLING}, State.DISPATCHED, {Role.OFFICE}),
    Move.ASK_EXTENSION: ({State.HANDLING}, None, {Role.LIAISON}),
    Move.GRANT_EXTENSION: ({State.HANDLING, State.HANDLED}, None, {Role.OFFICE}),
    Move.REFUSE_EXTENSION: ({State.HANDLING, State.HANDLED}, None, {Role.OFFICE}),
    Move.ASK_SUSPENSION: ({State.HANDLING}, None, {Role.LIAISON}),
    Move.GRANT_SUSPENSION: ({State.HANDLING}, None, {Role.OFFICE}),
    Move.REFUSE_SUSPENSION: ({State.HANDLING, State.HANDLED}, None, {Role.OFFICE}),
    Move.RESUME: ({State.HANDLING}, None, {Role.OFFICE, Role.LIAISON}),
    Move.NOTE: (_WITH_UNIT, None, {Role.LIAISON}),
    Move.HELPERS: (_WITH_UNIT, None, {Role.OFFICE}),
    Move.URGE: (_OPEN, None, {Role.OFFICE, Role.OPERATOR}),
    Move.SUPERVISE: (_OPEN, None, {Role.OFFICE}),
    Move.UNSUPERVISE: (_OPEN, None, {Role.OFFICE}),
    Move.MARK: ({*_OPEN, State.CLOSED}, None, {Role.OFFICE}),
}
# Nobody of the staff makes these; a merge makes the last one in the case that it leads to.
OTHERS_MOVES = {
    Move.RATE: ({State.CLOSED}, State.CLOSED),
    Move.REOPEN: ({State.CLOSED}, State.HANDLING),
    Move.WITHDRAW: ({State.RECEIVED, State.ACCEPTED, State.DISPATCHED, State.HANDLING}, State.WITHDRAWN),
    Move.ABSORB: (_OPEN, None),
}
# What belongs to whoever handles a case is not decided by people of that unit, nor of one that helps.
NOT_ONES_OWN = {
    Move.PASS, Move.REWORK, Move.GRANT_EXTENSION, Move.REFUSE_EXTENSION, Move.GRANT_SUSPENSION, Move.REFUSE_SUSPENSION,
}  # fmt: skip
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
        return case.unit_id == user.unit_id or helps(user, case)
    return user.role in SEE_EVERY_CASE and not (case.is_confidential and user.role in SEE_NO_CONFIDENTIAL_CASE)


def helps(user: User, case: Complaint) -> bool:
    return user.unit_id in {helper.unit_id for helper in case.helpers.all()}


def is_job_of(user: User, move: Move, case: Complaint) -> bool:
    _, _, roles = MOVES[move]
    if user.role not in roles:
        return False
    if user.role == Role.LIAISON:
        return case.unit_id == user.unit_id or (move == Move.NOTE and helps(user, case))
    if move == Move.URGE and user.role == Role.OFFICE:
        return case.unit_id is not None
    takes_part = user.unit_id and (case.unit_id == user.unit_id or helps(user, case))
    return not (takes_part and move in NOT_ONES_OWN)


def is_possible(move: Move, case: Complaint) -> bool:
    """Whether the case is in a state for the move, and marked as the move wants it."""
    asked, suspended, supervised = case.asked_for, case.suspended_until is not None, case.supervised_at is not None
    marked = {
        Move.ASK_EXTENSION: not asked and not suspended,
        Move.ASK_SUSPENSION: not asked and not suspended,
        Move.GRANT_EXTENSION: asked == "extension",
        Move.REFUSE_EXTENSION: asked == "extension",
        Move.GRANT_SUSPENSION: asked == "suspension",
        Move.REFUSE_SUSPENSION: asked == "suspension",
        Move.RESUME: suspended,
        Move.URGE: not suspended,
        Move.SUPERVISE: not supervised,
        Move.UNSUPERVISE: supervised,
    }
    return case.state in MOVES[move][0] and marked.get(move, True)


def fields(move: Move, case: Complaint, *, category=None, unit=None, other_unit=None, duplicate=None) -> dict:
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
        Move.MERGE: {"into": duplicate.number if duplicate else ""},
        Move.REDISPATCH: {"unit": other_unit.pk if other_unit else "", "reason": "该处由别的单位包保。"},
        Move.ASK_EXTENSION: {"days": 3, "reason": "配件还没有到货。"},
        Move.GRANT_EXTENSION: {"days": 2},
        Move.REFUSE_EXTENSION: {"reason": "请先临时处理。"},
        Move.ASK_SUSPENSION: {"until": "2027-05-04", "reason": "冻土期不能开挖。"},
        Move.GRANT_SUSPENSION: {"until": "2027-05-04"},
        Move.REFUSE_SUSPENSION: {"reason": "现在就能办。"},
        Move.RESUME: {},
        Move.NOTE: {"text": "铲雪车已经调来。"},
        Move.HELPERS: {"helpers": [other_unit.pk] if other_unit else []},
        Move.URGE: {"note": "居民又来电话了。"},
        Move.SUPERVISE: {"reason": "三天没有动静。"},
        Move.UNSUPERVISE: {"reason": "已经在办了。"},
        Move.MARK: {"is_confidential": "on", "is_anonymous": "on", "reason": "反映人要求。"},
    }
    return filled[move] | {"version": case.version}
