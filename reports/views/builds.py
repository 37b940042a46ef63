"""Asking for a report, seeing how far it is, and looking at a preview."""

import json
from functools import partial

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import only
from common.http import Request
from common.months import Month
from reports import actions, tasks
from reports.forms import AgainForm
from reports.layout import document
from reports.models import BuildState, ReportBuild
from reports.permissions import BUILD
from reports.views.files import attached
from reports.views.month_end import page_of


@only(*BUILD)
@require_POST
def build(request: Request, year: int, month: int) -> HttpResponse:
    """Ask for a month's report: a preview while it runs, the report itself once it is over."""
    wanted, now = Month(year, month), timezone.now()
    kind = ReportBuild.Kind.PREVIEW if now < wanted.ends_at else ReportBuild.Kind.FINAL
    return _asked(request, wanted, kind, "")


@only(*BUILD)
@require_POST
def build_again(request: Request, year: int, month: int) -> HttpResponse:
    """Ask for another version, with the reason."""
    form = AgainForm(request.POST)
    if not form.is_valid():
        return render(request, "reports/again.html", {"form": form, "month": Month(year, month)}, status=422)
    return _asked(request, Month(year, month), ReportBuild.Kind.AGAIN, form.cleaned_data["reason"])


@only(*BUILD)
@require_safe
def progress(request: Request, pk: int) -> HttpResponse:
    """How far the work is; the page asks again every second and goes on to what came of it."""
    shown = get_object_or_404(ReportBuild.objects.defer("content").select_related("asked_by"), pk=pk)
    url = _result(shown) if shown.state == BuildState.DONE else ""
    if url and request.htmx:
        return HttpResponse(headers={"HX-Redirect": url})
    return render(request, "reports/progress.html", {"build": shown, "url": url})


@only(*BUILD)
@require_safe
def preview(request: Request, pk: int) -> HttpResponse:
    shown = _preview(pk)
    return render(request, "reports/preview.html", page_of(document(json.loads(shown.content))) | {"build": shown})


@only(*BUILD)
@require_safe
def preview_file(request: Request, pk: int, kind: str) -> HttpResponse:
    return attached(document(json.loads(_preview(pk).content)), kind)


def _asked(request: Request, month: Month, kind: ReportBuild.Kind, reason: str) -> HttpResponse:
    with transaction.atomic():
        asked = actions.ask_for_report(month, kind=kind, reason=reason, by=request.user, at=timezone.now())
        transaction.on_commit(partial(tasks.build.delay, asked.pk), robust=True)
    messages.success(request, f"{asked}已排上，后台生成，一般几秒就好。")
    return redirect("reports:progress", asked.pk)


def _preview(pk: int) -> ReportBuild:
    found = get_object_or_404(ReportBuild, pk=pk, kind=ReportBuild.Kind.PREVIEW)
    if found.state != BuildState.DONE:
        raise Http404
    return found


def _result(build: ReportBuild) -> str:
    """Where what came of it is shown."""
    if build.kind == ReportBuild.Kind.PREVIEW:
        return reverse("reports:preview", args=[build.pk])
    return reverse("reports:report", args=[build.year, build.month])
