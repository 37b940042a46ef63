"""Changes to approved plans: a unit asks, the office decides."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import only, permit
from accounts.models import Role
from common.errors import DomainError
from common.http import Request
from progress import actions, plan_stats
from progress.actions import Change
from progress.models import Amendment, AnnualPlan, PlanMonth
from progress.permissions import may_amend, may_decide_amendment
from progress.plan_forms import AddForm, AmendmentDecisionForm, ReasonForm, RewordForm
from progress.views.annual import READERS, find_plan

PAGE_SIZE = 50


@only(*READERS)
@require_safe
def amendments(request: Request) -> HttpResponse:
    """The changes that concern this person, what waits for the office first."""
    found = plan_stats.amendments_of(request.user)
    facts = {
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "waiting": found.proposed().count(),
    }
    return render(request, "progress/amendments.html", facts)


@only(Role.LIAISON)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request, unit: str, year: int) -> HttpResponse:
    """Ask for one more month of a task, or for a new task."""
    plan = find_plan(request, unit, year)
    permit(may_amend(request.user, plan))
    form = AddForm(request.POST or None, plan=plan, initial={"task": request.GET.get("task")})
    if request.method == "POST" and form.is_valid():
        refusal = _propose(request, plan, form.addition, form.cleaned_data["reason"])
        if not refusal:
            return redirect(plan)
        return _add_page(request, plan, form, refusal, status=409)
    return _add_page(request, plan, form, status=422 if form.errors else 200)


@only(Role.LIAISON)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, unit: str, year: int, pk: int) -> HttpResponse:
    """Ask for another target of a month, or to take it out: two forms on one page."""
    plan = find_plan(request, unit, year)
    permit(may_amend(request.user, plan))
    standing = get_object_or_404(
        PlanMonth.objects.select_related("task__group", "month_task"), task__plan=plan, pk=pk, dropped_on=None
    )
    is_drop = "drop" in request.POST
    reword = RewordForm(None if is_drop else request.POST or None, initial={"target": standing.target})
    drop = ReasonForm(request.POST if is_drop else None, auto_id="id_drop_%s")
    sent = drop if is_drop else reword
    if request.method != "POST":
        return _change_page(request, standing, reword, drop)
    if not sent.is_valid():
        return _change_page(request, standing, reword, drop, status=422)
    refusal = _propose(request, plan, sent.change(standing), sent.cleaned_data["reason"])
    return _change_page(request, standing, reword, drop, refusal, status=409) if refusal else redirect(plan)


@only(*READERS)
@require_safe
def amendment(request: Request, pk: int) -> HttpResponse:
    return _decision_page(request, _find(request, pk), AmendmentDecisionForm())


@only(Role.OFFICE)
@require_POST
def decide(request: Request, pk: int) -> HttpResponse:
    """Agree or not; what was written stays on the page if a colleague was faster."""
    found = _find(request, pk)
    form = AmendmentDecisionForm(request.POST)
    is_yes = "approve" in request.POST
    if form.is_valid() and not is_yes and not form.cleaned_data["words"]:
        form.add_error("words", "写明为什么不同意，单位看得到。")
    if not form.is_valid():
        return _decision_page(request, found, form, status=422)
    act = actions.approve_amendment if is_yes else actions.refuse_amendment
    try:
        act(found, words=form.cleaned_data["words"], by=request.user, at=timezone.now())
    except DomainError as refused:
        newest = plan_stats.amendments_of(request.user).filter(pk=pk).first() or found
        return _decision_page(request, newest, form, refused.message, status=409)
    messages.success(request, "已同意，月任务已经改好。" if is_yes else "没有同意，单位会看到理由。")
    return redirect("progress:amendments")


def _propose(request: Request, plan: AnnualPlan, change: Change, reason: str) -> str:
    """Why it was refused; nothing if it was not."""
    try:
        actions.propose_amendment(plan, change, reason=reason, by=request.user, at=timezone.now())
    except DomainError as refused:
        # Not left to the edge: what was typed has to stay on the page.
        return refused.message
    messages.success(request, "调整已提交，等创城办审批。批准以前，月任务不变。")
    return ""


def _find(request: Request, pk: int) -> Amendment:
    return get_object_or_404(plan_stats.amendments_of(request.user), pk=pk)


def _add_page(request: Request, plan: AnnualPlan, form: AddForm, refusal: str = "", status: int = 200) -> HttpResponse:
    facts = {"plan": plan, "form": form, "refusal": refusal}
    return render(request, "progress/amendment_add.html", facts, status=status)


def _change_page(
    request: Request, standing: PlanMonth, reword: RewordForm, drop: ReasonForm, refusal: str = "", status: int = 200
) -> HttpResponse:
    facts = {
        "plan": standing.task.plan,
        "standing": standing,
        "reword": reword,
        "drop": drop,
        "form": drop if drop.is_bound else reword,
        "refusal": refusal,
    }
    return render(request, "progress/amendment_change.html", facts, status=status)


def _decision_page(
    request: Request, found: Amendment, form: AmendmentDecisionForm, refusal: str = "", status: int = 200
) -> HttpResponse:
    facts = {
        "amendment": found,
        "form": form,
        "refusal": refusal,
        "may_decide": may_decide_amendment(request.user, found),
    }
    return render(request, "progress/amendment.html", facts, status=status)
