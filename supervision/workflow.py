"""The life of a referral (督导移交): what can be done to it in each state, and the state that leads to."""

from django.db import models

from common.errors import DomainError


class State(models.TextChoices):
    REFERRED = "referred", "待核实"
    VERIFYING = "verifying", "核实中"
    SUBSTANTIATED = "substantiated", "属实"
    UNSUBSTANTIATED = "unsubstantiated", "不属实"
    HANDLED = "handled", "已处理"
    CLOSED = "closed", "已办结"


class Move(models.TextChoices):
    REFER = "refer", "移交"
    VERIFY = "verify", "开始核实"
    NOTE = "note", "补充情况"
    SUBSTANTIATE = "substantiate", "认定属实"
    DISMISS = "dismiss", "认定不属实"
    RECHECK = "recheck", "重新核实"
    HANDLE = "handle", "作出处理"
    CLOSE = "close", "办结"


_OPEN = frozenset(State) - {State.CLOSED}
_FOUND = frozenset({State.SUBSTANTIATED, State.UNSUBSTANTIATED})
# The states in which a move can be made, and the state it leads to; None: the referral stays where it is.
PATHS: dict[Move, tuple[frozenset[State], State | None]] = {
    Move.VERIFY: (frozenset({State.REFERRED}), State.VERIFYING),
    Move.SUBSTANTIATE: (frozenset({State.VERIFYING}), State.SUBSTANTIATED),
    Move.DISMISS: (frozenset({State.VERIFYING}), State.UNSUBSTANTIATED),
    Move.HANDLE: (frozenset({State.SUBSTANTIATED}), State.HANDLED),
    # What is not so needs no measure.
    Move.CLOSE: (frozenset({State.HANDLED, State.UNSUBSTANTIATED}), State.CLOSED),
    Move.RECHECK: (_FOUND, State.VERIFYING),
    Move.NOTE: (_OPEN, None),
}


class IllegalMove(DomainError):
    code = "illegal_move"

    def __init__(self, move: Move, state: State) -> None:
        super().__init__(f"这一件现在是“{state.label}”，不能{move.label}。请看过最新情况再办。")


def possible_moves(state: State) -> list[Move]:
    return [move for move, (sources, _) in PATHS.items() if state in sources]


def destination(move: Move, state: State) -> State:
    sources, target = PATHS[move]
    if state not in sources:
        raise IllegalMove(move, state)
    return target or state
