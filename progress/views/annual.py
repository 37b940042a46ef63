"""Annual plans: who has handed in, one plan, writing it, and the moves from draft to approved."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import only, permit
from accounts.models import Role, Unit
from common.errors import DomainError
from common.http import Request
from progress import actions, plan_stats
from progress.models import AnnualPlan, PlanTask
from progress.permissions import may_amend, may_write, plan_moves_open_to
from progress.plan_forms import DecisionForm, PlanTaskForm, PlanYearForm, VersionForm
from progress.views.boards import current_month
from progress.workflow import PlanMove, PlanState

# From November on the list is of the next year.
FIRST_MONTH_OF_WRITING = 11
READERS = (Role.OFFICE, Role.LIAISON, Role.GROUP_HEAD, Role.LEADER)


@dataclass(frozen=True)
class Tab:
    """A state in the list's filter, with how many units are in it."""

    state: str
    label: str
    number: int


@only(*READERS)
@require_safe
def plans(request: Request) -> HttpResponse:
    """For a unit its plans; for the others the units of a year, with who has not handed in."""
    if request.user.role == Role.LIAISON and request.user.unit:
        return _own_plans(request, request.user.unit)
    choice = PlanYearForm(request.GET)
    year = (choice.cleaned_data["year"] if choice.is_valid() else None) or _year_in_hand()
    rows = plan_stats.rows_of_year(request.user, year)
    counts = plan_stats.counts_by_state(rows)
    shown = request.GET.get("state", "all")
    facts = {
        "year": year,
        "years": _years(year),
        "rows": [row for row in rows if shown == "all" or shown == (row.plan.state if row.plan else "missing")],
        "shown": shown,
        "tabs": _tabs(rows_in_all=len(rows), counts=counts, with_missing=request.user.role != Role.GROUP_HEAD),
        "handed_in": sum(row.is_handed_in for row in rows),
        "total": len(rows),
        "waiting": plan_stats.amendments_of(request.user).proposed().count(),
    }
    return render(request, "progress/plans.html", facts)


@only(*READERS)
@require_safe
def plan(request: Request, unit: str, year: int) -> HttpResponse:
    return _page(request, find_plan(request, unit, year))


@only(Role.LIAISON)
@require_POST
def begin(request: Request) -> HttpResponse:
    """Open the unit's plan of a year: an empty one, to be written."""
    form = PlanYearForm(request.POST)
    year = form.cleaned_data["year"] if form.is_valid() else None
    if year not in _years(year or 0) or request.user.unit is None:
        raise Http404
    return redirect(actions.begin_plan(request.user.unit, year))


@only(Role.LIAISON)
@require_http_methods(["GET", "HEAD", "POST"])
def task(request: Request, unit: str, year: int, pk: int | None = None) -> HttpResponse:
    """Write one task of the unit's own plan: a new one, or one that stands there."""
    plan = find_plan(request, unit, year)
    permit(may_write(request.user, plan))
    written = get_object_or_404(plan.tasks.prefetch_related("months"), pk=pk) if pk else None
    if request.method != "POST":
        return _task_page(request, PlanTaskForm(None, plan=plan, task=written))
    if "fill" in request.POST:
        return _task_page(request, PlanTaskForm(PlanTaskForm.filled(request.POST), plan=plan, task=written))
    form = PlanTaskForm(request.POST, plan=plan, task=written)
    if not form.is_valid():
        return _task_page(request, form, status=422)
    plan.version = form.cleaned_data["version"]
    try:
        actions.write_task(plan, form.draft, task=written)
    except DomainError as refused:
        # Not left to the edge: what was typed has to stay on the page.
        return _task_page(request, _against_newest(form), refused.message, status=409)
    messages.success(request, f"已保存：{form.cleaned_data['content']}。")
    return redirect("progress:plan_task_new", unit, year) if "again" in request.POST else redirect(plan)


@only(Role.LIAISON)
@require_POST
def remove_task(request: Request, unit: str, year: int, pk: int) -> HttpResponse:
    plan = find_plan(request, unit, year)
    permit(may_write(request.user, plan))
    removed = get_object_or_404(plan.tasks, pk=pk)
    _read_version(request, plan)
    actions.remove_task(plan, removed)
    messages.success(request, f"已删除：{removed.content}。")
    return redirect(plan)


@only(Role.LIAISON)
@require_POST
def copy(request: Request, unit: str, year: int) -> HttpResponse:
    """Begin with the plan of the year before."""
    plan = find_plan(request, unit, year)
    permit(may_write(request.user, plan))
    copied = actions.copy_last_year(plan, by=request.user, at=timezone.now())
    messages.success(request, f"已从 {year - 1} 年的计划复制 {copied} 项任务，逐项改好再提交。")
    return redirect(plan)


