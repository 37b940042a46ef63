"""The life of an annual plan (年度工作计划): what can be done to it in each state, and the state that leads to."""

from django.db import models

from common.errors import DomainError


class PlanState(models.TextChoices):
    DRAFT = "draft", "起草中"
    SUBMITTED = "submitted", "等审批"
    RETURNED = "returned", "已退回"
    APPROVED = "approved", "已批准"


class PlanMove(models.TextChoices):
    SUBMIT = "submit", "提交"
    RETURN = "return", "退回"
    APPROVE = "approve", "批准"


# What a unit still writes at. Later changes are amendments.
OPEN_PLAN = frozenset({PlanState.DRAFT, PlanState.RETURNED})
PATHS: dict[PlanMove, tuple[frozenset[PlanState], PlanState]] = {
    PlanMove.SUBMIT: (OPEN_PLAN, PlanState.SUBMITTED),
    PlanMove.RETURN: (frozenset({PlanState.SUBMITTED}), PlanState.RETURNED),
    PlanMove.APPROVE: (frozenset({PlanState.SUBMITTED}), PlanState.APPROVED),
}


class IllegalPlanMove(DomainError):
    code = "illegal_move"

    def __init__(self, move: PlanMove, state: PlanState) -> None:
        super().__init__(f"这份计划现在是“{state.label}”，不能{move.label}。刷新这一页，看看最新情况。")


def open_moves(state: PlanState) -> list[PlanMove]:
    return [move for move, (sources, _) in PATHS.items() if state in sources]


def destination(move: PlanMove, state: PlanState) -> PlanState:
    sources, target = PATHS[move]
    if state not in sources:
        raise IllegalPlanMove(move, state)
    return target
