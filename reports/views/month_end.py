"""The month-end reports (月末报告): the list, one report, a group's page, and the files."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import only, permit
from accounts.models import Role, SpecialGroup
from common.http import Request
from common.months import Month
from progress.models import ClosedMonth
from reports import stats
from reports.forms import AgainForm
from reports.layout import Document, document, group_document
from reports.layout.drawing import drawn
from reports.models import MonthEndReport, ReportBuild
from reports.permissions import READ_ALL, READ_SOMETHING, may_build, may_read_group
from reports.views.files import attached


@only(*READ_SOMETHING)
@require_safe
def reports(request: Request) -> HttpResponse:
    """The months that are over, with their reports. A group's head is led to the pages of the own group."""
    now = timezone.now()
    group = request.user.group if request.user.role == Role.GROUP_HEAD else None
    previews = ReportBuild.objects.filter(kind=ReportBuild.Kind.PREVIEW).defer("content").select_related("asked_by")
    facts = {
        "lines": stats.month_lines(at=now),
        "group": group,
        "this_month": Month.of(now),
        "may_build": may_build(request.user),
        "preview": previews.first() if may_build(request.user) else None,
    }
    return render(request, "reports/list.html", facts)


@only(*READ_ALL)
@require_safe
def report(request: Request, year: int, month: int) -> HttpResponse:
    """One report as a page; `?version=` shows an earlier one."""
    shown = _report(request, Month(year, month))
    versions = MonthEndReport.objects.of_month(shown.of).without_content().select_related("built_by")
    closed = ClosedMonth.objects.filter(year=year, month=month).defer("snapshot").first()
    later = closed.corrections.filter(at__gt=shown.built_at).count() if closed else 0
    facts = page_of(document(shown.read())) | {
        "report": shown,
        "versions": versions,
        "groups": SpecialGroup.objects.filter(has_board=True),
        "corrected_since": later,
        "form": AgainForm() if may_build(request.user) else None,
    }
    return render(request, "reports/report.html", facts)


@only(*READ_SOMETHING)
@require_safe
def group(request: Request, year: int, month: int, code: str) -> HttpResponse:
    """One special group's page of the report, for its meeting."""
    found = get_object_or_404(SpecialGroup, code=code)
    permit(may_read_group(request.user, found))
    shown = _report(request, Month(year, month))
    facts = page_of(group_document(shown.read(), found.code, found.name)) | {"report": shown, "group": found}
    return render(request, "reports/group.html", facts)


@only(*READ_ALL)
@require_safe
def report_file(request: Request, year: int, month: int, kind: str) -> HttpResponse:
    shown = _report(request, Month(year, month))
    return attached(document(shown.read()), kind, version=f"第 {shown.version} 版")


@only(*READ_SOMETHING)
@require_safe
def group_file(request: Request, year: int, month: int, code: str, kind: str) -> HttpResponse:
    found = get_object_or_404(SpecialGroup, code=code)
    permit(may_read_group(request.user, found))
    shown = _report(request, Month(year, month))
    cut = group_document(shown.read(), found.code, found.name)
    return attached(cut, kind, version=f"第 {shown.version} 版")


def page_of(shown: Document) -> dict[str, object]:
    """What templates/reports/_document.html wants."""
    drawings = {section.title: [drawn(chart) for chart in section.charts] for section in shown.sections}
    return {"document": shown, "drawings": drawings}


def _report(request: Request, month: Month) -> MonthEndReport:
    version = request.GET.get("version", "")
    number = int(version) if version.isascii() and version.isdigit() and len(version) < 5 else None
    found = stats.report_of(month, version=number)
    if found is None:
        raise Http404
    return found
