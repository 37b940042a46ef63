"""Closing a month for good, correcting a closed one, and noting what was made good."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import only
from accounts.models import Role
from common.errors import DomainError
from common.http import Request
from common.months import Month
from progress import actions, closing_stats
from progress.closing_forms import CorrectionForm, MadeGoodForm
from progress.models import ClosedMonth, Flag, MonthTask
from progress.permissions import may_mark_flags
from progress.views.boards import current_month


@only(Role.OFFICE, Role.LEADER)
@require_safe
def closing(request: Request) -> HttpResponse:
    """Which months are closed."""
    states = closing_stats.month_states(until=current_month())
    return render(request, "progress/closing.html", {"states": states})


@only(Role.OFFICE, Role.LEADER)
@require_safe
def closing_month(request: Request, year: int, month: int) -> HttpResponse:
    """The snapshot of a closed month with its corrections; of an open one, what is still missing."""
    shown = Month(year, month)
    closed = ClosedMonth.objects.select_related("closed_by").filter(year=year, month=month).first()
    if closed:
        facts = {
            "closed": closed,
            "month": shown,
            "groups": closing_stats.frozen_totals(closed.snapshot, "groups"),
            "units": closing_stats.frozen_totals(closed.snapshot, "units"),
            "statements": closing_stats.frozen_statements(closed.snapshot),
            "reports": len(closed.snapshot["reports"]),
            "corrections": closing_stats.corrections(shown),
        }
        return render(request, "progress/closed_month.html", facts)
    found = closing_stats.before_closing(shown)
    if not found.flags.total:
        raise Http404
    facts = {"month": shown, "found": found, "may_close": may_mark_flags(request.user)}
    return render(request, "progress/closing_month.html", facts)


@only(Role.OFFICE)
@require_POST
def close_month(request: Request, year: int, month: int) -> HttpResponse:
    """Close the month; pressed twice, the second time changes nothing."""
    actions.close_month(Month(year, month), by=request.user, at=timezone.now())
    messages.success(request, f"{year} 年 {month} 月已锁定。")
    return redirect("progress:closing_month", year, month)


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: Request, pk: int) -> HttpResponse:
    """Write a correction of one flag of a closed month."""
    task = get_object_or_404(MonthTask.objects.select_related("unit", "group"), pk=pk, is_locked=True)
    earlier = list(task.corrections.select_related("by", "by__unit", "by__group"))
    form = CorrectionForm(request.POST or None, task=task, initial={"number": len(earlier)})
    note = ""
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.correct_flag(
                task, Flag(said["flag"]), statement=form.statement, why=said["why"], number=said["number"],
                by=request.user, at=timezone.now(),
            )  # fmt: skip
            messages.success(request, "更正已写上，显示在图版旁边。")
            return redirect("progress:history", task.pk)
        except DomainError as error:
            note = error.message  # caught here: what was typed must stay on the page
    facts = {"task": task, "form": form, "earlier": earlier, "note": note}
    return render(request, "progress/correct.html", facts, status=_status(form.errors, note))


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def make_good(request: Request, pk: int) -> HttpResponse:
    """Note that a blue task of a past month was completed."""
    past = MonthTask.objects.filter(flag=Flag.BLUE, made_good_on=None).select_related("unit", "group")
    task = get_object_or_404(past, pk=pk)
    today = timezone.localdate()
    form = MadeGoodForm(request.POST or None, task=task, today=today, initial={"on": today.isoformat()})
    note = ""
    if request.method == "POST" and form.is_valid():
        try:
            actions.make_good(task, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, "补成已记上。当月仍是蓝旗，旁边显示补成。")
            return redirect("progress:history", task.pk)
        except DomainError as error:
            note = error.message
    facts = {"task": task, "form": form, "note": note}
    return render(request, "progress/make_good.html", facts, status=_status(form.errors, note))


def _status(errors: object, note: str) -> int:
    return 409 if note else 422 if errors else 200
