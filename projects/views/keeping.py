"""Keeping livelihood projects: the office puts them down and says when they are completed, units write progress."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import only, permit
from accounts.models import Role
from common.errors import DomainError
from common.http import Request
from complaints.uploads import takes_photos
from projects import actions
from projects.forms import NoteForm, ProgressForm, ProjectForm
from projects.models import Project
from projects.permissions import may_plan, may_write_progress
from projects.views.public import today

KEEPERS = (Role.OFFICE, Role.LIAISON)


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def project_new(request: Request) -> HttpResponse:
    form = ProjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        started = actions.start(form.plan, year=today().year, by=request.user, at=timezone.now())
        messages.success(request, f"已登记：{started}。")
        return redirect(started)
    return render(request, "projects/new.html", {"form": form}, status=422 if form.errors else 200)


@only(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
@takes_photos
def keep(request: Request, number: str) -> HttpResponse:
    """Write how far a project is; what is refused comes back with all that was typed."""
    kept = _find(request, number)
    if request.method != "POST":
        return _show(request, kept)
    form = ProgressForm(request.POST, request.FILES, project=kept)
    return _try(request, kept, form, actions.write_progress, "进展已记下，居民也看得到。", progress=form)


@only(Role.OFFICE)
@require_POST
def complete(request: Request, number: str) -> HttpResponse:
    form = NoteForm(request.POST, auto_id="end_%s")
    return _try(request, _find(request, number), form, actions.complete, "已登记全部完成。", ending=form)


@only(Role.OFFICE)
@require_POST
def reopen(request: Request, number: str) -> HttpResponse:
    form = NoteForm(request.POST, auto_id="end_%s")
    return _try(request, _find(request, number), form, actions.reopen, "已重新打开。", ending=form)


def _find(request: Request, number: str) -> Project:
    found = get_object_or_404(Project.objects.named(), number=number)
    permit(may_write_progress(request.user, found))
    return found


def _try(
    request: Request, kept: Project, form: NoteForm, action: Callable[..., Any], done: str, **shown: Any
) -> HttpResponse:
    if not form.is_valid():
        return _show(request, kept, **shown, status=422)
    said = dict(form.cleaned_data)
    kept.version = said.pop("version")
    try:
        action(kept, **said, by=request.user, at=timezone.now())
    except DomainError as refused:
        # Not left to the edge: what was typed has to stay on the page.
        newest = Project.objects.named().filter(pk=kept.pk).first() or kept
        form.show_against(newest.version)
        return _show(request, newest, **shown, refusal=refused.message, status=409)
    messages.success(request, done)
    return redirect(kept)


def _show(
    request: Request,
    kept: Project,
    *,
    progress: NoteForm | None = None,
    ending: NoteForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    seen = {"version": kept.version}
    facts = {
        "project": kept,
        "today": today(),
        "may_plan": may_plan(request.user),
        "progress": progress or ProgressForm(initial=seen, project=kept),
        "ending": ending or NoteForm(initial=seen, auto_id="end_%s"),
        "form": progress or ending,
        "refusal": refusal,
    }
    return render(request, "projects/keep.html", facts, status=status)
