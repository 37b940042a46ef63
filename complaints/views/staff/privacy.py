"""The office's side of what residents may ask for: requests to erase, and legal holds."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import only
from accounts.models import Role
from common.http import Request
from complaints import actions
from complaints.models import ErasureRequest
from complaints.staff_forms import ErasureReplyForm, LegalHoldForm
from complaints.views.staff.case import find_case, posted, show_part

MOST_DECIDED = 20


@only(Role.OFFICE)
@require_safe
def erasures(request: Request) -> HttpResponse:
    """Residents' requests to erase their contact data while the case still needs it."""
    return _page(request)


@only(Role.OFFICE)
@require_POST
def grant_erasure(request: Request, pk: int) -> HttpResponse:
    actions.grant_erasure(_request(pk), by=request.user, at=timezone.now())
    messages.success(request, "联系方式已删除，居民凭查询码还能看进度。")
    return redirect("complaints:erasures")


@only(Role.OFFICE)
@require_POST
def refuse_erasure(request: Request, pk: int) -> HttpResponse:
    form = ErasureReplyForm(request.POST)
    found = _request(pk)
    if not form.is_valid():
        return _page(request, refused=found, form=form)
    actions.refuse_erasure(found, reply=form.cleaned_data["reply"], by=request.user, at=timezone.now())
    messages.success(request, "已答复，居民能看到原因。")
    return redirect("complaints:erasures")


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def legal_hold(request: Request, number: str) -> HttpResponse:
    """Begin a legal hold on the contact data of a case, or end the one that runs."""
    found = find_case(request, number)
    form = LegalHoldForm(posted(request))
    if not form.is_valid():
        return show_part(request, found, "complaints/staff/_hold_form.html", hold_form=form)
    reason, now = form.cleaned_data["reason"], timezone.now()
    if "end" in request.POST:
        actions.end_legal_hold(found, reason=reason, by=request.user, at=now)
        messages.success(request, "法律保全已解除，联系方式按期限删除。")
    else:
        actions.begin_legal_hold(found, reason=reason, by=request.user, at=now)
        messages.success(request, "已设法律保全，联系方式不会删除。")
    return redirect(found)


def _request(pk: int) -> ErasureRequest:
    return get_object_or_404(ErasureRequest.objects.select_related("reporter__complaint"), pk=pk)


def _page(request: Request, *, refused: ErasureRequest | None = None, form: Any = None) -> HttpResponse:
    told = ErasureRequest.objects.select_related("reporter__complaint", "decided_by__unit", "decided_by__group")
    context = {
        "waiting": told.filter(outcome=ErasureRequest.Outcome.WAITING).order_by("asked_at"),
        "decided": told.exclude(outcome=ErasureRequest.Outcome.WAITING).order_by("-decided_at")[:MOST_DECIDED],
        "refused": refused,
        "form": form or ErasureReplyForm(),
    }
    return render(request, "complaints/staff/erasures.html", context, status=422 if form else 200)
