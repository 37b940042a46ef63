"""Counted reads of closed months and their corrections."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import SpecialGroup
from common.months import Month
from progress.models import ClosedMonth, Correction, Flag, MonthReport, MonthTask, Objection
from progress.report_stats import ReportDates
from progress.stats import FlagCounts, count, months_with_tasks


@dataclass(frozen=True)
class MonthState:
    """A month in the list of closing: closed, or what would be closed."""

    month: Month
    closed: ClosedMonth | None
    corrections: int


@dataclass(frozen=True)
class BeforeClosing:
    """What the office looks at before it closes a month: what is still missing."""

    flags: FlagCounts
    units: int
    reported: int
    disputed: int
    dates: ReportDates


@dataclass(frozen=True)
class FrozenRow:
    """A line of the snapshot's totals."""

    name: str
    flags: FlagCounts
    # Of a unit: had it reported, and in time.
    report: str = ""


def month_states(*, until: Month) -> list[MonthState]:
    """Months with tasks up to `until`, newest first."""
    closed = {one.of: one for one in ClosedMonth.objects.defer("snapshot").select_related("closed_by")}
    corrected: dict[int, int] = defaultdict(int)
    for pk in Correction.objects.order_by().values_list("closed_id", flat=True):
        corrected[pk] += 1
    months = [month for month in months_with_tasks() if month <= until]
    return [MonthState(month, one := closed.get(month), corrected[one.pk] if one else 0) for month in months]


def before_closing(month: Month) -> BeforeClosing:
    tasks = MonthTask.objects.of_month(month)
    return BeforeClosing(
        flags=count(tasks),
        units=tasks.order_by().values("unit").distinct().count(),
        reported=MonthReport.objects.of_month(month).submitted().count(),
        disputed=Objection.objects.pending().filter(task__in=tasks).count(),
        dates=ReportDates.of(month),
    )


def closed_month(month: Month) -> ClosedMonth | None:
    """Without the snapshot, which is large."""
    return ClosedMonth.objects.defer("snapshot").filter(year=month.year, month=month.month).first()


def closed_months(year: int) -> set[Month]:
    return {Month(year, month) for month in ClosedMonth.objects.filter(year=year).values_list("month", flat=True)}


def corrections(month: Month, group: SpecialGroup | None = None) -> QuerySet[Correction]:
    """The corrections of a closed month, oldest first; of one board or of all."""
    found = Correction.objects.filter(closed__year=month.year, closed__month=month.month)
    if group:
        found = found.filter(task__group=group)
    return found.select_related("task__unit", "task__group")


@dataclass(frozen=True)
class FrozenStatement:
    """A blue task of the snapshot with what was said of it then."""

    unit: str
    group: str
    content: str
    reason: str
    plan: str
    new_date: str
    made_good_on: str


def frozen_statements(snapshot: dict[str, Any]) -> list[FrozenStatement]:
    """The blue tasks as they stood when the month was closed."""
    units, groups = ({row["code"]: row["name"] for row in snapshot[of]} for of in ("units", "groups"))
    return [
        FrozenStatement(
            unit=units[task["unit"]],
            group=groups[task["group"]],
            **{name: task[name] or "" for name in ("content", "reason", "plan", "new_date", "made_good_on")},
        )
        for task in snapshot["tasks"]
        if task["flag"] == Flag.BLUE
    ]


def frozen_totals(snapshot: dict[str, Any], of: str) -> list[FrozenRow]:
    """The totals of a snapshot: of `groups` or of `units`."""
    kinds = ("red", "blue", "good", "unmarked")
    reported = {report["unit"]: "迟报" if report["is_late"] else "已报" for report in snapshot["reports"]}
    return [
        FrozenRow(row["name"], FlagCounts(**{kind: row[kind] for kind in kinds}), reported.get(row["code"], "没报"))
        for row in snapshot[of]
    ]
