"""When a limit runs out: by the wall, in office hours, in working days, with the State Council's calendar."""

from datetime import date, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps

from common.calendar import working_calendar
from common.clock import CITY_TIME, Clock, WorkingCalendar, deadline, used
from common.models import CalendarYear

WEEKDAYS = WorkingCalendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CITY_TIME)


def says(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("start", "limit", "clock", "due"),
    [
        pytest.param("2026-11-23 12:00", 1, Clock.WORK_DAY, "2026-11-24 12:00", id="Monday noon and a working day"),
        pytest.param("2026-11-27 12:00", 1, Clock.WORK_DAY, "2026-11-30 12:00", id="Friday noon goes over the weekend"),
        pytest.param("2026-11-28 12:00", 1, Clock.WORK_DAY, "2026-12-01 00:00", id="Saturday: the whole Monday counts"),
        pytest.param("2026-11-27 12:00", 1, Clock.NATURAL_DAY, "2026-11-28 12:00", id="natural days know no weekend"),
        pytest.param("2026-11-27 20:00", 24, Clock.URGENT_HOUR, "2026-11-28 20:00", id="urgent hours run at night"),
        pytest.param("2026-11-23 11:00", 2, Clock.WORK_HOUR, "2026-11-23 15:00", id="work hours rest at noon"),
        pytest.param("2026-11-23 17:00", 2, Clock.WORK_HOUR, "2026-11-24 09:00", id="work hours rest at night"),
        pytest.param("2026-11-23 06:00", 2, Clock.WORK_HOUR, "2026-11-23 10:00", id="before the office opens"),
        pytest.param("2026-11-27 17:30", 1, Clock.WORK_HOUR, "2026-11-30 08:30", id="from Friday evening to Monday"),
        pytest.param("2026-11-23 12:00", 0.8, Clock.WORK_DAY, "2026-11-24 07:12", id="80 % of a working day"),
    ],
)
def test_a_limit_runs_out(start, limit, clock, due):
    assert says(deadline(at(start), limit, clock, WEEKDAYS)) == due


@pytest.fixture
def calendar_that_comes_with_the_portal(db):
    """As the migrations fill it; a test that really commits empties the table when it ends."""
    if not CalendarYear.objects.exists():
        import_module("common.migrations.0002_fill_calendar").fill(apps, None)


@pytest.mark.usefixtures("calendar_that_comes_with_the_portal")
@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        pytest.param("2026-09-30 12:00", 1, "2026-10-08 12:00", id="across the National Day week"),
        pytest.param("2026-10-09 12:00", 1, "2026-10-10 12:00", id="a make-up Saturday counts"),
        pytest.param("2026-10-10 12:00", 1, "2026-10-12 12:00", id="from a make-up Saturday over its Sunday"),
        pytest.param("2026-12-31 12:00", 1, "2027-01-01 12:00", id="2027 is not entered yet: Monday to Friday"),
    ],
)
def test_a_limit_runs_out_in_the_calendar_that_comes_with_the_portal(start, limit, due):
    assert says(deadline(at(start), limit, Clock.WORK_DAY, working_calendar())) == due


def test_a_new_year_that_the_office_entered_is_a_holiday():
    entered = WorkingCalendar({date(2027, 1, 1): False})

    assert says(deadline(at("2026-12-31 12:00"), 1, Clock.WORK_DAY, entered)) == "2027-01-04 12:00"


@pytest.mark.parametrize("clock", list(Clock))
def test_what_is_used_at_the_deadline_is_the_limit(clock):
    start = at("2026-11-26 17:13")
    due = deadline(start, 7, clock, WEEKDAYS)
    unit = timedelta(hours=1) if clock in {Clock.URGENT_HOUR, Clock.WORK_HOUR} else timedelta(days=1)

    assert used(start, due, clock, WEEKDAYS) == 7 * unit
    assert used(due, start, clock, WEEKDAYS) == timedelta()


def test_the_clock_thinks_in_the_citys_time_wherever_the_moment_comes_from():
    moment = at("2026-11-27 12:00")

    assert deadline(moment.astimezone(tz=None), 1, Clock.WORK_DAY, WEEKDAYS) == at("2026-11-30 12:00")
