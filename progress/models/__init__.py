from progress.models.closing import ClosedMonth, Correction
from progress.models.objection import Objection
from progress.models.plan import (
    LONGEST_CONTENT,
    LONGEST_MEASURE,
    LONGEST_TARGET,
    Amendment,
    AnnualPlan,
    PlanMonth,
    PlanStep,
    PlanTask,
)
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
    "LONGEST_CONTENT",
    "LONGEST_MEASURE",
    "LONGEST_TARGET",
    "Amendment",
    "AnnualPlan",
    "PlanMonth",
    "PlanStep",
    "PlanTask",
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
    "Objection",
    "Outcome",
    "Publicity",
    "ReportLine",
    "report_due_on",
]
