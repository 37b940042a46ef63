from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import permit, staff
from common.errors import DomainError
from common.http import Request
from common.revisions import read_once
from complaints import workflow
from complaints.case_moves import offer
from complaints.case_page import CasePage
from complaints.case_rows import case_for_page
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
    """One move of a case: its form, and once that is sent the move itself."""
    found, chosen = find_case(request, number), _offered(move)
    permit(may(request.user, chosen, found))
    return _make(request, found, chosen) if request.method == "POST" else _ask(request, found, chosen)


def _ask(request: Request, found: Complaint, chosen: Move) -> HttpResponse:
    """The page with the form of this move open; for htmx the form alone, to be put where it is opened."""
    workflow.ensure_possible(chosen, found)
    form = FORMS[chosen](case=found, at=timezone.now())
    if not request.htmx:
        return show_case(request, found, form=form)
    # What was decided on is the page that lies open, which may be older than what we read just now.
    shown = offer(found, form, version=request.GET.get("version", ""))
    return render(request, "complaints/staff/_move_form.html", {"offer": shown})


def _make(request: Request, found: Complaint, chosen: Move) -> HttpResponse:
    """A form that is wrong or comes too late is shown again with all that was typed."""
    number, now = found.number, timezone.now()
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
    found = case_for_page(request.user, number)
    if found is None:
        raise Http404
    return found


def show_case(request: Request, found: Complaint, *, status: int = 200, **shown: Any) -> HttpResponse:
    """The whole page, or for htmx the part that a move can change, with the messages beside it."""
    with read_once():  # also after a move
        return _shown(request, found, status, **shown)


def _shown(request: Request, found: Complaint, status: int, **shown: Any) -> HttpResponse:
    context = {"page": CasePage(found, user=request.user, at=timezone.now(), **shown)}
    if not request.htmx:
        return render(request, "complaints/staff/case.html", context, status=status)
    partial = render_to_string("complaints/staff/case.html#case", context, request)
    flash = render_to_string("components/messages.html", {"oob": True}, request)
    return HttpResponse(partial + flash, status=status)


def show_part(request: Request, found: Complaint, part: str, **shown: Any) -> HttpResponse:
    """The whole page with what is `shown` open on it, or for htmx that part of it. A form that was refused is a 422."""
    is_refused = any(isinstance(one, Form) and one.is_bound for one in shown.values())
    template = part if request.htmx else "complaints/staff/case.html"
    page = CasePage(found, user=request.user, at=timezone.now(), **shown)
    return render(request, template, {"page": page}, status=422 if is_refused else 200)


def posted(request: Request) -> QueryDict | None:
    """What a form was sent with; None where it is only asked for."""
    return request.POST if request.method == "POST" else None


def _offered(move: str) -> Move:
    if move not in FORMS:
        raise Http404
    return Move(move)


def _go_on(request: Request, number: str) -> HttpResponse:
    """To the case as it is now; after a return, which takes it out of the unit's sight, to the queue."""
    moved = case_for_page(request.user, number)
    if moved is None:
        return _to_queue(request)
    return show_case(request, moved) if request.htmx else redirect(moved)


def _show_refused(request: Request, number: str, form: MoveForm, refused: DomainError) -> HttpResponse:
    case_now = case_for_page(request.user, number)
    if case_now is None:
        messages.warning(request, refused.message)
        return _to_queue(request)
    return show_case(request, case_now, form=form, refusal=refused.message, status=409)


def _to_queue(request: Request) -> HttpResponse:
    url = reverse("complaints:queue")
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
