from datetime import datetime, timedelta

import pytest

from accounts.models import Role
from common.clock import CITY_TIME
from complaints import stats
from complaints.workflow import State
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.complaints import HOUR, MONDAY, case_in

pytestmark = pytest.mark.django_db


def test_a_queue_is_counted_by_state_and_light_in_two_queries(django_assert_num_queries):
    case_in(State.RECEIVED)
    case_in(State.RECEIVED)
    late = case_in(State.HANDLING)
    case_in(State.CLOSED)
    office = UserFactory()

    with django_assert_num_queries(2):
        counts = stats.queue_counts(office, at=late.due_at + HOUR)

    assert (counts.received.total, counts.handling.total, counts.closed.total) == (2, 1, 1)
    assert (counts.open, counts.overdue, counts.soon, counts.everything) == (3, 3, 0, 4)
    assert counts.handling.earliest_due_at == late.due_at
    assert counts.dispatched.total == 0


def test_a_deadline_close_by_counts_as_soon():
    case = case_in(State.HANDLING)
    counts = stats.queue_counts(UserFactory(), at=case.warn_at)

    assert (counts.soon, counts.overdue) == (1, 0)


def test_a_unit_counts_its_own_cases_and_an_auditor_none():
    unit = UnitFactory()
    case_in(State.HANDLING, unit=unit)
    case_in(State.HANDLING)

    assert stats.queue_counts(UserFactory(role=Role.LIAISON, unit=unit), at=MONDAY).everything == 1
    assert stats.queue_counts(UserFactory(role=Role.OFFICE), at=MONDAY).everything == 2
    assert stats.queue_counts(UserFactory(role=Role.AUDITOR), at=MONDAY).everything == 0


def test_the_month_so_far_has_its_closed_cases_their_rate_and_their_average():
    in_time = case_in(State.CLOSED)
    case_in(State.CLOSED, at=datetime(2026, 10, 30, 9, tzinfo=CITY_TIME))

    figures = stats.closed_this_month(at=MONDAY + timedelta(days=3))

    assert (figures.closed, figures.on_time) == (1, stats.Rate(1, 1))
    assert figures.average_days == (in_time.closed_at - in_time.filed_at) / timedelta(days=1)


def test_nothing_closed_has_no_rate_and_no_average():
    figures = stats.closed_this_month(at=MONDAY)

    assert (figures.closed, figures.on_time.percent, figures.average_days) == (0, None, None)


def test_a_confidential_case_is_not_among_those_shown_in_public():
    shown = case_in(State.CLOSED)
    case_in(State.CLOSED, is_confidential=True)

    assert stats.recently_closed() == [shown]
