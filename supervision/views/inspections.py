"""Inspections (指导推进): the list, one inspection, its corrections, the counts."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import only, permit
from accounts.models import Role
from common.errors import DomainError
from common.http import Request, sealed
from common.months import Month
from complaints.listings import unit_choice
from complaints.models import Complaint
from supervision import actions, stats
from supervision.forms.inspections import CorrectionForm, InspectionFilter
from supervision.models import READS_INSPECTIONS, Finding, FindingPhoto, Inspection, InspectionQuerySet
from supervision.permissions import INSPECTORS, may_correct, sees_every_finding

PER_PAGE = 50


@only(*READS_INSPECTIONS)
@require_safe
def inspection_list(request: Request) -> HttpResponse:
    """The inspections that this person may read, newest first, and above them the own drafts."""
    choice = InspectionFilter(request.GET)
    found = _chosen(Inspection.objects.visible_to(request.user).submitted(), choice).named()
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    tallies = stats.outcomes_of(page.object_list, request.user)
    wanted = choice.cleaned_data
    facts = {
        "page": page,
        "rows": [
            (one, tallies.get(one.pk, stats.Tally()), sees_every_finding(request.user, one)) for one in page.object_list
        ],
        "drafts": list(Inspection.objects.drafts_of(request.user).named()),
        "chosen": wanted,
        "is_narrowed": any(wanted.values()),
        "months": [Month.of(timezone.localdate()).shifted(-back) for back in range(stats.MONTHS_BACK)],
        "unit_options": unit_choice().options(str(wanted["unit"].pk) if wanted.get("unit") else ""),
        "inspectors": choice.fields["by"].queryset,  # type: ignore[attr-defined]  # a ModelChoiceField's
        "may_inspect": request.user.role in INSPECTORS,
        "is_unit": request.user.role == Role.LIAISON,
    }
    return render(request, "supervision/inspections.html", facts)


def _chosen(inspections: InspectionQuerySet, choice: InspectionFilter) -> InspectionQuerySet:
    choice.is_valid()
    wanted = choice.cleaned_data
    if wanted.get("month"):
        inspections = inspections.of_month(wanted["month"])
    named = {name: wanted[name] for name in ("on", "unit", "grid", "by") if wanted.get(name)}
    return inspections.filter(**named)


@only(*READS_INSPECTIONS)
@require_safe
def inspection(request: Request, pk: int) -> HttpResponse:
    """One inspection as it was submitted; the author's draft leads to where it is written."""
    shown = find_inspection(request, pk)
    if shown.is_draft:
        return redirect("supervision:draft", shown.pk)
    findings = list(Finding.objects.visible_to(request.user).filter(inspection=shown).told())
    cases = {finding.complaint_id for finding in findings if finding.complaint_id}
    facts = {
        "inspection": shown,
        "findings": findings,
        "sees_all": sees_every_finding(request.user, shown),
        # A case or a task may be none of this person's business.
        "open_cases": _keys(Complaint.objects.visible_to(request.user).filter(pk__in=cases)) if cases else set(),
        "corrections": list(shown.corrections.select_related("by__unit", "by__group")),
        "may_correct": may_correct(request.user, shown),
    }
    return render(request, "supervision/inspection.html", facts)


def _keys(rows: object) -> set[int]:
    return set(rows.values_list("pk", flat=True))  # type: ignore[attr-defined]  # a queryset


@only(*INSPECTORS)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: Request, pk: int) -> HttpResponse:
    """Put right what a submitted inspection says; what stood there stays to be read."""
    shown = find_inspection(request, pk)
    permit(may_correct(request.user, shown))
    findings = list(Finding.objects.filter(inspection=shown).but_referrals())
    form = CorrectionForm(request.POST or None, inspection=shown, findings=findings, today=timezone.localdate())
    refusal = ""
    if request.method == "POST" and form.is_valid():
        shown.version = form.cleaned_data["version"]
        try:
            _correct(request, shown, form)
        except DomainError as refused:
            # Not left to the edge: what was typed has to stay on the page.
            refusal = refused.message
            shown = Inspection.objects.named().filter(pk=pk).first() or shown
            form.show_against(shown.version)
        else:
            messages.success(request, "已更正，更正前的内容留在下面。")
            return redirect(shown)
    status = 409 if refusal else 422 if form.errors else 200
    facts = {"inspection": shown, "form": form, "refusal": refusal}
    return render(request, "supervision/correct.html", facts, status=status)


def _correct(request: Request, inspection: Inspection, form: CorrectionForm) -> None:
    reason = form.cleaned_data["reason"]
    actions.correct(inspection, facts=form.facts, texts=form.texts, reason=reason, by=request.user, at=timezone.now())


@only(*READS_INSPECTIONS)
@require_safe
def figures(request: Request) -> HttpResponse:
    """How many inspections and what became of the findings: by month, and of one month by unit."""
    choice = InspectionFilter(request.GET)
    choice.is_valid()
    current = Month.of(timezone.localdate())
    month = choice.cleaned_data.get("month") or current
    facts = {
        "months": stats.by_month(request.user, until=current),
        "month": month,
        "units": stats.by_unit(request.user, month),
        # The others see none but their own, which would be a wrong count.
        "tells_referrals": request.user.role in {Role.SUPERVISION, Role.LEADER},
    }
    return render(request, "supervision/figures.html", facts)


@only(*READS_INSPECTIONS)
@require_safe
def photo(request: Request, token: str) -> HttpResponse:
    """The picture of a finding, checked anew with each request."""
    visible = Finding.objects.visible_to(request.user)
    kept = get_object_or_404(FindingPhoto.objects.filter(finding__in=visible), token=token)
    try:
        with kept.file.open("rb") as file:
            return sealed(HttpResponse(file.read(), content_type="image/jpeg"))
    except FileNotFoundError:
        raise Http404 from None


def find_inspection(request: Request, pk: int) -> Inspection:
    return get_object_or_404(Inspection.objects.visible_to(request.user).named(), pk=pk)
