from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import permit, staff
from common.http import Request
from complaints import actions
from complaints.case_page import Revealed
from complaints.models import Complaint, Reporter
from complaints.permissions import may_see_reporter
from complaints.staff_forms import RevealForm
from complaints.views.staff.case import find_case, posted, show_part

CARD = "complaints/staff/case.html#reporter"


@staff
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reveal_contact(request: Request, number: str) -> HttpResponse:
    """Show the reporter's phone in this one answer, for a reason that the audit log keeps."""
    found = find_case(request, number)
    reporter = found.filer or Reporter()
    permit(_may_reveal(request, found, reporter))
    form = RevealForm(posted(request))
    if not form.is_valid():
        part = CARD if form.is_bound else "complaints/staff/_reveal_form.html"
        return show_part(request, found, part, reveal_form=form)
    phone = actions.reveal_phone(reporter, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
    return show_part(request, found, CARD, revealed=Revealed(phone, reporter.name))


def _may_reveal(request: Request, found: Complaint, reporter: Reporter) -> bool:
    is_there = bool(reporter.phone_encrypted)
    return is_there and may_see_reporter(request.user, found, may_contact=reporter.may_contact)
