"""What a unit and the office do to an annual plan (年度工作计划) until it is approved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.models import SpecialGroup, Unit, User
from audit import log
from common.errors import DomainError, StaleRecord
from progress.actions.months import closed_in, hold_months, tell_office, tell_unit
from progress.models import AnnualPlan, MonthTask, PlanMonth, PlanStep, PlanTask
from progress.workflow import PlanMove, PlanState, destination

MOST_TASKS = 60


@dataclass(frozen=True)
class TaskDraft:
    """One task as it is written: `targets` by month, only of the months that have one."""

    group: SpecialGroup
    content: str
    measure: str = ""
    targets: Mapping[int, str] = field(default_factory=dict)


class StalePlan(StaleRecord):
    """Someone else changed or moved the plan first; the message says who, where that is known."""

    def __init__(self, plan: AnnualPlan) -> None:
        last = plan.steps.select_related("by__unit", "by__group").order_by("-version").first()
        current = AnnualPlan.objects.filter(pk=plan.pk).values_list("version", flat=True).first()
        moved = last is not None and last.version == current
        what = f"{last.by}刚刚{last.get_move_display()}了这份计划" if last and moved else "这份计划刚刚被同事改过"
        super().__init__(f"{what}，您这一次没有保存。看过最新情况再办。")


def begin_plan(unit: Unit, year: int) -> AnnualPlan:
    """The unit's plan of the year, an empty draft if there was none."""
    return AnnualPlan.objects.get_or_create(unit=unit, year=year)[0]


@transaction.atomic
def write_task(plan: AnnualPlan, draft: TaskDraft, *, task: PlanTask | None) -> PlanTask:
    """Keep a task of a plan that is still open: a new one, or `task` written anew."""
    _touch(plan)
    if task is None and plan.tasks.count() >= MOST_TASKS:
        raise DomainError(f"一份计划最多 {MOST_TASKS} 项任务。相近的可以并成一项。")
    written = task or PlanTask(plan=plan)
    written.group, written.content, written.measure = draft.group, draft.content, draft.measure
    written.save()
    written.months.all().delete()
    PlanMonth.objects.bulk_create(_months(written, draft))
    return written


@transaction.atomic
def remove_task(plan: AnnualPlan, task: PlanTask) -> None:
    _touch(plan)
    task.delete()


@transaction.atomic
def replace_tasks(plan: AnnualPlan, drafts: Sequence[TaskDraft], *, by: User, at: datetime) -> None:
    """Put these in the place of all tasks of an open plan: what an imported sheet says."""
    _touch(plan)
    if len(drafts) > MOST_TASKS:
        raise DomainError(f"一份计划最多 {MOST_TASKS} 项任务，现在是 {len(drafts)} 项。相近的可以并成一项。")
    before = plan.tasks.count()
    plan.tasks.all().delete()
    tasks = [PlanTask(plan=plan, group=draft.group, content=draft.content, measure=draft.measure) for draft in drafts]
    PlanTask.objects.bulk_create(tasks)
    PlanMonth.objects.bulk_create(
        month for task, draft in zip(tasks, drafts, strict=True) for month in _months(task, draft)
    )
    log.record("导入年度计划", by=by, at=at, target=plan, before=before, after=len(drafts))


@transaction.atomic
def copy_last_year(plan: AnnualPlan, *, by: User, at: datetime) -> int:
    """Begin with what the plan of the year before came to in the end; returns how many tasks that is."""
    if plan.tasks.exists():
        raise DomainError("计划里已经有任务。先删掉，再从上一年复制。")
    drafts = _drafts_of(plan.unit, plan.year - 1)
    if not drafts:
        raise DomainError(f"没有 {plan.year - 1} 年的计划可以复制。")
    replace_tasks(plan, drafts, by=by, at=at)
    return len(drafts)


@transaction.atomic
def submit_plan(plan: AnnualPlan, *, by: User, at: datetime) -> None:
    """Hand the plan to the office: at least one task, and each in at least one month."""
    tasks = plan.tasks.prefetch_related("months")
    if not tasks:
        raise DomainError("计划里还没有任务，先加任务再提交。")
    for task in tasks:
        if not task.months.all():
            raise DomainError(f"“{task.content}”还没有写哪个月做到什么。至少写一个月的目标，再提交。")
    _move(plan, PlanMove.SUBMIT, text="", by=by, at=at)
    tell_office(
        reason=f"plan-submitted:{plan.pk}:{plan.version}",
        title=f"{plan.unit}提交了 {plan.year} 年度工作计划",
        url=plan.get_absolute_url(),
        at=at,
    )


