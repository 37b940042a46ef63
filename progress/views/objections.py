"""Objections to flags: a unit says why, the office answers."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import only
from accounts.models import Role
from common.errors import DomainError
from common.http import Request
from progress import actions
from progress.models import Flag, MonthTask, Objection
from progress.permissions import may_decide_objection, may_object
from progress.plan_forms import ObjectionDecisionForm, ObjectionForm
from progress.report_stats import with_reports


@only(Role.LIAISON)
@require_http_methods(["GET", "HEAD", "POST"])
def object_to_flag(request: Request, pk: int) -> HttpResponse:
    """Say why the flag of one of the unit's own tasks is wrong."""
    task = get_object_or_404(MonthTask.objects.visible_to(request.user).select_related("unit", "group"), pk=pk)
    form = ObjectionForm(request.POST or None, initial={"version": task.version})
    if request.method != "POST":
        if not may_object(request.user, task):
            return redirect("progress:history", pk)
        return _object_page(request, task, form)
    if not form.is_valid():
        return _object_page(request, task, form, status=422)
    task.version = form.cleaned_data["version"]
    try:
        actions.object_to_flag(task, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
    except DomainError as refused:
        # Not left to the edge: what was typed has to stay on the page.
        return _object_page(request, task, form, refused.message, status=409)
    messages.success(request, "异议已提交，等创城办答复。")
    return redirect("progress:history", pk)


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: Request, pk: int) -> HttpResponse:
    """Read an objection beside the unit's report, and answer it."""
    found = _find(request, pk)
    form = ObjectionDecisionForm(request.POST or None, task=found.task)
    if request.method != "POST" or not may_decide_objection(request.user, found):
        return _decision_page(request, found, form)
    if not form.is_valid():
        return _decision_page(request, found, form, status=422)
    try:
        _decide(request, found, form)
    except DomainError as refused:
        return _decision_page(request, _find(request, pk), form, refused.message, status=409)
    messages.success(request, "异议已答复，单位会看到。")
    task = found.task
    return redirect("progress:marking", task.group.code, task.year, task.month)


def _decide(request: Request, found: Objection, form: ObjectionDecisionForm) -> None:
    said, by, at = form.cleaned_data, request.user, timezone.now()
    if said["answer"] == form.UPHOLD:
        actions.uphold_flag(found, words=said["words"], by=by, at=at)
        return
    flag = Flag(said["answer"])
    actions.change_flag(found, flag, statement=form.statement, words=said["words"], by=by, at=at)


def _find(request: Request, pk: int) -> Objection:
    found = Objection.objects.visible_to(request.user).select_related(
        "by__unit", "decided_by__unit", "decided_by__group"
    )
    objection = found.filter(pk=pk).first()
    task = with_reports(MonthTask.objects.all()).filter(pk=objection.task_id).first() if objection else None
    if objection is None or task is None:
        raise Http404
    objection.task = task
    return objection


def _object_page(
    request: Request, task: MonthTask, form: ObjectionForm, refusal: str = "", status: int = 200
) -> HttpResponse:
    facts = {"task": task, "form": form, "refusal": refusal}
    return render(request, "progress/objection_new.html", facts, status=status)


def _decision_page(
    request: Request, found: Objection, form: ObjectionDecisionForm, refusal: str = "", status: int = 200
) -> HttpResponse:
    facts = {
        "objection": found,
        "task": found.task,
        "line": found.task.reported,
        "form": form,
        "refusal": refusal,
        "may_decide": may_decide_objection(request.user, found),
    }
    return render(request, "progress/objection.html", facts, status=status)
