"""The units' annual plans: this year's approved, next year's on their way; amendments; objections to flags."""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from accounts.models import Unit
from common.clock import CITY_TIME
from common.months import Month
from mohe_portal.sample_city.cast import SHOWN_UNIT, Cast
from mohe_portal.sample_city.dice import dice
from progress import actions
from progress.actions import Change
from progress.models import Amendment, AnnualPlan, Flag, MonthTask, PlanMonth, PlanStep, PlanTask
from progress.workflow import PlanMove, PlanState

MEASURES = (
    "定人定时，办完拍照，月底报台账（示例）。",
    "和社区一起验收，验收单留存（示例）。",
    "每周查一次，发现问题当周改完（示例）。",
    "",
)
# From this month on the plans of the next year are written.
FIRST_MONTH_OF_WRITING = 10
NEXT_YEAR = ((PlanState.SUBMITTED, 24), (PlanState.RETURNED, 4), (PlanState.DRAFT, 10))
RETURNED_BECAUSE = "请把冬季清雪写到每个月，写明次数（示例）。"
OBJECTED = 3


def plan_years(seed: int, cast: Cast, *, until: datetime) -> None:
    """Every unit's plan of the current year stands behind its month tasks; some of next year's are written."""
    current = Month.of(until)
    approved_at = datetime.combine(date(current.year - 1, 12, 20), time(15), CITY_TIME)
    plans = [
        AnnualPlan(
            unit=unit, year=current.year, state=PlanState.APPROVED, version=2,
            submitted_at=approved_at - timedelta(days=6), approved_at=approved_at,
        )
        for unit in cast.units
    ]  # fmt: skip
    AnnualPlan.objects.bulk_create(plans)
    PlanStep.objects.bulk_create(step for plan in plans for step in _steps(cast, plan, approved_at))
    written = _write_out(seed, {plan.unit_id: plan for plan in plans})
    if current.month >= FIRST_MONTH_OF_WRITING:
        _write_next_year(cast, written, until=until)
    if current.month < 12:
        _amend(cast, current.shifted(1), until=until)
    _object(cast, current, until=until)


def _write_out(seed: int, plans: dict[int, AnnualPlan]) -> list[PlanMonth]:
    """The plans' tasks and months, read from the month tasks that came of them."""
    year = next(iter(plans.values())).year
    months: dict[tuple[int, int, str], list[MonthTask]] = defaultdict(list)
    for task in MonthTask.objects.filter(year=year).select_related("group").order_by("pk"):
        months[task.unit_id, task.group_id, _name(task.content)].append(task)
    tasks, planned = [], []
    for (unit, _, name), found in months.items():
        # A month has one target: of two tasks alike the later is the office's own addition.
        by_month = {task.month: task for task in reversed(found)}
        chance = dice(seed, "measure", unit, name)
        plan_task = PlanTask(plan=plans[unit], group=found[0].group, content=name, measure=chance.choice(MEASURES))
        tasks.append(plan_task)
        planned += [
            PlanMonth(task=plan_task, month=month, target=task.content, month_task=task)
            for month, task in sorted(by_month.items())
        ]
    PlanTask.objects.bulk_create(tasks, batch_size=500)
    PlanMonth.objects.bulk_create(planned, batch_size=500)
    return planned


def _name(content: str) -> str:
    """What a task is about, without how much of it."""
    return re.sub(r"(达到)? \d+.*$", "", re.sub(r"^完成 \d+ 处", "", content))


def _steps(cast: Cast, plan: AnnualPlan, at: datetime) -> Iterable[PlanStep]:
    liaison, office = cast.liaisons[plan.unit_id], cast.office[0]
    yield PlanStep(plan=plan, version=1, move=PlanMove.SUBMIT, by=liaison, at=at - timedelta(days=6))
    yield PlanStep(plan=plan, version=2, move=PlanMove.APPROVE, by=office, at=at)


