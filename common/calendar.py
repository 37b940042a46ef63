"""The working calendar as the office keeps it in the database."""

from collections.abc import Iterable
from datetime import datetime

from common.clock import CITY_TIME, WorkingCalendar
from common.models import CalendarDay, CalendarYear, OfficeHours
from common.revisions import remembered


@remembered("calendar")
def working_calendar() -> WorkingCalendar:
    """As it is now."""
    hours = tuple((row.started_on, row.stretches) for row in OfficeHours.objects.all())
    return WorkingCalendar(CalendarDay.exceptions(), hours)


def unknown_years(moments: Iterable[datetime | None]) -> list[int]:
    """The years, among those that the moments lie in, whose holidays are not entered: there Monday to Friday count."""
    years = {moment.astimezone(CITY_TIME).year for moment in moments if moment}
    if not years:
        return []
    return sorted(years - _known_years())


@remembered("calendar")
def _known_years() -> frozenset[int]:
    return frozenset(CalendarYear.objects.values_list("year", flat=True))


def doubt_about(moments: Iterable[datetime | None]) -> str:
    """What to say beside these deadlines where a year is not known; empty if all are."""
    years = unknown_years(moments)
    if not years:
        return ""
    named = "、".join(f"{year} 年" for year in years)
    return f"{named}的放假安排还没有录入，期限先按周一到周五算。"
