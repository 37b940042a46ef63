"""The working calendar as the office keeps it in the database."""

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from common.clock import CITY_TIME, WorkingCalendar
from common.models import CALENDAR_VERSION, CalendarDay, CalendarYear, Fact, OfficeHours

_known: dict[str, WorkingCalendar] = {}


def working_calendar() -> WorkingCalendar:
    """As it is now. Hundreds of days are read once for each process and version, not for each deadline."""
    version = Fact.read(CALENDAR_VERSION, "")
    if not version:
        return _read()
    if version not in _known:
        calendar = _read()
        _known.clear()
        _known[version] = calendar
        return calendar
    return _known[version]


def calendar_changed() -> None:
    """Tell every process that days or hours were entered; to be called in the transaction that enters them."""
    # A random stamp, not a counter: one that was rolled back can never stand for other days later.
    Fact.write(CALENDAR_VERSION, uuid4().hex)


def _read() -> WorkingCalendar:
    hours = tuple((row.started_on, row.stretches) for row in OfficeHours.objects.all())
    return WorkingCalendar(CalendarDay.exceptions(), hours)


def unknown_years(moments: Iterable[datetime | None]) -> list[int]:
    """The years, among those that the moments lie in, whose holidays are not entered: there Monday to Friday count."""
    years = {moment.astimezone(CITY_TIME).year for moment in moments if moment}
    if not years:
        return []
    known = CalendarYear.objects.filter(year__in=years).values_list("year", flat=True)
    return sorted(years - set(known))


def doubt_about(moments: Iterable[datetime | None]) -> str:
    """What to say beside these deadlines where a year is not known; empty if all are."""
    years = unknown_years(moments)
    if not years:
        return ""
    named = "、".join(f"{year} 年" for year in years)
    return f"{named}的放假安排还没有录入，期限先按周一到周五算。"
