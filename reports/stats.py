"""Counted reads: which months have a report, and which are waiting for one."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min

from common.months import Month
from complaints.models import Complaint
from progress.stats import months_with_tasks
from reports.models import MonthEndReport, ReportBuild

MONTHS_SHOWN = 24


@dataclass(frozen=True)
class MonthLine:
    """A month that is over, with its versions, newest first, and the work under way."""

    month: Month
    versions: list[MonthEndReport]
    build: ReportBuild | None

    @property
    def latest(self) -> MonthEndReport | None:
        return self.versions[0] if self.versions else None


def month_lines(*, at: datetime) -> list[MonthLine]:
    """The months before that of `at`, newest first, back to the first with a task or a case."""
    first = first_month() or Month.of(at)
    reports: dict[Month, list[MonthEndReport]] = {}
    for report in MonthEndReport.objects.without_content().select_related("built_by"):
        reports.setdefault(report.of, []).append(report)
    unfinished = ReportBuild.objects.unfinished().exclude(kind=ReportBuild.Kind.PREVIEW).defer("content")
    builds = {build.of: build for build in unfinished}
    months = [Month.of(at).shifted(-back) for back in range(1, MONTHS_SHOWN + 1)]
    return [MonthLine(month, reports.get(month, []), builds.get(month)) for month in months if month >= first]


def first_month() -> Month | None:
    """The month in which the portal's data begin: its first month task or case."""
    filed_at = Complaint.objects.aggregate(first=Min("filed_at"))["first"]
    found = [*months_with_tasks()[-1:], *([Month.of(filed_at)] if filed_at else [])]
    return min(found, default=None)


def report_of(month: Month, *, version: int | None = None) -> MonthEndReport | None:
    """A month's latest report, or one version of it."""
    reports = MonthEndReport.objects.of_month(month).select_related("built_by")
    if version is not None:
        reports = reports.filter(version=version)
    return reports.order_by("-version").first()
