"""On the spot, with one thumb: the code to scan, the list to tick; afterwards the hours."""

from typing import Any

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import only
from common.errors import DomainError
from common.http import Request
from volunteers import actions
from volunteers.codes import attendance_code
from volunteers.forms import HoursForm, TimesForm
from volunteers.models import Activity, ServiceRecord, SignUp
from volunteers.models.service import as_hours
from volunteers.permissions import KEEPERS
from volunteers.views.staff.activities import kept_activity
from volunteers.workflow import ActivityState


@only(*KEEPERS)
@never_cache
@require_safe
def attendance(request: Request, pk: int) -> HttpResponse:
    return _list(request, kept_activity(request, pk))


@only(*KEEPERS)
@require_POST
def attend(request: Request, pk: int, sign_up: int) -> HttpResponse:
    """Tick somebody in or out, or put their times right."""
    activity, now = kept_activity(request, pk), timezone.now()
    mine = get_object_or_404(activity.sign_ups.going().select_related("volunteer", "activity"), pk=sign_up)
    go = request.POST.get("go", "")
    if go == "times":
        return _times(request, activity, mine)
    note = actions.note_went if go == "out" else actions.note_came
    note(mine, by=request.user, at=now)
    return _answer(request, activity, mine)


def _times(request: Request, activity: Activity, mine: SignUp) -> HttpResponse:
    form = TimesForm(request.POST, auto_id=f"{mine.pk}_%s")
    if not form.is_valid():
        return _list(request, activity, bad=(mine.pk, form), status=422)
    came_at, went_at = form.moments(activity)
    try:
        actions.note_times(mine, came_at=came_at, went_at=went_at, by=request.user, at=timezone.now())
    except DomainError as refused:
        form.add_error(None, refused.message)
        return _list(request, activity, bad=(mine.pk, form), status=409)
    return redirect(f"{reverse('volunteers:attendance', args=[activity.pk])}#p{mine.pk}")


def _answer(request: Request, activity: Activity, mine: SignUp) -> HttpResponse:
    if not request.htmx:
        return redirect(f"{reverse('volunteers:attendance', args=[activity.pk])}#p{mine.pk}")
    facts = {"activity": activity, "row": _row(mine, None)}
    return render(request, "volunteers/staff/attendance.html#person", facts)


def _list(
    request: Request, activity: Activity, *, bad: tuple[int, TimesForm] | None = None, status: int = 200
) -> HttpResponse:
    going = list(activity.sign_ups.going().select_related("volunteer", "activity"))
    facts = {
        "activity": activity,
        "rows": [_row(one, bad[1] if bad and bad[0] == one.pk else None) for one in going],
        "came": sum(1 for one in going if one.checked_in_at),
        "form": bad[1] if bad else None,
        "waiting": activity.sign_ups.waiting().count(),
    }
    return render(request, "volunteers/staff/attendance.html", facts, status=status)


def _row(one: SignUp, form: TimesForm | None) -> dict[str, Any]:
    initial = {"came": _clock(one.checked_in_at), "went": _clock(one.checked_out_at)}
    return {"sign_up": one, "form": form or TimesForm(initial=initial, auto_id=f"{one.pk}_%s")}


def _clock(moment: Any) -> Any:
    return timezone.localtime(moment).time() if moment else None


@only(*KEEPERS)
@never_cache
@require_safe
def code(request: Request, pk: int) -> HttpResponse:
    """The QR to be scanned on the spot; asked for by htmx every minute, it comes anew."""
    activity = kept_activity(request, pk)
    address = reverse("volunteers:check", args=[attendance_code(activity.pk, at=timezone.now())])
    made = segno.make(request.build_absolute_uri(address), error="l", micro=False)
    svg = made.svg_inline(omitsize=True, border=2, svgclass="qr", lineclass=None)
    facts = {
        "activity": activity,
        "qr": mark_safe(svg),  # noqa: S308 -- made of an address of ours by segno
        "came": activity.sign_ups.came().count(),
        "going": activity.taken,
        "now": timezone.now(),
    }
    template = "volunteers/staff/code.html#code" if request.htmx else "volunteers/staff/code.html"
    return render(request, template, facts)


@only(*KEEPERS)
@never_cache
@require_safe
def hours(request: Request, pk: int) -> HttpResponse:
    return _hours_page(request, kept_activity(request, pk))


def _hours_page(
    request: Request, activity: Activity, *, bad: tuple[int, HoursForm] | None = None, status: int = 200
) -> HttpResponse:
    records = ServiceRecord.objects.filter(activity=activity).select_related("volunteer").order_by("pk")
    is_confirmed = activity.state == ActivityState.CONFIRMED
    going = [] if is_confirmed else list(activity.sign_ups.going().select_related("volunteer"))
    counted = [(one, actions.whole_minutes(*actions.counted_span(one, activity))) for one in going]
    facts = {
        "activity": activity,
        "is_confirmed": is_confirmed,
        "rows": [_record(one, bad) for one in records.prefetch_related("corrections__by")] if is_confirmed else [],
        "counted": [(one, as_hours(minutes)) for one, minutes in counted],
        "sum": as_hours(records.minutes() if is_confirmed else sum(minutes for _, minutes in counted)),
        "may_confirm": activity.state == ActivityState.PUBLISHED and timezone.now() >= activity.ends_at,
        "form": bad[1] if bad else None,
    }
    return render(request, "volunteers/staff/hours.html", facts, status=status)


def _record(one: ServiceRecord, bad: tuple[int, HoursForm] | None) -> dict[str, Any]:
    if bad and bad[0] == one.pk:
        return {"record": one, "form": bad[1], "open": True}
    form = HoursForm(initial={"version": one.version, "hours": one.hours}, auto_id=f"{one.pk}_%s")
    return {"record": one, "form": form, "open": False}


@only(*KEEPERS)
@require_POST
def hours_confirm(request: Request, pk: int) -> HttpResponse:
    activity = kept_activity(request, pk)
    records = actions.confirm_hours(activity, by=request.user, at=timezone.now())
    messages.success(request, f"确认了 {sum(1 for one in records if one.minutes)} 人的时长，他们会收到消息。")
    return redirect("volunteers:hours", pk)


@only(*KEEPERS)
@require_POST
def hours_correct(request: Request, pk: int, record: int) -> HttpResponse:
    activity = kept_activity(request, pk)
    kept = ServiceRecord.objects.filter(activity=activity).select_related("volunteer", "activity")
    corrected = get_object_or_404(kept, pk=record)
    form = HoursForm(request.POST, auto_id=f"{record}_%s")
    if not form.is_valid():
        return _hours_page(request, activity, bad=(record, form), status=422)
    corrected.version = form.cleaned_data["version"]
    try:
        reason = form.cleaned_data["reason"]
        actions.correct_hours(corrected, minutes=form.minutes, reason=reason, by=request.user, at=timezone.now())
    except DomainError as refused:
        form.add_error(None, refused.message)
        return _hours_page(request, activity, bad=(record, form), status=409)
    messages.success(request, "更正好了，原来的时长留有记录，本人会收到消息。")
    return redirect("volunteers:hours", pk)
