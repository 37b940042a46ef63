"""Deadlines of a case, from its category and the working calendar."""

from dataclasses import dataclass
from datetime import datetime

from common.clock import Clock, WorkingCalendar, deadline, later, used
from complaints.models import Category

WARN_AT_SHARE = 0.8
RETURN_WITHIN_WORK_DAYS = 2
# Where the category says nothing.
ORDINARY = (Clock.WORK_DAY, 5)
URGENT = (Clock.URGENT_HOUR, 24)
# What the office's own steps (受理, 派遣, 核查) may take together, on top of the unit's limit.
OFFICE_WORK_DAYS = 3


@dataclass(frozen=True)
class StageLimit:
    """When a stage's light turns yellow (80 % of the limit) and when its time is over."""

    warn_at: datetime
    due_at: datetime


def stage_deadline(start: datetime, limit: int, clock: Clock, calendar: WorkingCalendar) -> StageLimit:
    return StageLimit(
        warn_at=deadline(start, limit * WARN_AT_SHARE, clock, calendar), due_at=deadline(start, limit, clock, calendar)
    )


def overall_deadline(start: datetime, clock: Clock, limit: int, calendar: WorkingCalendar) -> StageLimit:
    """From filing (or opening again) to closing: the unit's limit, and what the office needs around it."""
    unit = stage_deadline(start, limit, clock, calendar)
    return StageLimit(
        warn_at=deadline(unit.warn_at, OFFICE_WORK_DAYS * WARN_AT_SHARE, Clock.WORK_DAY, calendar),
        due_at=deadline(unit.due_at, OFFICE_WORK_DAYS, Clock.WORK_DAY, calendar),
    )


def extended(limit: StageLimit, work_days: int, calendar: WorkingCalendar) -> StageLimit:
    """The same with so many working days more; yellow comes at 80 % of the whole again."""
    return StageLimit(
        warn_at=deadline(limit.warn_at, work_days * WARN_AT_SHARE, Clock.WORK_DAY, calendar),
        due_at=deadline(limit.due_at, work_days, Clock.WORK_DAY, calendar),
    )


def paused(limit: StageLimit, since: datetime, until: datetime, clock: Clock, calendar: WorkingCalendar) -> StageLimit:
    """The same moved on by exactly the counted time between two moments in which the clock stood."""
    stood = used(since, until, clock, calendar)
    if not stood:
        return limit
    return StageLimit(
        warn_at=later(limit.warn_at, stood, clock, calendar), due_at=later(limit.due_at, stood, clock, calendar)
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


def share_used(limit: StageLimit, *, at: datetime, clock: Clock, calendar: WorkingCalendar) -> float:
    """How much of the whole time up to the deadline is used up: 0 to 1, and 1 when it is late.

    Yellow stands at 80 %, so the rest is a fifth of the whole, whatever was added or stood still on the way.
    """
    last_fifth = used(limit.warn_at, limit.due_at, clock, calendar)
    if not last_fifth or at >= limit.due_at:
        return float(at >= limit.due_at)
    return max(0.0, 1 - used(at, limit.due_at, clock, calendar) / last_fifth * (1 - WARN_AT_SHARE))
