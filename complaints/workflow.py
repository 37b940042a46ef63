"""The life of a case (案件): what can be done to it in each state, and the state that leads to.

What a case is marked with besides (督办, 挂账, a request that waits) is no state, but CONDITIONS ask for it.
"""

from collections.abc import Callable
from typing import Protocol

from django.db import models

from common.errors import DomainError


class State(models.TextChoices):
    RECEIVED = "received", "待受理"
    ACCEPTED = "accepted", "待派遣"
    DISPATCHED = "dispatched", "已派遣"
    HANDLING = "handling", "处理中"
    HANDLED = "handled", "待核查"
    CLOSED = "closed", "已办结"
    REJECTED = "rejected", "不予受理"
    MERGED = "merged", "并案"
    WITHDRAWN = "withdrawn", "撤回"


OPEN_STATES = (State.RECEIVED, State.ACCEPTED, State.DISPATCHED, State.HANDLING, State.HANDLED)
FINAL_STATES = tuple(state for state in State if state not in OPEN_STATES)
WITH_UNIT_STATES = (State.DISPATCHED, State.HANDLING, State.HANDLED, State.CLOSED)


class RequestKind(models.TextChoices):
    """What a unit may ask the office for."""

    EXTENSION = "extension", "延期"
    SUSPENSION = "suspension", "挂账"


class Move(models.TextChoices):
    FILE = "file", "反映"
    ACCEPT = "accept", "受理"
    REJECT = "reject", "不予受理"
    MERGE = "merge", "并案"
    DISPATCH = "dispatch", "派遣"
    SIGN = "sign", "签收"
    RETURN = "return", "退单"
    SUBMIT = "submit", "提交结果"
    PASS = "pass", "核查通过"
    REWORK = "rework", "返工"
    REDISPATCH = "redispatch", "改派"
    ASK_EXTENSION = "ask_extension", "申请延期"
    GRANT_EXTENSION = "grant_extension", "同意延期"
    REFUSE_EXTENSION = "refuse_extension", "不同意延期"
    ASK_SUSPENSION = "ask_suspension", "申请挂账"
    GRANT_SUSPENSION = "grant_suspension", "同意挂账"
    REFUSE_SUSPENSION = "refuse_suspension", "不同意挂账"
    RESUME = "resume", "恢复办理"
    NOTE = "note", "补充进展"
    HELPERS = "helpers", "协办单位"
    URGE = "urge", "催办"
    SUPERVISE = "supervise", "督办"
    UNSUPERVISE = "unsupervise", "解除督办"
    MARK = "mark", "保密和匿名"
    ABSORB = "absorb", "并入一件"
    RATE = "rate", "评价"
    REOPEN = "reopen", "二次办理"
    WITHDRAW = "withdraw", "撤回"


_OPEN = frozenset(OPEN_STATES)
_HANDLING = frozenset({State.HANDLING})
# A request that was asked in time may be decided after the result came in.
_HANDLING_OR_HANDLED = frozenset({State.HANDLING, State.HANDLED})
_WITH_UNIT = frozenset({State.DISPATCHED, State.HANDLING, State.HANDLED})
_NOT_YET_HANDLED = frozenset({State.RECEIVED, State.ACCEPTED, State.DISPATCHED, State.HANDLING})

