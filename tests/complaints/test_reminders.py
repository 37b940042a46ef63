"""Who is told when of a case's deadline."""

from datetime import timedelta

import pytest

from accounts.models import Role
from complaints import actions
from complaints.models import Complaint
from complaints.workflow import State
from notifications.models import Kind, Notice, Urgency
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.complaints import MONDAY, case_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def case():
    """A case with a unit that has a liaison; its notices so far are forgotten."""
    case = case_in(State.HANDLING)
    Notice.objects.all().delete()
    return case


def told():
    found = Notice.objects.select_related("recipient").order_by("pk")
    return [(notice.recipient.role, notice.title.partition("：")[0]) for notice in found]


def test_before_eighty_percent_nobody_is_told(case):
    assert actions.remind_of_deadlines(at=case.warn_at - MINUTE) == 0
    assert told() == []


def test_at_eighty_percent_the_units_liaison_is_told_once(case):
    stranger = UserFactory(liaison=True)
    for minute in range(0, 60, 5):
        actions.remind_of_deadlines(at=case.warn_at + minute * MINUTE)

    assert told() == [(Role.LIAISON, "快到期")]
    notice = Notice.objects.get()
    assert notice.recipient.unit == case.unit != stranger.unit
    assert (notice.kind, notice.url) == (Kind.REMINDER, case.get_absolute_url())


def test_past_the_deadline_unit_and_office_are_told_once_a_day(case):
    for day in range(3):
        for again in range(2):
            actions.remind_of_deadlines(at=case.due_at + MINUTE + day * DAY + again * 5 * MINUTE)

    days = told()
    assert days[:2] == [(Role.LIAISON, "已超时"), (Role.OFFICE, "已超时")]
    assert len(days) == 6


def test_a_case_that_lies_with_the_office_is_the_offices_own():
    case = case_in(State.RECEIVED)
    UserFactory(liaison=True)

    actions.remind_of_deadlines(at=case.due_at + MINUTE)

    assert told() == [(Role.OFFICE, "已超时")]


@pytest.mark.parametrize("state", [State.HANDLED, State.CLOSED, State.REJECTED])
def test_what_was_submitted_in_time_or_is_over_reminds_nobody(state):
    case = case_in(state)
    Notice.objects.all().delete()

    assert actions.remind_of_deadlines(at=(case.due_at or MONDAY) + 30 * DAY) == 0


def test_an_urgent_case_is_told_of_at_any_hour_when_it_turns_and_as_a_reminder_after_that(case):
    Complaint.objects.update(is_urgent=True)
    actions.remind_of_deadlines(at=case.due_at + MINUTE)
    first = set(Notice.objects.values_list("urgency", flat=True))
    Notice.objects.all().delete()
    actions.remind_of_deadlines(at=case.due_at + DAY)
    later = set(Notice.objects.values_list("urgency", flat=True))

    assert (first, later) == ({Urgency.URGENT}, {Urgency.HIGH})


def test_who_is_told_may_see_the_case(case):
    UserFactory(role=Role.LIAISON, unit=UnitFactory())
    actions.remind_of_deadlines(at=case.due_at + MINUTE)

    for notice in Notice.objects.select_related("recipient"):
        assert Complaint.objects.visible_to(notice.recipient).filter(pk=case.pk).exists()
    assert Notice.objects.count() == 2


def test_running_it_again_over_many_cases_asks_a_fixed_number_of_questions(django_assert_max_num_queries):
    unit = UnitFactory()
    for _ in range(6):
        last = case_in(State.HANDLING, unit=unit)
    actions.remind_of_deadlines(at=last.due_at + MINUTE)

    with django_assert_max_num_queries(8):
        assert actions.remind_of_deadlines(at=last.due_at + 6 * MINUTE) == 0
