"""Working time: when a limit of so many working hours or days runs out, and how much of it is used."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import models

CITY_TIME = ZoneInfo("Asia/Shanghai")
Hours = tuple[tuple[time, time], ...]
# Until the office has entered others.
OFFICE_HOURS: Hours = ((time(8), time(12)), (time(14), time(18)))
_DAY = timedelta(days=1)


class Clock(models.TextChoices):
    """How the time of a limit is counted (计时方式)."""

    URGENT_HOUR = "urgent_hour", "紧急工作时"
    WORK_HOUR = "work_hour", "工作时"
    WORK_DAY = "work_day", "工作日"
    NATURAL_DAY = "natural_day", "自然日"


@dataclass(frozen=True)
class WorkingCalendar:
    """Which days are worked, Monday to Friday but for `exceptions` (date → worked or not), and in which hours.

    `hours` are (first day, hours), oldest first; before the first the usual ones hold.
    """

    exceptions: dict[date, bool] = field(default_factory=dict)
    hours: tuple[tuple[date, Hours], ...] = ()

    def is_working(self, day: date) -> bool:
        return self.exceptions.get(day, day.weekday() < 5)

    def hours_on(self, day: date) -> Hours:
        return next((hours for since, hours in reversed(self.hours) if since <= day), OFFICE_HOURS)


def unit_of(clock: Clock) -> timedelta:
    """What one unit of the limit is worth in counted time."""
    return timedelta(hours=1) if clock in {Clock.URGENT_HOUR, Clock.WORK_HOUR} else _DAY


def deadline(start: datetime, limit: float, clock: Clock, calendar: WorkingCalendar) -> datetime:
    """The moment at which `limit` units of counted time have passed since the aware moment `start`."""
    return later(start, unit_of(clock) * limit, clock, calendar)


def later(start: datetime, counted: timedelta, clock: Clock, calendar: WorkingCalendar) -> datetime:
    """The moment at which so much counted time has passed since `start`."""
    remaining = counted
    for opens, closes in _counted(start, clock, calendar):
        if remaining <= closes - opens:
            return opens + remaining
        remaining -= closes - opens
    raise AssertionError("counted time never ends")


def used(start: datetime, end: datetime, clock: Clock, calendar: WorkingCalendar) -> timedelta:
    """The counted time between two moments; zero if `end` is not after `start`."""
    total = timedelta()
    for opens, closes in _counted(start, clock, calendar):
        if opens >= end:
            break
        total += min(closes, end) - opens
    return total


def _counted(start: datetime, clock: Clock, calendar: WorkingCalendar) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of counted time from `start` on, without end."""
    start = start.astimezone(CITY_TIME)
    day = start.date()
    while True:
        for opens, closes in _open_hours(day, clock, calendar):
            if closes > start:
                yield max(opens, start), closes
        day += _DAY


def _open_hours(day: date, clock: Clock, calendar: WorkingCalendar) -> list[tuple[datetime, datetime]]:
    midnight = datetime.combine(day, time(), CITY_TIME)
    if clock in {Clock.URGENT_HOUR, Clock.NATURAL_DAY}:
        return [(midnight, midnight + _DAY)]
    if not calendar.is_working(day):
        return []
    if clock == Clock.WORK_DAY:
        return [(midnight, midnight + _DAY)]
    return [
        (datetime.combine(day, opens, CITY_TIME), datetime.combine(day, closes, CITY_TIME))
        for opens, closes in calendar.hours_on(day)
    ]