@only(Role.LIAISON, Role.OFFICE)
@require_POST
def move(request: Request, unit: str, year: int, move: str) -> HttpResponse:
    """Hand in, send back or approve; a return without a reason is asked for one."""
    plan = find_plan(request, unit, year)
    if move not in PlanMove.values:
        raise Http404
    permit(PlanMove(move) in _moves_of(request))
    form = DecisionForm(request.POST) if move == PlanMove.RETURN else VersionForm(request.POST)
    if not form.is_valid():
        return _page(request, plan, form if isinstance(form, DecisionForm) else None, status=422)
    plan.version = form.cleaned_data["version"]
    _perform(request, plan, PlanMove(move), form.cleaned_data.get("text", ""))
    return redirect(plan)


def find_plan(request: Request, unit: str, year: int) -> AnnualPlan:
    found = AnnualPlan.objects.visible_to(request.user).select_related("unit")
    return get_object_or_404(found, unit__code=unit, year=year)


def _moves_of(request: Request) -> list[PlanMove]:
    is_unit = request.user.role == Role.LIAISON
    return [PlanMove.SUBMIT] if is_unit else [PlanMove.APPROVE, PlanMove.RETURN]


def _perform(request: Request, plan: AnnualPlan, move: PlanMove, text: str) -> None:
    by, at = request.user, timezone.now()
    if move == PlanMove.SUBMIT:
        actions.submit_plan(plan, by=by, at=at)
        messages.success(request, "计划已提交，等创城办审批。")
    elif move == PlanMove.RETURN:
        actions.return_plan(plan, text=text, by=by, at=at)
        messages.success(request, "计划已退回，单位会看到原因。")
    else:
        skipped = actions.approve_plan(plan, by=by, at=at)
        closed = f"其中 {skipped} 个月已经锁定，没有生成任务。" if skipped else ""
        messages.success(request, f"计划已批准，月任务已经生成。{closed}")


def _read_version(request: Request, plan: AnnualPlan) -> None:
    form = VersionForm(request.POST)
    plan.version = form.cleaned_data["version"] if form.is_valid() else -1


def _against_newest(form: PlanTaskForm) -> PlanTaskForm:
    """After a refusal what was typed stays, and is sent next against the plan as it is now."""
    newest = AnnualPlan.objects.select_related("unit").get(pk=form.plan.pk)
    data = {**{name: form.data[name] for name in form.data}, "version": str(newest.version)}
    task = PlanTask.objects.filter(pk=form.task.pk).first() if form.task else None
    return PlanTaskForm(data, plan=newest, task=task)


def _year_in_hand() -> int:
    """The year whose plans are being written: at the end of a year the next one."""
    current = current_month()
    return current.year + (current.month >= FIRST_MONTH_OF_WRITING)


def _years(shown: int) -> list[int]:
    """Years with plans, this and the next one, newest first."""
    this = current_month().year
    with_plans = AnnualPlan.objects.order_by().values_list("year", flat=True).distinct()
    chosen = {shown} if this - 10 <= shown <= this + 1 else set()
    return sorted({*with_plans, this, this + 1, *chosen}, reverse=True)


def _tabs(*, rows_in_all: int, counts: dict[str, int], with_missing: bool) -> list[Tab]:
    missing = [Tab("missing", "没有交", counts.get("", 0))] if with_missing else []
    states = (PlanState.SUBMITTED, PlanState.RETURNED, PlanState.APPROVED)
    return [
        Tab("all", "全部", rows_in_all),
        *missing,
        *(Tab(state, state.label, counts.get(state, 0)) for state in states),
    ]


def _own_plans(request: Request, unit: Unit) -> HttpResponse:
    rows = plan_stats.plans_of(unit)
    begun = {row.plan.year for row in rows if row.plan}
    this = current_month().year
    missing = [year for year in (this + 1, this) if year not in begun]
    facts = {"unit": unit, "rows": rows, "missing": missing}
    return render(request, "progress/own_plans.html", facts)


def _page(request: Request, plan: AnnualPlan, form: DecisionForm | None = None, status: int = 200) -> HttpResponse:
    shown = plan_stats.shown_tasks(request.user, plan)
    amendments = plan_stats.amendments_of(request.user).filter(plan=plan)
    moves = plan_moves_open_to(request.user, plan)
    facts = {
        "plan": plan,
        "tasks": shown,
        "months": sum(one.months for one in shown),
        "amendments": amendments,
        "steps": plan_stats.plan_steps(plan),
        "returned": plan.steps.filter(move=PlanMove.RETURN).last() if plan.state == PlanState.RETURNED else None,
        "may_write": may_write(request.user, plan),
        "may_amend": may_amend(request.user, plan),
        "may_submit": PlanMove.SUBMIT in moves,
        "may_decide": PlanMove.APPROVE in moves,
        "has_last_year": not shown
        and may_write(request.user, plan)
        and PlanTask.objects.filter(plan__unit=plan.unit, plan__year=plan.year - 1).exists(),
        "form": form or DecisionForm(initial={"version": plan.version}),
    }
    return render(request, "progress/plan.html", facts, status=status)


def _task_page(request: Request, form: PlanTaskForm, refusal: str = "", status: int = 200) -> HttpResponse:
    facts = {"plan": form.plan, "form": form, "task": form.task, "refusal": refusal}
    return render(request, "progress/plan_task.html", facts, status=status)
