"""Writing an inspection down on site: what is typed is kept on the server as a draft, page by page and between them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import only
from common.errors import DomainError
from common.http import Request
from complaints.uploads import takes_photos
from supervision import actions
from supervision.forms.inspections import FactsForm, FindingForm
from supervision.models import Finding, FindingPhoto, Inspection
from supervision.permissions import INSPECTORS


@only(*INSPECTORS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """The first page of an inspection: when, where, what was looked at."""
    return _facts_page(request, None)


@only(*INSPECTORS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def facts(request: Request, pk: int) -> HttpResponse:
    """The same page of a draft."""
    return _facts_page(request, _own_draft(request, pk))


def _facts_page(request: Request, draft: Inspection | None) -> HttpResponse:
    today = timezone.localdate()
    initial = FactsForm.told_by(draft) if draft else FactsForm.fresh(today)
    form = FactsForm(request.POST or None, initial=initial, today=today)
    if request.method == "POST" and form.is_valid():
        kept = _keep_facts(request, form)
        return redirect("supervision:draft", kept.pk)
    context = {"form": form, "draft": draft}
    return render(request, "supervision/facts.html", context, status=422 if form.errors else 200)


@only(*INSPECTORS)
@require_POST
def keep_facts(request: Request) -> HttpResponse:
    """What is on the first page so far, gaps and all; the page sends it while somebody types."""
    form = FactsForm(request.POST, today=timezone.localdate())
    form.is_valid()
    if "key" not in form.cleaned_data:
        return HttpResponse(status=422)
    _keep_facts(request, form)
    return _kept()


def _keep_facts(request: Request, form: FactsForm) -> Inspection:
    key = str(form.cleaned_data["key"])
    return actions.keep_draft(form.facts, key=key, by=request.user, at=timezone.now())


def _kept() -> HttpResponse:
    return HttpResponse(f"草稿已存　{timezone.localtime():%H:%M}")


@only(*INSPECTORS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: Request, pk: int) -> HttpResponse:
    """The draft as it stands with its findings; sending it submits the inspection."""
    own = get_object_or_404(Inspection.objects.filter(by=request.user).named(), pk=pk)
    if not own.is_draft:
        return redirect(own)
    refusal = ""
    if request.method == "POST":
        try:
            actions.submit(own, by=request.user, at=timezone.now())
        except DomainError as refused:
            refusal = refused.message
            own = _own_draft(request, pk)
        else:
            messages.success(request, "指导推进已提交。")
            return redirect(own)
    context = {"inspection": own, "findings": list(Finding.objects.filter(inspection=own).told()), "refusal": refusal}
    return render(request, "supervision/draft.html", context, status=409 if refusal else 200)


@only(*INSPECTORS)
@require_POST
def discard(request: Request, pk: int) -> HttpResponse:
    actions.discard(_own_draft(request, pk))
    messages.success(request, "草稿已删除。")
    return redirect("supervision:inspections")


@only(*INSPECTORS)
@require_POST
def finding_new(request: Request, pk: int) -> HttpResponse:
    begun = actions.begin_finding(_own_draft(request, pk), at=timezone.now())
    return redirect("supervision:finding", begun.pk)


@only(*INSPECTORS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@takes_photos
def finding(request: Request, pk: int) -> HttpResponse:
    """One finding of a draft."""
    own = _own_finding(request, pk)
    form = FindingForm(request.POST or None, request.FILES or None, finding=own)
    if request.method == "POST":
        is_whole = form.is_valid()
        actions.keep_finding(own, **form.said, at=timezone.now())
        is_whole = _keep_photos(own, form) and is_whole
        if is_whole:
            return redirect("supervision:draft", own.inspection_id)
    context = {"form": form, "finding": own, "inspection": own.inspection, "number": _number(own)}
    return render(request, "supervision/finding.html", context, status=422 if form.errors else 200)


def _keep_photos(finding: Finding, form: FindingForm) -> bool:
    """Keep what can be kept, whatever is wrong beside it; False if there were too many."""
    try:
        for photo in form.cleaned_data.get("photos", []):
            actions.add_photo(finding, photo=photo, at=timezone.now())
    except DomainError as refused:
        form.add_error("photos", refused.message)
        return False
    return True


def _number(finding: Finding) -> int:
    return finding.inspection.findings.filter(pk__lte=finding.pk).count()


@only(*INSPECTORS)
@require_POST
def keep_finding(request: Request, pk: int) -> HttpResponse:
    """What is on the page of a finding so far, without the photos."""
    own = _own_finding(request, pk)
    form = FindingForm(request.POST, finding=own)
    form.is_valid()
    actions.keep_finding(own, **form.said, at=timezone.now())
    return _kept()


@only(*INSPECTORS)
@require_POST
def drop_finding(request: Request, pk: int) -> HttpResponse:
    own = _own_finding(request, pk)
    actions.drop_finding(own)
    messages.success(request, "这个问题已从草稿里去掉。")
    return redirect("supervision:draft", own.inspection_id)


@only(*INSPECTORS)
@require_POST
def remove_photo(request: Request, token: str) -> HttpResponse:
    photos = FindingPhoto.objects.filter(finding__inspection__in=Inspection.objects.drafts_of(request.user))
    own = get_object_or_404(photos.select_related("finding__inspection"), token=token)
    actions.remove_photo(own)
    return redirect(reverse("supervision:finding", args=[own.finding_id]) + "#photos")


def _own_draft(request: Request, pk: int) -> Inspection:
    return get_object_or_404(Inspection.objects.drafts_of(request.user).named(), pk=pk)


def _own_finding(request: Request, pk: int) -> Finding:
    drafts = Inspection.objects.drafts_of(request.user)
    found = Finding.objects.filter(inspection__in=drafts).select_related(
        "inspection__unit", "inspection__grid__community"
    )
    return get_object_or_404(found.prefetch_related("photos"), pk=pk)