# The states in which a move can be made, and the state it leads to; None: the case stays where it is.
PATHS: dict[Move, tuple[frozenset[State], State | None]] = {
    Move.ACCEPT: (frozenset({State.RECEIVED}), State.ACCEPTED),
    Move.REJECT: (frozenset({State.RECEIVED}), State.REJECTED),
    Move.MERGE: (frozenset({State.RECEIVED, State.ACCEPTED}), State.MERGED),
    Move.DISPATCH: (frozenset({State.ACCEPTED}), State.DISPATCHED),
    Move.SIGN: (frozenset({State.DISPATCHED}), State.HANDLING),
    Move.RETURN: (frozenset({State.DISPATCHED}), State.ACCEPTED),
    Move.SUBMIT: (_HANDLING, State.HANDLED),
    Move.PASS: (frozenset({State.HANDLED}), State.CLOSED),
    Move.REWORK: (frozenset({State.HANDLED}), State.HANDLING),
    Move.REDISPATCH: (frozenset({State.DISPATCHED, State.HANDLING}), State.DISPATCHED),
    Move.ASK_EXTENSION: (_HANDLING, None),
    Move.GRANT_EXTENSION: (_HANDLING_OR_HANDLED, None),
    Move.REFUSE_EXTENSION: (_HANDLING_OR_HANDLED, None),
    Move.ASK_SUSPENSION: (_HANDLING, None),
    Move.GRANT_SUSPENSION: (_HANDLING, None),
    Move.REFUSE_SUSPENSION: (_HANDLING_OR_HANDLED, None),
    Move.RESUME: (_HANDLING, None),
    Move.NOTE: (_WITH_UNIT, None),
    Move.HELPERS: (_WITH_UNIT, None),
    Move.URGE: (_OPEN, None),
    Move.SUPERVISE: (_OPEN, None),
    Move.UNSUPERVISE: (_OPEN, None),
    Move.MARK: (_OPEN | {State.CLOSED}, None),
    Move.ABSORB: (_OPEN, None),
    Move.RATE: (frozenset({State.CLOSED}), State.CLOSED),
    Move.REOPEN: (frozenset({State.CLOSED}), State.HANDLING),
    Move.WITHDRAW: (_NOT_YET_HANDLED, State.WITHDRAWN),
}
# They change nothing that somebody else is deciding at the moment: whoever has the page open may go on.
ASIDES = frozenset(
    {Move.NOTE, Move.HELPERS, Move.URGE, Move.SUPERVISE, Move.UNSUPERVISE, Move.MARK, Move.ABSORB}
)  # fmt: skip
BY_RESIDENT = frozenset({Move.FILE, Move.RATE, Move.REOPEN, Move.WITHDRAW, Move.URGE})


class Marked(Protocol):
    """A case, as far as the workflow looks at it."""

    state: str
    asked_for: str

    @property
    def is_suspended(self) -> bool: ...

    @property
    def is_supervised(self) -> bool: ...


def _asks_for(kind: RequestKind) -> tuple[Callable[[Marked], bool], str]:
    return lambda case: case.asked_for == kind, f"这件没有等着批的{kind.label}申请，可能已经批过了。"


_MAY_ASK: tuple[Callable[[Marked], bool], str] = (
    lambda case: not case.asked_for and not case.is_suspended,
    "这件已有一个申请在等创城办批，或者正在挂账，不能再申请。",
)
# What else must be true of the case, and what is said if it is not.
CONDITIONS: dict[Move, tuple[Callable[[Marked], bool], str]] = {
    Move.ASK_EXTENSION: _MAY_ASK,
    Move.ASK_SUSPENSION: _MAY_ASK,
    Move.GRANT_EXTENSION: _asks_for(RequestKind.EXTENSION),
    Move.REFUSE_EXTENSION: _asks_for(RequestKind.EXTENSION),
    Move.GRANT_SUSPENSION: _asks_for(RequestKind.SUSPENSION),
    Move.REFUSE_SUSPENSION: _asks_for(RequestKind.SUSPENSION),
    Move.RESUME: (lambda case: case.is_suspended, "这件没有挂账，不用恢复。"),
    Move.URGE: (lambda case: not case.is_suspended, "这件正在挂账，到期会自动恢复办理，现在不能催办。"),
    Move.SUPERVISE: (lambda case: not case.is_supervised, "这件已经在督办了。"),
    Move.UNSUPERVISE: (lambda case: case.is_supervised, "这件没有督办，不用解除。"),
}


class IllegalMove(DomainError):
    code = "illegal_move"

    def __init__(self, move: Move, state: State) -> None:
        super().__init__(f"这件案件现在是“{state.label}”，不能{move.label}。请重新打开看最新情况。")


class NotNow(DomainError):
    """The state is right, but something else about the case is not."""

    code = "illegal_move"


def destination(move: Move, state: State) -> State:
    """The state that `move` leads to from `state`; raises IllegalMove where the table has no such path."""
    sources, target = PATHS[move]
    if state not in sources:
        raise IllegalMove(move, state)
    return target or state


def ensure_possible(move: Move, case: Marked) -> State:
    """The state that `move` leads to; raises IllegalMove or NotNow where the tables refuse it."""
    after = destination(move, State(case.state))
    holds, refusal = CONDITIONS.get(move, (None, ""))
    if holds and not holds(case):
        raise NotNow(refusal)
    return after


def possible_moves(case: Marked) -> list[Move]:
    """What can be done to the case now, by whoever may."""
    return [move for move in PATHS if _is_possible(move, case)]


def _is_possible(move: Move, case: Marked) -> bool:
    holds, _ = CONDITIONS.get(move, (None, ""))
    return case.state in PATHS[move][0] and (holds is None or holds(case))
