"""What a unit does to its month report (月报告)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from accounts.models import Unit, User
from audit import log
from common.clock import CITY_TIME
from common.errors import DomainError, StaleRecord
from common.models import Fact
from common.months import Month
from progress.actions.months import MonthClosed
from progress.evidence import CleanEvidence, keep
from progress.models import (
    REPORT_DUE_DAY,
    ClosedMonth,
    Evidence,
    MonthReport,
    MonthTask,
    Outcome,
    ReportLine,
    report_due_on,
)

MOST_EVIDENCE = 9


@dataclass(frozen=True)
class Answer:
    """What the unit says of one task. A draft may have gaps."""

    task: MonthTask
    outcome: str = ""
    text: str = ""
    reason: str = ""
    plan: str = ""
    new_date: date | None = None

    @property
    def is_whole(self) -> bool:
        """Done with a word on how; or not done with reason, plan and a date from the task's month on."""
        if self.outcome == Outcome.DONE:
            return bool(self.text.strip())
        has_statement = bool(self.reason.strip() and self.plan.strip() and self.new_date)
        is_late_enough = self.new_date is not None and self.new_date >= self.task.earliest_new_date
        return self.outcome == Outcome.NOT_DONE and has_statement and is_late_enough


class StaleReport(StaleRecord):
    """A colleague saved the report first; the message says who."""

    def __init__(self, report: MonthReport) -> None:
        super().__init__(f"{report.saved_by}刚刚存过这份报告，您这一次没有保存。看过最新内容再存。")


@transaction.atomic
def save_report(
    unit: Unit, month: Month, *, answers: Sequence[Answer], version: int, by: User, at: datetime
) -> MonthReport:
    """Keep a draft, gaps and all. A submitted report stays whole: it can only be submitted again."""
    report = _opened(unit, month, by=by, at=at)
    if report.submitted_at:
        raise DomainError("这份报告已经上报。改完以后再按“上报”，不能存成草稿。")
    _save(report, answers, version=version, by=by, at=at)
    return report


@transaction.atomic
def submit_report(
    unit: Unit, month: Month, *, answers: Sequence[Answer], version: int, by: User, at: datetime
) -> MonthReport:
    """Report the month: every task answered in whole. Marked late after the due day; refused after the month."""
    report = _opened(unit, month, by=by, at=at)
    expected = set(MonthTask.objects.of_month(month).filter(unit=unit).values_list("pk", flat=True))
    if not expected or {answer.task.pk for answer in answers} != expected:
        raise DomainError("这个月的任务有变动。刷新这一页，把每一项都填上再上报。")
    if not all(answer.is_whole for answer in answers):
        raise DomainError("每一项都要写全：已完成的写完成情况；未完成的写原因、下一步和新的完成日期。")
    _save(report, answers, version=version, by=by, at=at)
    if not report.submitted_at:
        report.submitted_at = at
        report.is_late = at.astimezone(CITY_TIME).date() > report_due_on(month)
        report.save(update_fields=["submitted_at", "is_late"])
    log.record("上报月任务", by=by, at=at, target=report, late=report.is_late, version=report.version)
    return report


@transaction.atomic
def add_evidence(task: MonthTask, *, evidence: CleanEvidence, by: User, at: datetime) -> Evidence:
    """Put a file to a task of the unit's report, which is begun by it if need be."""
    report = _opened(task.unit, task.due_month, by=by, at=at)
    MonthReport.objects.select_for_update().get(pk=report.pk)  # so that two uploads count each other
    line, _ = ReportLine.objects.get_or_create(task=task, defaults={"report": report})
    if line.evidence.count() >= MOST_EVIDENCE:
        raise DomainError(f"一项任务最多 {MOST_EVIDENCE} 个证据。先删掉一个，再传这一个。")
    kept = Evidence(line=line, added_at=at, added_by=by)
    keep(kept, evidence)
    return kept


@transaction.atomic
def remove_evidence(evidence: Evidence, *, by: User, at: datetime) -> None:
    """Take a file back before the cut-off; the log keeps its name and digest."""
    line = evidence.line
    _opened(line.task.unit, line.task.due_month, by=by, at=at)
    log.record("删除月报告证据", by=by, at=at, target=line.report, name=evidence.name, sha256=evidence.sha256)
    file = evidence.file
    evidence.delete()
    transaction.on_commit(lambda: file.delete(save=False), robust=True)


@transaction.atomic
def set_due_day(day: int, *, by: User, at: datetime) -> None:
    """Until which day of the month reports are in time, from now on; what was submitted keeps its mark."""
    log.record("设定月报告截止日", by=by, at=at, before=Fact.read(REPORT_DUE_DAY), after=day)
    Fact.write(REPORT_DUE_DAY, day)


def _opened(unit: Unit, month: Month, *, by: User, at: datetime) -> MonthReport:
    """The unit's report of the month, while it may be written."""
    if at < month.starts_at:
        raise DomainError(f"{month.month} 月还没到，到了 {month.month} 月再报。")
    if at >= month.ends_at:
        raise DomainError(f"{month.month} 月的报告在 {month.month} 月 {month.last_day.day} 日截止，现在不能再改。")
    if ClosedMonth.objects.filter(year=month.year, month=month.month).exists():
        raise MonthClosed(month)
    report, _ = MonthReport.objects.select_related("saved_by", "saved_by__unit").get_or_create(
        unit=unit, year=month.year, month=month.month, defaults={"saved_at": at, "saved_by": by}
    )
    return report


def _save(report: MonthReport, answers: Sequence[Answer], *, version: int, by: User, at: datetime) -> None:
    as_read = MonthReport.objects.filter(pk=report.pk, version=version)
    if not as_read.update(version=F("version") + 1, saved_at=at, saved_by=by):
        report.refresh_from_db()
        raise StaleReport(report)
    report.version, report.saved_at, report.saved_by = version + 1, at, by
    said = ("outcome", "text", "reason", "plan", "new_date")
    ReportLine.objects.bulk_create(
        (
            ReportLine(report=report, task=answer.task, **{name: getattr(answer, name) for name in said})
            for answer in answers
        ),
        update_conflicts=True,
        unique_fields=["task"],
        update_fields=said,
    )
