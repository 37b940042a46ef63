"""Counted reads of the month reports: each function asks the database a fixed number of times."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from accounts.models import Unit, User
from common.months import Month
from progress.models import MonthReport, MonthTask, MonthTaskQuerySet, Outcome, report_due_on


@dataclass(frozen=True)
class ReportRow:
    """A unit's report of a month in a list: how many of its tasks are reported done, not done, or not at all."""

    unit: Unit
    month: Month
    tasks: int
    done: int
    not_done: int
    report: MonthReport | None

    @property
    def is_submitted(self) -> bool:
        return bool(self.report and self.report.submitted_at)

    @property
    def missing(self) -> int:
        return self.tasks - self.done - self.not_done


@dataclass(frozen=True)
class ReportDates:
    """Until when a month is reported: in time until `due`, at all until `last`."""

    due: date
    last: date

    @classmethod
    def of(cls, month: Month) -> "ReportDates":
        return cls(report_due_on(month), month.last_day)


_SAID = Q(report_line__report__submitted_at__isnull=False)
_COUNTED = {
    "tasks": Count("pk"),
    "done": Count("pk", filter=_SAID & Q(report_line__outcome=Outcome.DONE)),
    "not_done": Count("pk", filter=_SAID & Q(report_line__outcome=Outcome.NOT_DONE)),
}


def rows_of_month(user: User, month: Month) -> list[ReportRow]:
    """Every unit with tasks of the month that concern this person; who has not reported stands first."""
    tasks = MonthTask.objects.visible_to(user).of_month(month).order_by()
    counted = list(tasks.values("unit_id").annotate(**_COUNTED))
    units = Unit.objects.in_bulk([row["unit_id"] for row in counted])
    reports = {report.unit_id: report for report in MonthReport.objects.of_month(month).visible_to(user)}
    rows = [_row(units[one["unit_id"]], month, one, reports.get(one["unit_id"])) for one in counted]
    return sorted(rows, key=lambda row: (row.is_submitted, row.unit.code))


def rows_of_unit(unit: Unit, *, last: Month) -> list[ReportRow]:
    """A unit's months up to `last`, newest first, two years at most."""
    tasks = MonthTask.objects.filter(unit=unit, year__gte=last.year - 1).order_by("-year", "-month")
    reports = {report.of: report for report in MonthReport.objects.filter(unit=unit)}
    found = tasks.values("year", "month").annotate(**_COUNTED)
    months = [(Month(row["year"], row["month"]), row) for row in found]
    return [_row(unit, month, row, reports.get(month)) for month, row in months if month <= last]


def tasks_to_report(unit_id: int, month: Month) -> int:
    """How many tasks a unit has to report in a month; none once it has submitted."""
    return _to_report(month).filter(unit_id=unit_id).count()


def units_to_report(month: Month) -> int:
    """How many units have tasks in a month and have not submitted what became of them."""
    return _to_report(month).values("unit").distinct().count()


def _to_report(month: Month) -> MonthTaskQuerySet:
    submitted = MonthReport.objects.of_month(month).submitted().filter(unit=OuterRef("unit"))
    return MonthTask.objects.of_month(month).exclude(Exists(submitted)).order_by()


def reported_tasks(user: User, unit: Unit, month: Month) -> MonthTaskQuerySet:
    """The tasks of a unit's month that concern this person, each with what was reported of it."""
    tasks = MonthTask.objects.visible_to(user).of_month(month).filter(unit=unit)
    return with_reports(tasks).order_by("group__position", "pk")


def with_reports(tasks: MonthTaskQuerySet) -> MonthTaskQuerySet:
    """Read along what was reported of each task, with its evidence."""
    found = tasks.select_related("unit", "group", "report_line", "report_line__report")
    return found.prefetch_related("report_line__evidence")


def _row(unit: Unit, month: Month, counted: Mapping[str, Any], report: MonthReport | None) -> ReportRow:
    return ReportRow(unit, month, counted["tasks"], counted["done"], counted["not_done"], report)
