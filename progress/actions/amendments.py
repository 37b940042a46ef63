"""Changes to an approved plan (计划调整): the unit proposes with a reason, the office decides; dated and kept."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse

from accounts.models import SpecialGroup, Unit, User
from audit import log
from common.clock import CITY_TIME
from common.errors import DomainError, StaleRecord
from common.months import Month
from progress.actions.months import hold_months, refuse_closed, still_open, tell_office, tell_unit
from progress.models import Amendment, AnnualPlan, MonthTask, PlanMonth, PlanTask, ReportLine
from progress.workflow import PlanState

Kind, State = Amendment.Kind, Amendment.State


@dataclass(frozen=True)
class Change:
    """One month of one task. Without a task it adds one, which needs a group and words of its own."""

    kind: Amendment.Kind
    month: int
    task: PlanTask | None = None
    target: str = ""
    group: SpecialGroup | None = None
    content: str = ""
    measure: str = ""


class StaleAmendment(StaleRecord):
    """A colleague decided first; the message says who and what."""

    def __init__(self, decided: Amendment) -> None:
        super().__init__(f"{decided.decided_by}刚刚办了这项调整：{decided.get_state_display()}。您这一次没有保存。")


@transaction.atomic
def propose_amendment(plan: AnnualPlan, change: Change, *, reason: str, by: User, at: datetime) -> Amendment:
    """Ask for a change to a month that is neither closed nor, where it has this task, marked or reported."""
    amendment = _written(plan, change, reason=reason, by=by, at=at)
    tell_office(
        reason=f"amendment:{amendment.pk}",
        title=f"{plan.unit}申请调整计划：{amendment.month} 月{amendment.get_kind_display()}“{amendment.content}”",
        url=reverse("progress:amendment", args=[amendment.pk]),
        at=at,
    )
    return amendment


@transaction.atomic
def approve_amendment(amendment: Amendment, *, words: str = "", by: User, at: datetime) -> None:
    """Agree, and change the month task at once."""
    hold_months(at=at)
    _decide(amendment, State.APPROVED, words=words, by=by, at=at)
    _carry_out(amendment, at=at)
    _tell_decision(amendment, at)


@transaction.atomic
def refuse_amendment(amendment: Amendment, *, words: str, by: User, at: datetime) -> None:
    if not words.strip():
        raise DomainError("写明为什么不同意。")
    _decide(amendment, State.REFUSED, words=words, by=by, at=at)
    _tell_decision(amendment, at)


@transaction.atomic
def plan_task(
    *, unit: Unit, group: SpecialGroup, month: Month, content: str, why: str, by: User, at: datetime
) -> MonthTask:
    """The office gives a unit one more task in a month; beside an approved plan that is an amendment like any other."""
    hold_months(at=at)
    plan = AnnualPlan.objects.filter(unit=unit, year=month.year, state=PlanState.APPROVED).first()
    if plan is None:
        refuse_closed(month)
        task = MonthTask.objects.create(unit=unit, group=group, year=month.year, month=month.month, content=content)
    else:
        change = Change(Kind.ADD, month.month, group=group, content=content, target=content)
        amendment = _written(plan, change, reason=why, by=by, at=at)
        _decide(amendment, State.APPROVED, words="", by=by, at=at)
        task = _add(amendment)
    log.record("新增月任务", by=by, at=at, target=task, why=why)
    tell_unit(
        unit, reason=f"month-task:{task.pk}", title=f"{month.month} 月新增任务：{content}",
        url=reverse("progress:tasks") + f"?month={month}", at=at,
    )  # fmt: skip
    return task


def _written(plan: AnnualPlan, change: Change, *, reason: str, by: User, at: datetime) -> Amendment:
    if plan.state != PlanState.APPROVED:
        raise DomainError("计划批准以后才用调整。现在请直接改计划。")
    if not reason.strip():
        raise DomainError("写明为什么调整。")
    refuse_closed(Month(plan.year, change.month))
    amendment = Amendment(
        plan=plan, kind=change.kind, task=change.task, month=change.month, target=change.target,
        before=_before(change), reason=reason, proposed_by=by, proposed_at=at, **_described(change),
    )  # fmt: skip
    try:
        with transaction.atomic():
            amendment.save(force_insert=True)
    except IntegrityError:
        raise DomainError("这个月的这项任务已经有一个调整在等审批，办完再提下一个。") from None
    log.record("申请调整计划", by=by, at=at, target=amendment, reason=reason)
    return amendment


def _described(change: Change) -> dict[str, object]:
    if change.task:
        return {"group": change.task.group, "content": change.task.content, "measure": change.task.measure}
    return {"group": change.group, "content": change.content, "measure": change.measure}


def _before(change: Change) -> str:
    """The target as it stands; refuses what cannot be changed so."""
    if change.task is None:
        return ""
    standing = _standing(change.task, change.month)
    if change.kind == Kind.ADD:
        if standing:
            raise DomainError(f"这项任务 {change.month} 月已经有目标。要改它，请提“修改”。")
        return ""
    if standing is None:
        raise DomainError(f"这项任务 {change.month} 月没有目标，刷新这一页再选。")
    still_open(standing.month_task)
    return standing.target


def _standing(task: PlanTask, month: int) -> PlanMonth | None:
    return task.months.filter(month=month, dropped_on=None).select_related("month_task", "task").first()


def _decide(amendment: Amendment, state: Amendment.State, *, words: str, by: User, at: datetime) -> None:
    waiting = Amendment.objects.proposed().filter(pk=amendment.pk)
    if not waiting.update(state=state, words=words, decided_by=by, decided_at=at):
        raise StaleAmendment(Amendment.objects.select_related("decided_by__unit").get(pk=amendment.pk))
    amendment.state, amendment.words, amendment.decided_by, amendment.decided_at = state, words, by, at
    log.record(f"计划调整：{state.label}", by=by, at=at, target=amendment, words=words)


def _carry_out(amendment: Amendment, *, at: datetime) -> None:
    refuse_closed(amendment.of)
    if amendment.kind == Kind.ADD:
        _add(amendment)
        return
    standing = _standing(amendment.task, amendment.month) if amendment.task else None
    if standing is None:
        raise DomainError("这个月的目标已经不在了，请不同意这项调整，让单位重新提。")
    task = still_open(standing.month_task)
    if amendment.kind == Kind.CHANGE:
        _reword(standing, task, amendment.target)
    else:
        _drop(standing, task, at=at)


def _add(amendment: Amendment) -> MonthTask:
    plan = amendment.plan
    if amendment.task is None:
        amendment.task = PlanTask.objects.create(
            plan=plan, group=amendment.group, content=amendment.content, measure=amendment.measure
        )
        amendment.save(update_fields=["task"])
    elif _standing(amendment.task, amendment.month):
        raise DomainError("这个月已经有目标了，请不同意这项调整，让单位改提“修改”。")
    task = MonthTask.objects.create(
        unit=plan.unit, group=amendment.group, year=plan.year, month=amendment.month,
        content=amendment.task.worded(amendment.target),
    )  # fmt: skip
    PlanMonth.objects.update_or_create(
        task=amendment.task, month=amendment.month,
        defaults={"target": amendment.target, "month_task": task, "dropped_on": None},
    )  # fmt: skip
    return task


def _reword(standing: PlanMonth, task: MonthTask, target: str) -> None:
    # The version goes up, so that whoever still reads the old words does not mark the new ones unseen.
    content = standing.task.worded(target)
    MonthTask.objects.filter(pk=task.pk).update(content=content, version=F("version") + 1)
    PlanMonth.objects.filter(pk=standing.pk).update(target=target)


def _drop(standing: PlanMonth, task: MonthTask, *, at: datetime) -> None:
    if task.markings.exists():
        raise DomainError("这项任务标过旗，记录要留着，不能去掉。可以改成“修改”。")
    line = ReportLine.objects.filter(task=task).first()
    if line and line.evidence.exists():
        raise DomainError("单位的报告草稿里有这项任务的证据，删掉证据才能去掉任务。")
    if line:
        line.delete()
    dropped_on = at.astimezone(CITY_TIME).date()
    PlanMonth.objects.filter(pk=standing.pk).update(month_task=None, dropped_on=dropped_on)
    task.delete()


def _tell_decision(amendment: Amendment, at: datetime) -> None:
    said = f"：{amendment.words}" if amendment.words else ""
    tell_unit(
        amendment.plan.unit,
        reason=f"amendment-decided:{amendment.pk}",
        title=f"{amendment.month} 月“{amendment.content}”的调整{amendment.get_state_display()}{said}",
        url=reverse("progress:amendment", args=[amendment.pk]),
        at=at,
    )
