"""Month arithmetic for all dates there are: Asia/Shanghai, year ends, leap days."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.clock import CITY_TIME
from common.months import Month

pytestmark = pytest.mark.once

# Away from both ends, so that a step to either side still is a month.
MONTHS = st.builds(Month, st.integers(2010, 2900), st.integers(1, 12))
ZONES = st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))
MOMENTS = st.datetimes(datetime(2010, 1, 1), datetime(2900, 1, 1), timezones=ZONES)


@given(MOMENTS)
def test_every_moment_lies_in_exactly_one_month_wherever_it_was_told(moment):
    month = Month.of(moment)

    assert month.starts_at <= moment < month.ends_at
    assert month == Month.of(moment.astimezone(UTC)) == Month.of(moment.astimezone(CITY_TIME).date())
    for other in (month.shifted(-1), month.shifted(1)):
        assert not other.starts_at <= moment < other.ends_at


@given(MONTHS)
def test_months_follow_each_other_without_gap_or_overlap(month):
    following = month.shifted(1)

    assert month.ends_at == following.starts_at
    assert month.last_day + timedelta(days=1) == following.first_day
    assert (month < following, Month.of(month.first_day), Month.of(month.last_day)) == (True, month, month)


@given(MONTHS, st.integers(-48, 48), st.integers(-48, 48))
def test_steps_add_up_and_lead_back(month, one, two):
    assert month.shifted(one).shifted(two) == month.shifted(one + two)
    assert month.shifted(one).shifted(-one) == month
    assert (month.shifted(12).year, month.shifted(12).month) == (month.year + 1, month.month)
    assert (month < month.shifted(one)) == (one > 0)


@given(MONTHS)
def test_a_month_has_the_days_of_the_calendar(month):
    assert month.last_day.day == monthrange(month.year, month.month)[1]
    # China has had no summer time in these years: a month is whole days long.
    assert month.ends_at - month.starts_at == timedelta(days=month.last_day.day)


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        ("2026-12-31T23:59:59+08:00", "2026-12"),
        ("2027-01-01T00:00:00+08:00", "2027-01"),
        ("2026-12-31T15:59:59+00:00", "2026-12"),
        ("2026-12-31T16:00:00+00:00", "2027-01"),
        ("2028-02-29T23:59:59+08:00", "2028-02"),
        ("2028-02-29T16:00:00+00:00", "2028-03"),
    ],
)
def test_the_edges_are_the_citys_midnights(moment, month):
    assert str(Month.of(datetime.fromisoformat(moment))) == month


@pytest.mark.parametrize(("year", "days"), [(2026, 28), (2028, 29), (2100, 28), (2400, 29)])
def test_february(year, days):
    assert Month(year, 2).last_day.day == days
