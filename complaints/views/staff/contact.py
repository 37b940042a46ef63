from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import permit, staff
from common.http import Request
from complaints import actions
from complaints.case_page import CasePage, Revealed
from complaints.models import Complaint, Reporter
from complaints.permissions import may_see_reporter
from complaints.staff_forms import RevealForm
from complaints.views.staff.case import find_case


@staff
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reveal_contact(request: Request, number: str) -> HttpResponse:
    """Show the reporter's phone in this one answer, for a reason that the audit log keeps."""
    found = find_case(request, number)
    if request.method != "POST":
        return redirect(found)  # signing in again leads here
    reporter = found.reporters.filter(is_follower=False).first() or Reporter()
    permit(_may_reveal(request, found, reporter))
    form = RevealForm(request.POST)
    if not form.is_valid():
        return _show(request, CasePage(found, user=request.user, at=timezone.now(), reveal_form=form), status=422)
    phone = actions.reveal_phone(reporter, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
    revealed = Revealed(phone, reporter.name)
    return _show(request, CasePage(found, user=request.user, at=timezone.now(), revealed=revealed))


def _may_reveal(request: Request, found: Complaint, reporter: Reporter) -> bool:
    is_there = bool(reporter.phone_encrypted)
    return is_there and may_see_reporter(request.user, found, may_contact=reporter.may_contact)


def _show(request: Request, page: CasePage, *, status: int = 200) -> HttpResponse:
    template = "complaints/staff/case.html#reporter" if request.htmx else "complaints/staff/case.html"
    return render(request, template, {"page": page}, status=status)
