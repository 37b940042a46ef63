"""The working calendar as the office keeps it in the database."""

from datetime import date

from common.clock import WorkingCalendar
from common.models import CalendarDay, CalendarYear


def working_calendar() -> WorkingCalendar:
    return WorkingCalendar(CalendarDay.exceptions())


def is_known(day: date) -> bool:
    """Whether the holidays of that day's year are entered; if not, deadlines count Monday to Friday."""
    return CalendarYear.objects.filter(year=day.year).exists()
