"""The life of an action item (交办事项): what can be done to it in each state, and the state that leads to."""

from django.db import models

from common.errors import DomainError


class ItemState(models.TextChoices):
    OPEN = "open", "在办"
    DONE = "done", "已办结"
    CANCELLED = "cancelled", "已取消"


class Move(models.TextChoices):
    ASSIGN = "assign", "交办"
    FOLLOW_UP = "follow-up", "报进展"
    REPORT = "report", "报告办完"
    POSTPONE = "postpone", "改期"
    CONFIRM = "confirm", "确认办结"
    CANCEL = "cancel", "取消"
    REOPEN = "reopen", "重新打开"


_OPEN = frozenset({ItemState.OPEN})
PATHS: dict[Move, tuple[frozenset[ItemState], ItemState]] = {
    Move.FOLLOW_UP: (_OPEN, ItemState.OPEN),
    Move.REPORT: (_OPEN, ItemState.OPEN),
    Move.POSTPONE: (_OPEN, ItemState.OPEN),
    Move.CONFIRM: (_OPEN, ItemState.DONE),
    Move.CANCEL: (_OPEN, ItemState.CANCELLED),
    Move.REOPEN: (frozenset({ItemState.DONE, ItemState.CANCELLED}), ItemState.OPEN),
}


class IllegalMove(DomainError):
    code = "illegal_move"

    def __init__(self, move: Move, state: ItemState) -> None:
        super().__init__(f"这一项现在是“{state.label}”，不能{move.label}。请看过最新情况再办。")


def open_moves(state: ItemState) -> list[Move]:
    return [move for move, (sources, _) in PATHS.items() if state in sources]


def destination(move: Move, state: ItemState) -> ItemState:
    sources, target = PATHS[move]
    if state not in sources:
        raise IllegalMove(move, state)
    return target
