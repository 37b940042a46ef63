from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import only
from accounts.models import Role
from common.http import Request
from complaints import actions
from complaints.call_back_page import CallBackForm, rows, to_call
from complaints.case_page import CasePage
from complaints.models import CallBack
from complaints.views.staff.case import find_case
from complaints.workflow import State

PAGE_SIZE = 30
Desk = only(Role.OFFICE, Role.OPERATOR)


@Desk
@require_safe
def call_backs(request: Request) -> HttpResponse:
    """Closed cases to call back (回访), those longest closed first; who was tried today comes last."""
    now = timezone.now()
    cases = to_call(request.user, at=now)
    found = list(cases.prefetch_related("call_backs").order_by("closed_at", "pk")[:PAGE_SIZE])
    shown = sorted(rows(found, now=now), key=lambda row: row.is_today)
    return render(request, "complaints/staff/call_backs.html", {"rows": shown, "total": cases.count()})


@Desk
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def call_back(request: Request, number: str) -> HttpResponse:
    now = timezone.now()
    case = find_case(request, number)
    if case.state != State.CLOSED or case.rated_at:
        messages.info(request, "这件已经不用回访了：居民评价过，或又在办。")
        return redirect("complaints:call_backs")
    form = CallBackForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        calls = case.call_backs.select_related("by__unit", "by__group")
        context = {"page": CasePage(case, user=request.user, at=now), "form": form, "calls": calls}
        return render(request, "complaints/staff/call_back.html", context, status=422 if form.is_bound else 200)
    outcome = CallBack.Outcome(form.cleaned_data["outcome"])
    note = form.cleaned_data["note"]
    actions.call_back(case, outcome=outcome, note=note, said=form.said, by=request.user, at=now)
    again = "，已转二次办理" if case.state != State.CLOSED else ""
    messages.success(request, f"{case.number} 记下了：{outcome.label}{again}。")
    return redirect("complaints:call_backs")
