"""The creation office's desk of the initiative: its versions, and how many joined."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import only
from accounts.models import Role
from common.errors import StaleRecord
from common.http import Request
from publicity.actions import initiative as actions
from publicity.forms.initiative import InitiativeForm
from publicity.models import InitiativeVersion
from publicity.stats import joined_by_month


@only(Role.OFFICE)
@require_safe
def initiative_desk(request: Request) -> HttpResponse:
    months = joined_by_month()
    facts = {
        "versions": list(InitiativeVersion.objects.select_related("published_by")),
        "months": months,
        "joined": sum(month.joined for month in months),
    }
    return render(request, "publicity/initiative_desk.html", facts)


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def initiative_edit(request: Request) -> HttpResponse:
    """Write the next version; whoever had not seen the newest is told and keeps what was typed."""
    current = InitiativeVersion.current()
    form = InitiativeForm(request.POST or None, written=current)
    stale = ""
    if request.method == "POST" and form.is_valid():
        try:
            version = actions.publish(form.words, seen=form.cleaned_data["seen"], by=request.user, at=timezone.now())
        except StaleRecord as refused:
            # Not left to the edge: what was typed has to stay on the page.
            stale, current = refused.message, InitiativeVersion.current()
            form.show_against(current.ordinal if current else 0)
        else:
            messages.success(request, f"已发布第 {version.ordinal} 版，居民现在就能看到。")
            return redirect("publicity:initiative_desk")
    facts = {"form": form, "written": current, "stale": stale}
    return render(
        request, "publicity/initiative_edit.html", facts, status=409 if stale else 422 if form.errors else 200
    )


@only(Role.OFFICE)
@require_safe
def initiative_version(request: Request, ordinal: int) -> HttpResponse:
    """What stood there once."""
    found = get_object_or_404(InitiativeVersion.objects.select_related("published_by"), ordinal=ordinal)
    return render(request, "publicity/initiative_version.html", {"version": found})
