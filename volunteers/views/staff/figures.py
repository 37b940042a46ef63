"""Figures of a month, registration rates of the units, and certificates that the office may revoke."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import only, staff
from accounts.models import Role
from common.http import Request
from volunteers import actions, stats
from volunteers.forms import ReasonForm
from volunteers.models import Certificate
from volunteers.views.coverage import asked_month, month_choice

PER_PAGE = 40


@staff
@require_safe
def figures(request: Request) -> HttpResponse:
    month, today = asked_month(request), timezone.localdate()
    rates = stats.registration_rates()
    facts = {
        "figures": stats.month_figures(month),
        "rates": rates,
        "reached": sum(1 for rate in rates if rate.reaches_target),
        **month_choice(month, today),
    }
    return render(request, "volunteers/staff/figures.html", facts)


@only(Role.OFFICE)
@require_safe
def certificates_kept(request: Request) -> HttpResponse:
    return _certificates(request)


@only(Role.OFFICE)
@require_POST
def certificate_revoke(request: Request, pk: int) -> HttpResponse:
    certificate = get_object_or_404(Certificate.objects.select_related("volunteer"), pk=pk)
    form = ReasonForm(request.POST, auto_id=f"{pk}_%s")
    if not form.is_valid():
        return _certificates(request, bad=(pk, form), status=422)
    actions.revoke_certificate(certificate, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
    messages.success(request, f"{certificate} 已作废，查验时会显示。")
    return redirect("volunteers:certificates_kept")


def _certificates(request: Request, *, bad: tuple[int, ReasonForm] | None = None, status: int = 200) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:20]
    found = Certificate.objects.all()
    if words:
        found = found.filter(number__icontains=words) | found.filter(name__icontains=words)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = [
        (
            one,
            bad[1] if bad and bad[0] == one.pk else ReasonForm(auto_id=f"{one.pk}_%s"),
            bool(bad and bad[0] == one.pk),
        )
        for one in page
    ]
    facts = {"page": page, "rows": rows, "words": words, "form": bad[1] if bad else None}
    return render(request, "volunteers/staff/certificates.html", facts, status=status)
