from django.contrib.auth.models import AnonymousUser

from accounts.models import Role, User
from progress.models import Amendment, AnnualPlan, Flag, MonthTask, Objection, Publicity
from progress.workflow import PlanMove, PlanState, open_moves


def may_mark_flags(user: User | AnonymousUser) -> bool:
    """The creation office alone marks flags."""
    return user.is_authenticated and user.role == Role.OFFICE


def may_read_statements(user: User | AnonymousUser) -> bool:
    """Staff always; the public if the office publishes them."""
    return user.is_authenticated or Publicity.current() == Publicity.FULL


def is_own(user: User, plan: AnnualPlan) -> bool:
    return user.role == Role.LIAISON and user.unit_id == plan.unit_id


def may_write(user: User, plan: AnnualPlan) -> bool:
    """A unit writes its plan until it has handed it in, and again when it came back."""
    return is_own(user, plan) and plan.is_open


def may_amend(user: User, plan: AnnualPlan) -> bool:
    return is_own(user, plan) and plan.state == PlanState.APPROVED


def may_move(user: User, move: PlanMove, plan: AnnualPlan) -> bool:
    """No unit approves its own plan, and nobody hands in another's."""
    return is_own(user, plan) if move == PlanMove.SUBMIT else user.role == Role.OFFICE


def plan_moves_open_to(user: User, plan: AnnualPlan) -> list[PlanMove]:
    return [move for move in open_moves(PlanState(plan.state)) if may_move(user, move, plan)]


def may_decide_amendment(user: User, amendment: Amendment) -> bool:
    return user.role == Role.OFFICE and amendment.state == Amendment.State.PROPOSED


def may_object(user: User, task: MonthTask) -> bool:
    """The unit whose task it is, once for each flag, until the month is closed."""
    if user.role != Role.LIAISON or user.unit_id != task.unit_id or task.is_locked or task.flag == Flag.UNMARKED:
        return False
    return not task.objections.filter(flag_version=task.version).exists()


def may_decide_objection(user: User, objection: Objection) -> bool:
    return user.role == Role.OFFICE and objection.outcome == Objection.Outcome.PENDING
