"""What people do to month tasks, their reports and the flag boards."""

from progress.actions.closing import close_month, correct_flag, make_good
from progress.actions.marking import (
    MonthClosed,
    StaleTask,
    Statement,
    mark_all_red,
    mark_blue,
    mark_red,
    plan_task,
    publish_boards,
    undo_marking,
    unmark,
)
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
    "MonthClosed",
    "StaleReport",
    "StaleTask",
    "Statement",
    "add_evidence",
    "close_month",
    "correct_flag",
    "make_good",
    "mark_all_red",
    "mark_blue",
    "mark_red",
    "plan_task",
    "publish_boards",
    "remove_evidence",
    "save_report",
    "set_due_day",
    "submit_report",
    "undo_marking",
    "unmark",
]
