"""Counted reads of the annual plans: each function asks the database a fixed number of times."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, Count, IntegerField, Prefetch, Q, QuerySet, When

from accounts.models import Role, Unit, User
from common.clock import CITY_TIME
from progress.models import Amendment, AnnualPlan, Mark, PlanMonth, PlanTask
from progress.models.plan import AmendmentQuerySet
from progress.stats import MarkingStep
from progress.workflow import PlanMove, PlanState

MONTHS = range(1, 13)
DOTS = {PlanMove.RETURN: "back"}


@dataclass(frozen=True)
class PlanRow:
    """A unit and its plan of a year in the office's list; None where it has handed nothing in."""

    unit: Unit
    plan: AnnualPlan | None
    tasks: int
    months: int

    @property
    def is_handed_in(self) -> bool:
        return self.plan is not None and self.plan.state in {PlanState.SUBMITTED, PlanState.APPROVED}


@dataclass(frozen=True)
class MonthCell:
    """A month of a task: its target, and the mark of the month task that came of it."""

    month: int
    planned: PlanMonth | None

    @property
    def is_dropped(self) -> bool:
        return bool(self.planned and self.planned.dropped_on)

    @property
    def mark(self) -> Mark:
        task = self.planned.month_task if self.planned else None
        return task.mark if task else Mark.NA


@dataclass(frozen=True)
class ShownTask:
    task: PlanTask
    cells: list[MonthCell]

    @property
    def months(self) -> int:
        return sum(bool(cell.planned and not cell.is_dropped) for cell in self.cells)


def rows_of_year(user: User, year: int) -> list[PlanRow]:
    """Every unit in use, whoever waits for the office first; for a group's head the plans that concern the group."""
    visible = AnnualPlan.objects.visible_to(user).filter(year=year)
    part = {"tasks__group": user.group_id} if user.role == Role.GROUP_HEAD else {}
    plans = {plan.unit_id: plan for plan in visible}
    counted = _counted(visible, Q(**part))
    everyone = Unit.objects.filter(is_active=True) if user.role != Role.GROUP_HEAD else Unit.objects.none()
    units = (everyone | Unit.objects.filter(pk__in=plans)).order_by("code")
    rows = [PlanRow(unit, plans.get(unit.pk), *counted.get(unit.pk, (0, 0))) for unit in units]
    return sorted(rows, key=lambda row: (_order(row), row.unit.code))


def plans_of(unit: Unit) -> list[PlanRow]:
    """A unit's plans, newest first."""
    plans = AnnualPlan.objects.filter(unit=unit)
    counted = _counted(plans, Q(), by="year")
    return [PlanRow(unit, plan, *counted[plan.year]) for plan in plans.select_related("unit")]


def shown_tasks(user: User, plan: AnnualPlan) -> list[ShownTask]:
    """The tasks of a plan with their twelve months; a group's head reads the group's."""
    months = PlanMonth.objects.select_related("month_task")
    tasks = plan.tasks.select_related("group").prefetch_related(Prefetch("months", queryset=months))
    if user.role == Role.GROUP_HEAD:
        tasks = tasks.filter(group=user.group_id)
    return [ShownTask(task, _cells(task.months.all())) for task in tasks]


def amendments_of(user: User) -> AmendmentQuerySet:
    """With what a row of the list names; what waits for the office first."""
    found = Amendment.objects.visible_to(user).select_related(
        "plan__unit", "group", "proposed_by__unit", "proposed_by__group", "decided_by__unit", "decided_by__group"
    )
    waits = Case(When(state=Amendment.State.PROPOSED, then=0), default=1, output_field=IntegerField())
    return found.order_by(waits, "-proposed_at", "-pk")


def plan_steps(plan: AnnualPlan) -> list[MarkingStep]:
    """Who handed in, sent back and approved, newest first."""
    steps = plan.steps.select_related("by__unit", "by__group").order_by("-version")
    return [
        MarkingStep(
            title=step.get_move_display(),
            time=f"{step.at.astimezone(CITY_TIME):%Y-%m-%d %H:%M}",
            dot=DOTS.get(PlanMove(step.move), "now" if position == 0 else "done"),
            text=str(step.by),
            quote=step.text,
        )
        for position, step in enumerate(steps)
    ]


def units_without_plan(year: int) -> QuerySet[Unit]:
    """Units in use whose plan of the year is not with the office: not begun, in draft, or sent back."""
    handed_in = AnnualPlan.objects.filter(year=year, state__in=[PlanState.SUBMITTED, PlanState.APPROVED])
    return Unit.objects.filter(is_active=True).exclude(pk__in=handed_in.values("unit"))


def counts_by_state(rows: Iterable[PlanRow]) -> Counter[str]:
    return Counter(row.plan.state if row.plan else "" for row in rows)


def _counted(plans: QuerySet[AnnualPlan], part: Q, *, by: str = "unit_id") -> dict[int, tuple[int, int]]:
    """How many tasks, and months with a target, the plans have; `part`: which of the tasks."""
    found = (
        plans.order_by()
        .values(by)
        .annotate(
            counted_tasks=Count("tasks", filter=part, distinct=True),
            counted_months=Count("tasks__months", filter=part & Q(tasks__months__dropped_on=None), distinct=True),
        )
    )
    return {row[by]: (row["counted_tasks"], row["counted_months"]) for row in found}


def _order(row: PlanRow) -> int:
    states = [PlanState.SUBMITTED, None, PlanState.RETURNED, PlanState.APPROVED]
    return states.index(PlanState(row.plan.state) if row.plan else None)


def _cells(months: Iterable[PlanMonth]) -> list[MonthCell]:
    planned = {month.month: month for month in months}
    return [MonthCell(month, planned.get(month)) for month in MONTHS]
