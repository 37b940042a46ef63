"""The life of a case (案件): what can be done to it in each state, and the state that leads to."""

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
WITH_UNIT_STATES = (State.DISPATCHED, State.HANDLING, State.HANDLED, State.CLOSED)


class Move(models.TextChoices):
    FILE = "file", "反映"
    ACCEPT = "accept", "受理"
    REJECT = "reject", "不予受理"
    DISPATCH = "dispatch", "派遣"
    SIGN = "sign", "签收"
    RETURN = "return", "退单"
    SUBMIT = "submit", "提交结果"
    PASS = "pass", "核查通过"
    REWORK = "rework", "返工"
    RATE = "rate", "评价"
    REOPEN = "reopen", "二次办理"


PATHS: dict[Move, tuple[frozenset[State], State]] = {
    Move.ACCEPT: (frozenset({State.RECEIVED}), State.ACCEPTED),
    Move.REJECT: (frozenset({State.RECEIVED}), State.REJECTED),
    Move.DISPATCH: (frozenset({State.ACCEPTED}), State.DISPATCHED),
    Move.SIGN: (frozenset({State.DISPATCHED}), State.HANDLING),
    Move.RETURN: (frozenset({State.DISPATCHED}), State.ACCEPTED),
    Move.SUBMIT: (frozenset({State.HANDLING}), State.HANDLED),
    Move.PASS: (frozenset({State.HANDLED}), State.CLOSED),
    Move.REWORK: (frozenset({State.HANDLED}), State.HANDLING),
    Move.RATE: (frozenset({State.CLOSED}), State.CLOSED),
    Move.REOPEN: (frozenset({State.CLOSED}), State.HANDLING),
}


class IllegalMove(DomainError):
    code = "illegal_move"

    def __init__(self, move: Move, state: State) -> None:
        super().__init__(f"这件案件现在是“{state.label}”，不能{move.label}。请重新打开看最新情况。")


def open_moves(state: State) -> list[Move]:
    return [move for move, (sources, _) in PATHS.items() if state in sources]


def destination(move: Move, state: State) -> State:
    """The state that `move` leads to from `state`; raises IllegalMove where the table has no such path."""
    sources, target = PATHS[move]
    if state not in sources:
        raise IllegalMove(move, state)
    return target