@transaction.atomic
def return_plan(plan: AnnualPlan, *, text: str, by: User, at: datetime) -> None:
    """Send the plan back to be written again; the reason is told."""
    if not text.strip():
        raise DomainError("写明为什么退回、要改什么。")
    _move(plan, PlanMove.RETURN, text=text, by=by, at=at)
    _tell_decision(plan, f"{plan.year} 年度工作计划被退回：{text}", at)


@transaction.atomic
def approve_plan(plan: AnnualPlan, *, text: str = "", by: User, at: datetime) -> int:
    """Approve the plan and make its month tasks; returns how many months already closed got none."""
    hold_months(at=at)
    _move(plan, PlanMove.APPROVE, text=text, by=by, at=at)
    months = list(PlanMonth.objects.filter(task__plan=plan).select_related("task__group"))
    closed = closed_in(plan.year)
    _make_month_tasks(plan, [month for month in months if month.month not in closed])
    _tell_decision(plan, f"{plan.year} 年度工作计划已批准，月任务已经生成", at)
    return len({month.month for month in months} & closed)


def _make_month_tasks(plan: AnnualPlan, months: Sequence[PlanMonth]) -> None:
    """A month task for each; one that stood there already with the same words is taken, not doubled."""
    there = {
        (task.group_id, task.month, task.content): task
        for task in MonthTask.objects.filter(unit=plan.unit, year=plan.year, planned=None)
    }
    made: list[MonthTask] = []
    for month in months:
        content = month.task.worded(month.target)
        task = there.pop((month.task.group_id, month.month, content), None)
        if task is None:
            task = MonthTask(unit=plan.unit, group=month.task.group, year=plan.year, month=month.month, content=content)
            made.append(task)
        month.month_task = task
    MonthTask.objects.bulk_create(made)
    PlanMonth.objects.bulk_update(months, ["month_task"])


def _months(task: PlanTask, draft: TaskDraft) -> Iterable[PlanMonth]:
    return [PlanMonth(task=task, month=month, target=target) for month, target in sorted(draft.targets.items())]


def _drafts_of(unit: Unit, year: int) -> list[TaskDraft]:
    tasks = PlanTask.objects.filter(plan__unit=unit, plan__year=year, group__has_board=True)
    drafts = [
        TaskDraft(
            group=task.group,
            content=task.content,
            measure=task.measure,
            targets={month.month: month.target for month in task.months.all() if not month.dropped_on},
        )
        for task in tasks.select_related("group").prefetch_related("months")
    ]
    return [draft for draft in drafts if draft.targets]


def _touch(plan: AnnualPlan) -> None:
    """Count a change to what an open plan says, if nobody changed it since it was read."""
    if not plan.is_open:
        state = PlanState(plan.state).label
        raise DomainError(f"这份计划现在是“{state}”，不能直接改。批准以后要改，请提调整。")
    if not AnnualPlan.objects.as_read(plan).update(version=F("version") + 1):
        raise StalePlan(plan)
    plan.version += 1


def _move(plan: AnnualPlan, move: PlanMove, *, text: str, by: User, at: datetime) -> None:
    state = destination(move, PlanState(plan.state))
    moments = {
        "submitted_at": plan.submitted_at or at,
        "approved_at": at if state == PlanState.APPROVED else None,
    }
    if not AnnualPlan.objects.as_read(plan).update(state=state, version=F("version") + 1, **moments):
        raise StalePlan(plan)
    plan.state, plan.version = state, plan.version + 1
    plan.submitted_at, plan.approved_at = moments["submitted_at"], moments["approved_at"]
    PlanStep.objects.create(plan=plan, version=plan.version, move=move, text=text, by=by, at=at)
    log.record(f"{move.label}年度计划", by=by, at=at, target=plan, version=plan.version)


def _tell_decision(plan: AnnualPlan, title: str, at: datetime) -> None:
    reason = f"plan-decided:{plan.pk}:{plan.version}"
    tell_unit(plan.unit, reason=reason, title=title, url=plan.get_absolute_url(), at=at)
