"""What people do to month tasks, their reports and the flag boards."""

from progress.actions.marking import StaleTask, Statement, mark_blue, mark_red, plan_task, publish_boards, unmark
from progress.actions.reports import (
    Answer,
    StaleReport,
    add_evidence,
    remove_evidence,
    save_report,
    set_due_day,
    submit_report,
)

__all__ = [
    "Answer",
    "StaleReport",
    "StaleTask",
    "Statement",
    "add_evidence",
    "mark_blue",
    "mark_red",
    "plan_task",
    "publish_boards",
    "remove_evidence",
    "save_report",
    "set_due_day",
    "submit_report",
    "unmark",
]
