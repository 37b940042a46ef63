"""The hotline's one-screen intake (热线登记): phone first, everything else while the caller speaks."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import only
from accounts.models import Role
from common import crypto
from common.clock import CITY_TIME
from common.http import Request
from complaints import actions
from complaints.hotline_form import CallForm, Hints, offered_grids
from complaints.models import ProblemGroup
from complaints.uploads import takes_photos

JUST_FILED = "call_just_filed"
RECEIPT_FOR = timedelta(minutes=30)
Desk = only(Role.OFFICE, Role.OPERATOR)


@Desk
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@takes_photos
def hotline(request: Request) -> HttpResponse:
    """A blank form under the receipt of the call before; `look` shows what is known without filing (no script)."""
    now = timezone.now()
    form = CallForm(request.POST or None, request.FILES or None, on=_day(now))
    if request.method != "POST" or "look" in request.POST or not form.is_valid():
        return _page(request, form, now)
    filed = actions.take_call(**_answers(form), by=request.user, at=now)
    request.session[JUST_FILED] = {
        "key": filed.complaint.intake_key,
        "until": (now + RECEIPT_FOR).timestamp(),
    }
    return redirect("complaints:hotline")


@Desk
@never_cache
@require_POST
def hotline_hints(request: Request) -> HttpResponse:
    now = timezone.now()
    hints = Hints(CallForm(request.POST, on=_day(now)), user=request.user, at=now)
    return render(request, "complaints/staff/hotline.html#hints", {"hints": hints})


@Desk
@require_POST
def hotline_grids(request: Request) -> HttpResponse:
    """The grids that the words typed so far find."""
    typed, chosen = request.POST.get("where", "")[:40], request.POST.get("grid", "")
    grids = offered_grids(typed, chosen=chosen, on=_day(timezone.now()))
    context = {"grids": grids, "chosen": chosen, "typed": typed}
    return render(request, "complaints/staff/hotline.html#grids", context)


def _page(request: Request, form: CallForm, now: datetime) -> HttpResponse:
    looking = "look" in request.POST
    hints = Hints(form, user=request.user, at=now) if form.is_bound else None
    if looking:
        form.errors.clear()
    context = {
        "form": form,
        "hints": hints,
        "grids": form.grids if form.is_bound else [],
        "chosen": str(form.data.get("grid", "")),
        "typed": str(form.data.get("where", "")),
        "receipt": None if form.is_bound else _receipt(request, now),
    }
    return render(request, "complaints/staff/hotline.html", context, status=422 if form.errors else 200)


def _answers(form: CallForm) -> dict[str, Any]:
    given = form.cleaned_data
    return {
        "key": given["key"],
        "category": given["category"],
        "is_urgent": given["is_urgent"],
        "text": given["text"],
        "photos": given["photos"],
        "group": ProblemGroup(given["group"]),
        "contact": actions.Contact(given["phone"], given["name"], given["may_contact"]),
        "place": given["place"],
        "point": form.point,
        "grid": None if form.point else given["grid"],
        "is_confidential": given["is_confidential"],
    }


def _receipt(request: Request, now: datetime) -> dict[str, Any] | None:
    """Number and code of the call before. The session keeps the key only: the code follows from it."""
    kept = request.session.get(JUST_FILED)
    filed = actions.filed_before(kept["key"]) if kept and kept["until"] > now.timestamp() else None
    return {"case": filed.complaint, "code": crypto.grouped(filed.code)} if filed else None


def _day(now: datetime) -> Any:
    return now.astimezone(CITY_TIME).date()
