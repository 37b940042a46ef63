from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import permit, staff
from common.errors import DomainError
from common.http import Request
from complaints.case_page import CasePage, cases_for
from complaints.models import Complaint
from complaints.move_forms import MoveForm
from complaints.performing import FORMS, done, perform, refuse_what_came_too_late
from complaints.permissions import may
from complaints.workflow import Move


@staff
@require_safe
def case(request: Request, number: str) -> HttpResponse:
    return show_case(request, find_case(request, number))


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: Request, number: str, move: str) -> HttpResponse:
    """Make one move; a form that is wrong or comes too late is shown again with all that was typed."""
    found = find_case(request, number)
    if request.method != "POST":
        return redirect(found)  # signing in again leads here
    chosen = _offered(move)
    permit(may(request.user, chosen, found))
    now = timezone.now()
    form = FORMS[chosen](request.POST, request.FILES, case=found, at=now)
    try:
        refuse_what_came_too_late(found, form)
        if not form.is_valid():
            return show_case(request, found, form=form, status=422)
        perform(form, found, by=request.user, at=now)
    except DomainError as refused:
        # Not left to the edge: what was typed has to stay on the page.
        return _show_refused(request, number, form, refused)
    messages.success(request, done(form, found))
    return _go_on(request, number)


def find_case(request: Request, number: str) -> Complaint:
    return get_object_or_404(cases_for(request.user), number=number)


def show_case(request: Request, found: Complaint, *, status: int = 200, **shown: Any) -> HttpResponse:
    """The whole page, or for htmx the part that a move can change, with the messages beside it."""
    context = {"page": CasePage(found, user=request.user, at=timezone.now(), **shown)}
    if not request.htmx:
        return render(request, "complaints/staff/case.html", context, status=status)
    partial = render_to_string("complaints/staff/case.html#case", context, request)
    flash = render_to_string("components/messages.html", {"oob": True}, request)
    return HttpResponse(partial + flash, status=status)


def _offered(move: str) -> Move:
    if move not in FORMS:
        raise Http404
    return Move(move)


def _go_on(request: Request, number: str) -> HttpResponse:
    """To the case as it is now; after a return, which takes it out of the unit's sight, to the queue."""
    moved = _case_now(request, number)
    if moved is None:
        return _to_queue(request)
    return show_case(request, moved) if request.htmx else redirect(moved)


def _show_refused(request: Request, number: str, form: MoveForm, refused: DomainError) -> HttpResponse:
    case_now = _case_now(request, number)
    if case_now is None:
        messages.warning(request, refused.message)
        return _to_queue(request)
    return show_case(request, case_now, form=form, refusal=refused.message, status=409)


def _case_now(request: Request, number: str) -> Complaint | None:
    return cases_for(request.user).filter(number=number).first()


def _to_queue(request: Request) -> HttpResponse:
    url = reverse("complaints:queue")
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
