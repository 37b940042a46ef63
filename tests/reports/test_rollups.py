"""The tallies are exact: kept step by step they are what a rebuild makes of everything, and what a count would give."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from common.clock import CITY_TIME
from common.months import Month
from common.revisions import read_once
from complaints.figures import By, CaseFigures, figures
from complaints.models import Complaint
from complaints.workflow import State
from reports import rollups
from reports.models import Axis, CaseShare, RollupState, Tally, TouchedCase
from reports.rollups import reading
from reports.rollups.shares import MEASURES
from tests.factories.complaints import MONDAY, case_in, filed
from tests.factories.grids import GridFactory
from tests.reports.lives import City

pytestmark = pytest.mark.django_db
START = datetime(2026, 9, 28, 8, tzinfo=CITY_TIME)
AXES = {
    By.CITY: "",
    By.CHANNEL: Axis.CHANNEL.value,
    By.COMMUNITY: "community_id",
    By.MAJOR: Axis.MAJOR.value,
    By.UNIT: "unit_id",
}
STRAY = '[[null,null,"web","other",null]]'
NOTHING_TO_CORRECT = "改正 0 件、0 个汇总数"
STEP = st.tuples(st.sampled_from("ffmmmmmmmme.."), st.integers(0, 10_000), st.sampled_from([1, 5, 20, 40, 200]))


def tallies() -> dict[str, tuple[int, ...]]:
    return {name: tuple(counts) for name, *counts in Tally.objects.values_list("cell", *MEASURES)}


def happen(city: City, steps) -> None:
    city.file(0)
    for what, number, hours in steps:
        if what == "f":
            city.file(number)
        elif what == "m":
            city.move(number, hours)
        elif what == "e":
            city.put_elsewhere(number)
        else:
            rollups.refresh(at=city.now)


# Without shrinking, which takes minutes: a failing life is short enough to be read.
@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(STEP, min_size=15, max_size=30), st.integers(1, 900))
def test_kept_rebuilt_and_counted_afresh_are_the_same(db, steps, hours_later):
    with transaction.atomic():
        compare_three_ways(steps, hours_later)
        transaction.set_rollback(True)


def compare_three_ways(steps, hours_later) -> None:
    city = City(START)
    happen(city, steps)
    at = city.now + timedelta(hours=hours_later)

    rollups.refresh(at=at)
    kept = tallies()
    said = rollups.rebuild(at=at)

    assert said.endswith(NOTHING_TO_CORRECT)
    assert tallies() == kept
    first, last = Month(2026, 9), Month.of(at)
    for by, column in AXES.items():
        counted = figures(first.starts_at, last.ends_at, as_of=at, by=by)
        told = reading.by_month(first, last, at=at, by=column)
        told_figures = {(month.first_day, key): one.cases for (month, key), one in told.items()}
        assert {place: one for place, one in told_figures.items() if one != CaseFigures()} == counted


def test_going_back_from_today_gives_what_was_open_at_the_end_of_a_month():
    case_in(State.CLOSED, at=datetime(2026, 10, 30, 9, tzinfo=CITY_TIME))
    case_in(State.HANDLING, at=datetime(2026, 10, 31, 14, tzinfo=CITY_TIME))
    case_in(State.CLOSED, at=datetime(2026, 10, 31, 21, tzinfo=CITY_TIME))
    filed()
    rollups.refresh(at=MONDAY)

    november = reading.by_month(Month(2026, 11), Month(2026, 11), at=MONDAY)[Month(2026, 11), None]

    open_today = reading.open_now(at=MONDAY).total.open
    assert (open_today, open_today - november.entered + november.left) == (2, 2)


def test_what_nobody_touched_becomes_late_with_time():
    case = case_in(State.HANDLING)
    rollups.refresh(at=MONDAY)
    november = Month(2026, 11)

    def on_time(at):
        return reading.by_month(november, november, at=at)[november, None].cases.on_time

    assert (on_time(case.due_at).denominator, on_time(case.due_at + timedelta(seconds=1)).denominator) == (0, 1)
    assert on_time(november.ends_at + timedelta(days=40)).denominator == 1


def test_a_scope_counts_what_lies_in_it_and_an_empty_one_nothing():
    city = City(MONDAY)
    for number in range(6):
        city.file(number)
    rollups.refresh(at=MONDAY)
    november = Month(2026, 11)

    def filed_in(scope):
        return sum(one.cases.filed for one in reading.by_month(november, november, at=MONDAY, scope=scope).values())

    here = frozenset({city.grids[0].community_id})
    assert filed_in(reading.CITY) == 6
    assert filed_in(reading.Scope(communities=here)) == 2
    assert filed_in(reading.Scope(units=frozenset())) == 0
    assert reading.open_now(at=MONDAY, scope=reading.Scope(communities=here)).total.open == 2


@pytest.mark.parametrize("by", ["", "unit_id", Axis.GRID.value])
def test_a_course_is_what_the_months_are_but_for_answers(by):
    filed(at=datetime(2026, 10, 10, 0, 0, tzinfo=CITY_TIME))
    late = case_in(State.HANDLING, grid=GridFactory())
    case_in(State.CLOSED)
    at = late.due_at + timedelta(seconds=1)
    rollups.refresh(at=at)
    october, november = Month(2026, 10), Month(2026, 11)

    course = reading.course(october, november, this=november, now=reading.open_now(at=at), by=by)

    assert course == {
        place: replace(one, cases=replace(one.cases, answerable=course[place].cases.answerable))
        for place, one in reading.by_month(october, november, at=at, by=by).items()
    }
    assert [one.cases.overdue for place, one in course.items() if place[0] == november and one.cases.overdue] == [1]


def test_the_same_counts_are_the_same_and_others_are_not():
    case = case_in(State.HANDLING)
    at = case.due_at - timedelta(seconds=1)

    assert reading.open_now(at=at) == reading.open_now(at=at)
    assert reading.open_now(at=at) != reading.open_now(at=case.due_at + timedelta(seconds=1))


def test_some_days_are_summed_to_the_end_of_the_last():
    filed(at=datetime(2026, 10, 9, 23, 59, tzinfo=CITY_TIME))
    filed(at=datetime(2026, 10, 10, 0, 0, tzinfo=CITY_TIME))
    rollups.refresh(at=MONDAY)

    assert [reading.days(date(2026, 10, 1), date(2026, 10, last)).cases.filed for last in (8, 9, 10)] == [0, 1, 2]


def test_a_rebuild_puts_right_whatever_was_wrong():
    case_in(State.CLOSED)
    filed()
    rollups.refresh(at=MONDAY)
    right = tallies()
    Tally.objects.filter(closed=1).update(closed=7)
    Tally.objects.filter(axis=Axis.CHANNEL).first().delete()
    CaseShare.objects.first().delete()
    CaseShare.objects.create(complaint_id=999_999, share=STRAY)

    rollups.rebuild(at=MONDAY)

    assert tallies() == right
    assert rollups.rebuild(at=MONDAY).endswith(NOTHING_TO_CORRECT)
    assert CaseShare.objects.count() == Complaint.objects.count()


def test_one_who_works_on_the_figures_keeps_others_away_until_the_lease_runs_out():
    rollups.refresh(at=MONDAY)
    filed()
    RollupState.objects.update(holder="somebody", lease_until=MONDAY + timedelta(minutes=2))

    assert rollups.refresh(at=MONDAY) == rollups.rebuild(at=MONDAY) == "另一个进程正在汇总"
    assert TouchedCase.objects.count() == 1
    assert rollups.refresh(at=MONDAY + timedelta(minutes=3)) == "汇总 1 件案件的变动"


def test_the_figures_say_up_to_when_they_are_counted():
    assert RollupState.freshness() is None
    rollups.refresh(at=MONDAY)
    filed()

    assert RollupState.freshness() == MONDAY
    rollups.refresh(at=MONDAY + timedelta(minutes=1))
    assert RollupState.freshness() == MONDAY + timedelta(minutes=1)


@pytest.mark.parametrize("cases", [3, 9])
def test_reading_asks_two_questions_however_many_cases_until_they_are_counted_again(cases, django_assert_num_queries):
    for _ in range(cases):
        case_in(State.CLOSED)
    rollups.refresh(at=MONDAY)

    with read_once():
        told = reading.by_month(Month(2025, 11), Month(2026, 11), at=MONDAY, by="unit_id")
        with django_assert_num_queries(2):
            assert reading.by_month(Month(2025, 11), Month(2026, 11), at=MONDAY, by="unit_id") == told