def _write_next_year(cast: Cast, written: list[PlanMonth], *, until: datetime) -> None:
    """Some units began with this year's tasks and are in draft, handed in or sent back; the shown one is in draft."""
    of_unit: dict[int, list[PlanMonth]] = defaultdict(list)
    for month in written:
        of_unit[month.task.plan.unit_id].append(month)
    states = [state for state, number in NEXT_YEAR for _ in range(number)]
    others = [unit for unit in cast.units if unit != cast.unit(SHOWN_UNIT)][:: len(cast.units) // len(states)]
    writing = zip(others[: len(states)], states, strict=True)
    for unit, state in [(cast.unit(SHOWN_UNIT), PlanState.DRAFT), *writing]:
        _begin(cast, unit, state, of_unit[unit.pk], at=_at_work(until - timedelta(days=2 + unit.pk % 9), unit.pk))


def _at_work(moment: datetime, number: int) -> datetime:
    return datetime.combine(moment.astimezone(CITY_TIME).date(), time(8 + number % 4, number * 7 % 60), CITY_TIME)


def _begin(cast: Cast, unit: Unit, state: PlanState, months: list[PlanMonth], *, at: datetime) -> None:
    plan = AnnualPlan.objects.create(unit=unit, year=months[0].task.plan.year + 1)
    tasks = {
        month.task.pk: PlanTask(
            plan=plan, group=month.task.group, content=month.task.content, measure=month.task.measure
        )
        for month in months
    }
    PlanTask.objects.bulk_create(tasks.values())
    PlanMonth.objects.bulk_create(
        PlanMonth(task=tasks[month.task.pk], month=month.month, target=month.target) for month in months
    )
    if state != PlanState.DRAFT:
        actions.submit_plan(plan, by=cast.liaisons[unit.pk], at=at)
    if state == PlanState.RETURNED:
        actions.return_plan(plan, text=RETURNED_BECAUSE, by=cast.office[0], at=at + timedelta(hours=5))


def _amend(cast: Cast, month: Month, *, until: datetime) -> None:
    """Two changes wait for the office, one was agreed to."""
    told = (
        (SHOWN_UNIT, Amendment.Kind.CHANGE, "这个月人手先保清雪，数量减半（示例）。", False),
        (12, Amendment.Kind.DROP, "这项已经并入社区的任务（示例）。", False),
        (15, Amendment.Kind.CHANGE, "设备到位晚，先做一半（示例）。", True),
    )
    for number, kind, reason, is_agreed in told:
        unit = cast.unit(number)
        planned = PlanMonth.objects.filter(
            task__plan__unit=unit, task__plan__year=month.year, month=month.month, target__regex=r" \d+ "
        )
        standing = planned.select_related("task__plan__unit", "task__group").order_by("pk").first()
        if standing is None:
            continue
        target = _halved(standing.target) if kind == Amendment.Kind.CHANGE else ""
        change = Change(kind, month.month, task=standing.task, target=target)
        at = until - timedelta(hours=30)
        amendment = actions.propose_amendment(
            standing.task.plan, change, reason=reason, by=cast.liaisons[unit.pk], at=at
        )
        if is_agreed:
            actions.approve_amendment(amendment, by=cast.office[0], at=at + timedelta(hours=4))


def _halved(target: str) -> str:
    return re.sub(r"\d+", lambda number: str(max(1, int(number[0]) // 2)), target, count=1)


def _object(cast: Cast, month: Month, *, until: datetime) -> None:
    """A few units object to a blue flag; the first objection was answered."""
    blue = MonthTask.objects.of_month(month).filter(flag=Flag.BLUE).select_related("unit").order_by("pk")
    for number, task in enumerate(list(blue[::6])[:OBJECTED]):
        at = max(task.marked_at or until, until - timedelta(hours=20))
        objection = actions.object_to_flag(
            task, reason="月底前已经补做完，照片在月报告里（示例）。", by=cast.liaisons[task.unit_id], at=at
        )
        if number == 0:
            words = "照片是上个月的，维持蓝旗（示例）。"
            actions.uphold_flag(objection, words=words, by=cast.office[0], at=until)
