from progress.models.closing import ClosedMonth, Correction
from progress.models.report import REPORT_DUE_DAY, Evidence, MonthReport, Outcome, ReportLine, report_due_on
from progress.models.task import (
    BOARD_PUBLIC,
    READS_EVERY_TASK,
    Flag,
    Mark,
    Marking,
    MonthTask,
    MonthTaskQuerySet,
    Publicity,
)

__all__ = [
    "BOARD_PUBLIC",
    "READS_EVERY_TASK",
    "REPORT_DUE_DAY",
    "ClosedMonth",
    "Correction",
    "Evidence",
    "Flag",
    "Mark",
    "Marking",
    "MonthReport",
    "MonthTask",
    "MonthTaskQuerySet",
    "Outcome",
    "Publicity",
    "ReportLine",
    "report_due_on",
]
