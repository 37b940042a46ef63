from datetime import datetime, timedelta

import pytest

from accounts.models import Role
from common.clock import CITY_TIME
from common.revisions import read_once
from complaints import actions, stats
from complaints.models import Complaint, HelpingUnit, Sight
from complaints.workflow import FINAL_STATES, State
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.complaints import HOUR, MONDAY, case_in, filed

pytestmark = pytest.mark.django_db


def counted(user, *, at):
    return stats.queue_counts(Sight.of(user), at=at)


def test_a_queue_is_counted_by_state_and_light():
    case_in(State.RECEIVED)
    case_in(State.RECEIVED)
    late = case_in(State.HANDLING)
    case_in(State.CLOSED)

    counts = counted(UserFactory(), at=late.due_at + HOUR)

    assert {state: one.total for state, one in counts.states.items()} == {"received": 2, "handling": 1, "closed": 1}
    assert (counts.open, counts.overdue, counts.soon, counts.everything) == (3, 3, 0, 4)
    assert counts.of(State.DISPATCHED).total == 0


def test_only_open_cases_are_counted_anew_each_time(django_assert_num_queries):
    case_in(State.CLOSED)
    office = Sight.of(UserFactory())
    stats.queue_counts(office, at=MONDAY)
    case_in(State.HANDLING)

    with read_once(), django_assert_num_queries(2):  # the revisions are read, too
        counts = stats.queue_counts(office, at=MONDAY)

    assert (counts.open, counts.of(State.CLOSED).total) == (1, 1)


def test_final_cases_are_counted_anew_once_one_comes_goes_or_changes():
    guidance = UserFactory(role=Role.GUIDANCE)

    def final():
        return {state: one.total for state, one in counted(guidance, at=MONDAY).states.items() if state in FINAL_STATES}

    first, second = case_in(State.CLOSED), case_in(State.HANDLED)
    assert final() == {"closed": 1}
    actions.pass_verification(second, by=UserFactory(), at=MONDAY + 9 * HOUR)
    assert final() == {"closed": 2}
    actions.reject(filed().complaint, reason="不属于受理范围，请拨打 12345。", by=UserFactory(), at=MONDAY + HOUR)
    assert final() == {"closed": 2, "rejected": 1}
    Complaint.objects.filter(pk=first.pk).update(is_confidential=True)
    assert final() == {"closed": 1, "rejected": 1}
    opened_again = {"state": State.HANDLING, "closed_at": None, "closed_in_time": None}
    Complaint.objects.filter(pk=second.pk).update(**opened_again)
    assert final() == {"rejected": 1}


def test_a_unit_that_helps_counts_the_case_from_then_on():
    unit = UnitFactory()
    case = case_in(State.HANDLING)
    closed = case_in(State.CLOSED)
    liaison = UserFactory(role=Role.LIAISON, unit=unit)
    assert counted(liaison, at=MONDAY).everything == 0

    for one in (case, closed):
        HelpingUnit.objects.create(complaint=one, unit=unit, added_at=MONDAY)

    assert (counted(liaison, at=MONDAY).open, counted(liaison, at=MONDAY).everything) == (1, 2)


def test_a_deadline_close_by_counts_as_soon():
    case = case_in(State.HANDLING)
    counts = counted(UserFactory(), at=case.warn_at)

    assert (counts.soon, counts.overdue) == (1, 0)


def test_a_unit_counts_its_own_cases_and_an_auditor_none():
    unit = UnitFactory()
    case_in(State.HANDLING, unit=unit)
    case_in(State.HANDLING)

    assert counted(UserFactory(role=Role.LIAISON, unit=unit), at=MONDAY).everything == 1
    assert counted(UserFactory(role=Role.OFFICE), at=MONDAY).everything == 2
    assert counted(UserFactory(role=Role.AUDITOR), at=MONDAY).everything == 0


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
