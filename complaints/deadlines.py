"""Deadlines of a case, from its category and the working calendar."""

from dataclasses import dataclass
from datetime import datetime

from common.clock import Clock, WorkingCalendar, deadline, used
from complaints.models import Category

WARN_AT_SHARE = 0.8
RETURN_WITHIN_WORK_DAYS = 2
# Where the category says nothing.
ORDINARY = (Clock.WORK_DAY, 5)
URGENT = (Clock.URGENT_HOUR, 24)


@dataclass(frozen=True)
class StageLimit:
    """When a stage's light turns yellow (80 % of the limit) and when its time is over."""

    warn_at: datetime
    due_at: datetime


def stage_deadline(start: datetime, limit: int, clock: Clock, calendar: WorkingCalendar) -> StageLimit:
    return StageLimit(
        warn_at=deadline(start, limit * WARN_AT_SHARE, clock, calendar), due_at=deadline(start, limit, clock, calendar)
    )


def limit_of(category: Category | None, *, is_urgent: bool) -> tuple[Clock, int]:
    """The clock and the number of its units that a case of this category has."""
    if category is None:
        return URGENT if is_urgent else ORDINARY
    if is_urgent:
        return Clock(category.urgent_clock), category.urgent_limit
    return Clock(category.clock), category.limit


def limit_words(clock: Clock, limit: int) -> str:
    """A limit as it is said: 5 个工作日, 24 小时（紧急）."""
    return _LIMIT_WORDS[clock].format(limit)


_LIMIT_WORDS = {
    Clock.URGENT_HOUR: "{} 小时（紧急）",
    Clock.WORK_HOUR: "{} 个工作小时",
    Clock.WORK_DAY: "{} 个工作日",
    Clock.NATURAL_DAY: "{} 个自然日",
}


def share_used(start: datetime, due_at: datetime, *, at: datetime, clock: Clock, calendar: WorkingCalendar) -> float:
    """How much of the counted time from `start` to `due_at` is used up: 0 to 1, and more when it is late."""
    whole = used(start, due_at, clock, calendar)
    return used(start, at, clock, calendar) / whole if whole else float(at > due_at)
