"""What people do to plans, month tasks, their reports and the flag boards."""

from progress.actions.amendments import (
    Change,
    StaleAmendment,
    approve_amendment,
    plan_task,
    propose_amendment,
    refuse_amendment,
)
from progress.actions.closing import close_month, correct_flag, make_good
from progress.actions.marking import (
    StaleTask,
    Statement,
    TaskGone,
    mark,
    mark_all_red,
    mark_blue,
    mark_red,
    publish_boards,
    undo_marking,
    unmark,
)
from progress.actions.months import MonthClosed
from progress.actions.objections import StaleObjection, change_flag, object_to_flag, uphold_flag
from progress.actions.plans import (
    StalePlan,
    TaskDraft,
    approve_plan,
    begin_plan,
    copy_last_year,
    remove_task,
    replace_tasks,
    return_plan,
    submit_plan,
    write_task,
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
    "Answer", "Change", "MonthClosed", "StaleAmendment", "StaleObjection", "StalePlan", "StaleReport", "StaleTask",
    "Statement", "TaskDraft", "TaskGone", "add_evidence", "approve_amendment", "approve_plan", "begin_plan",
    "change_flag", "close_month", "copy_last_year", "correct_flag", "make_good", "mark", "mark_all_red", "mark_blue",
    "mark_red", "object_to_flag", "plan_task", "propose_amendment", "publish_boards", "refuse_amendment",
    "remove_evidence", "remove_task", "replace_tasks", "return_plan", "save_report", "set_due_day", "submit_plan",
    "submit_report", "undo_marking", "unmark", "uphold_flag", "write_task",
]  # fmt: skip
