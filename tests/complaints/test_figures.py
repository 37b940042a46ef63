"""What the rates of cases count, when, and for whom."""

from collections import Counter
from dataclasses import fields
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from common.clock import CITY_TIME
from common.months import Month
from complaints import actions
from complaints.figures import By, CaseFigures, figures
from complaints.models import Channel, Complaint, ProblemGroup
from complaints.models.complaint import Satisfaction
from complaints.workflow import State
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.complaints import HOUR, MONDAY, case_in
from tests.factories.grids import GridFactory

NOVEMBER = Month(2026, 11)
END = NOVEMBER.ends_at
# Before the deadlines of what was filed on that Monday.
SUNDAY = datetime(2026, 11, 29, 12, tzinfo=CITY_TIME)


def november(by=By.CITY, as_of=SUNDAY):
    found = figures(NOVEMBER.starts_at, END, as_of=as_of, by=by)
    assert {period for period, _ in found} <= {NOVEMBER.first_day}
    return {key: counted for (_, key), counted in found.items()}


def rated(case, grade, *, solved, at):
    actions.rate(case, satisfaction=grade, is_solved=solved, at=at)


@pytest.fixture
def story(db):
    """Two units: one does well and is praised; the other returns, is late, reworks, and has to do it again."""
    good, slow = UnitFactory(), UnitFactory()
    praised = case_in(State.CLOSED, unit=good)
    rated(praised, Satisfaction.VERY_SATISFIED, solved=True, at=MONDAY + 8 * HOUR)
    again = case_in(State.CLOSED, unit=slow, channel=Channel.HOTLINE, grid=GridFactory())
    rated(again, Satisfaction.DISSATISFIED, solved=False, at=MONDAY + 8 * HOUR)
    reworked = case_in(State.HANDLED, unit=slow)
    actions.rework(reworked, reason="还有冰。", by=UserFactory(), at=MONDAY + 6 * HOUR)
    actions.submit_result(reworked, result="好了。", by=UserFactory(), at=MONDAY + 7 * HOUR)
    actions.pass_verification(reworked, by=UserFactory(), at=MONDAY + 8 * HOUR)
    returned = case_in(State.DISPATCHED, unit=slow)
    actions.return_to_office(returned, reason="不归我们管。", by=UserFactory(), at=MONDAY + 6 * HOUR)
    actions.dispatch(returned, to=good, by=UserFactory(), at=MONDAY + 7 * HOUR)
    late = case_in(State.HANDLING, unit=slow, at=MONDAY - timedelta(days=14))
    waiting = case_in(State.HANDLED, unit=good, at=MONDAY - timedelta(days=14))
    assert late.due_at < SUNDAY and waiting.handled_at < waiting.due_at < SUNDAY
    case_in(State.REJECTED)
    case_in(State.RECEIVED)
    return good, slow


def test_each_rate_counts_what_it_says(story):
    good, slow = story
    city = november()[None]

    assert city == CaseFigures(
        filed=8, answerable=8, answered_in_time=7, dispatched=7, returned=1, closed=2, closed_in_time=2, reworked=1,
        overdue=1, rated=2, satisfied=1, solved=1,
    )  # fmt: skip
    assert (city.on_time.numerator, city.on_time.denominator) == (2, 3), "the open late case counts against it"
    by_unit = november(By.UNIT)
    assert by_unit[slow.pk] == CaseFigures(
        filed=3, answerable=3, answered_in_time=3, dispatched=4, returned=1, closed=1, closed_in_time=1, reworked=1,
        overdue=1, rated=1,
    )  # fmt: skip
    assert by_unit[good.pk] == CaseFigures(
        filed=3, answerable=3, answered_in_time=3, dispatched=3, closed=1, closed_in_time=1, rated=1, satisfied=1,
        solved=1,
    )  # fmt: skip


@pytest.mark.parametrize("by", list(By), ids=lambda by: by.name.lower())
def test_however_the_cases_are_told_apart_the_sum_is_the_citys(story, by):
    assert sum(november(by).values(), CaseFigures()) == november()[None]


def test_the_end_of_the_month_is_looked_at_from_the_end_of_the_month(story):
    late = Complaint.objects.get(state=State.HANDLING, round=1, due_at__lt=END)
    actions.submit_result(late, result="好了。", by=UserFactory(), at=END + HOUR)
    actions.pass_verification(late, by=UserFactory(), at=END + 2 * HOUR)

    assert november(as_of=END)[None].overdue == 3, "that one, and two of that Monday's"
    assert november(as_of=END + 3 * HOUR)[None].overdue == 2
    december = figures(END, Month(2026, 12).ends_at, as_of=END + 3 * HOUR)
    assert december[END.date(), None] == CaseFigures(closed=1)


MOMENTS = st.datetimes(datetime(2026, 9, 29), datetime(2026, 12, 3)).map(lambda naive: naive.replace(tzinfo=CITY_TIME))


class Months(TestCase):
    """Whatever the moments, each case is in exactly one month."""

    @settings(max_examples=12, deadline=None)
    @given(st.lists(st.tuples(MOMENTS, MOMENTS, st.booleans()), max_size=12), MOMENTS)
    def test_each_filing_and_each_case_that_was_due_is_in_exactly_one_month(self, lives, as_of):
        unit = UnitFactory()
        Complaint.objects.bulk_create(self._case(n, unit, *life) for n, life in enumerate(lives))
        since, until = Month(2026, 9).starts_at, Month(2027, 3).starts_at
        counted = figures(since, until, as_of=as_of)

        filed = Counter(Month.of(at).first_day for at, _, _ in lives if at < as_of)
        assert {month: one.filed for (month, _), one in counted.items() if one.filed} == filed
        due = Counter()
        for start, end, is_closed in lives:
            moment = max(start, end) if is_closed and max(start, end) < as_of else start + HOUR
            if moment < as_of:
                due[Month.of(moment).first_day] += 1
        assert {month: one.due for (month, _), one in counted.items() if one.due} == due

    def _case(self, number, unit, start, end, is_closed):
        closed_at = max(start, end) if is_closed else None
        return Complaint(
            number=f"2026-{number:06}", channel=Channel.WEB, group=ProblemGroup.OTHER, text="示例", unit=unit,
            intake_key=f"months:{number}", filed_at=start, stage_started_at=start, dispatched_at=start,
            warn_at=start + HOUR, due_at=start + HOUR, closed_at=closed_at, closed_in_time=False if closed_at else None,
            state=State.CLOSED if closed_at else State.HANDLING,
        )  # fmt: skip


def test_every_count_is_in_the_sum():
    ones = CaseFigures(*(1 for _ in fields(CaseFigures)))

    assert ones + ones == CaseFigures(*(2 for _ in fields(CaseFigures)))
