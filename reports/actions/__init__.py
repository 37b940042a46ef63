"""What people and the scheduler do with month-end reports."""

from reports.actions.building import ask_for_report, build_asked, build_waiting, forget_previews
from reports.actions.month_end import build_month_end

__all__ = ["ask_for_report", "build_asked", "build_month_end", "build_waiting", "forget_previews"]
