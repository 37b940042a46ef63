from datetime import date, timedelta

import pytest

from grids.models import GridAssignment
from tests.factories.grids import GridAssignmentFactory
from tests.factories.volunteers import NINE, assigned, patrolled
from volunteers import stats
from volunteers.stats import DayState, Gap

DAY = timedelta(days=1)
MONDAY = NINE.date()


def states(row):
    return [state.value for state in row.states]


def week(unit=None, today=MONDAY):
    return stats.patrol_coverage(date(2026, 11, 18), date(2026, 11, 24), today=today, unit=unit)


def test_each_day_of_a_grid_is_done_late_missing_or_still_open(grid, unit, liaison):
    patrolled(grid, unit, at=NINE - 5 * DAY)
    patrolled(grid, unit, at=NINE - 4 * DAY, received_at=NINE - 3 * DAY)
    patrolled(grid, unit, at=NINE - DAY)

    coverage = week()
    assert states(coverage.rows[0]) == ["done", "late", "missing", "missing", "done", "today", "none"]
    assert (coverage.covered.count, coverage.covered.total) == (3, 5)
    assert (coverage.today.count, coverage.today.total) == (0, 1)
    assert coverage.rows[0].gaps == [Gap(date(2026, 11, 20), date(2026, 11, 21))]


def test_todays_patrol_counts_today_and_not_yet_in_the_days_that_are_over(grid, unit, liaison):
    patrolled(grid, unit)

    coverage = week()
    assert (coverage.today.count, coverage.today.total) == (1, 1)
    assert (coverage.covered.count, coverage.covered.total) == (0, 5)


def test_a_streak_ends_with_today_or_while_today_is_open_with_yesterday(grid, unit, liaison):
    for back in (1, 2, 3):
        patrolled(grid, unit, at=NINE - back * DAY)

    assert week().rows[0].streak == 3
    patrolled(grid, unit)
    assert week().rows[0].streak == 4
    assert week(today=MONDAY + 2 * DAY).rows[0].streak == 0


def test_whoever_walks_it_the_grid_is_walked(grid, unit, stranger):
    GridAssignmentFactory(grid=grid, unit=stranger.unit, kind=GridAssignment.Kind.HELPER)
    patrolled(grid, stranger.unit, by=stranger, at=NINE - DAY)

    assert week(unit).covered.count == 1
    assert week(stranger.unit).rows == []


def test_a_unit_answers_only_for_the_days_of_its_lead(grid, unit, stranger):
    grid.assignments.update(ended_on=date(2026, 11, 20))
    GridAssignmentFactory(grid=grid, unit=stranger.unit, started_on=date(2026, 11, 20))

    assert states(week(unit).rows[0]) == ["missing", "missing", "none", "none", "none", "none", "none"]
    assert states(week(stranger.unit).rows[0]) == ["none", "none", "missing", "missing", "missing", "today", "none"]
    assert week().covered.total == 5


def test_a_grid_without_a_lead_expects_nothing(grid, unit):
    grid.assignments.update(ended_on=date(2026, 11, 1))

    assert (week().rows, week().covered.total, week().covered.percent) == ([], 0, None)


def test_a_retired_grid_expects_nothing_from_its_last_day_on(grid, unit):
    grid.ended_on = date(2026, 11, 20)
    grid.save()

    assert states(week().rows[0])[:3] == ["missing", "missing", "none"]


def test_missing_today_names_the_lead_units_and_their_grids(grid, unit, stranger):
    second = assigned(unit)
    walked = assigned(stranger.unit)
    patrolled(walked, stranger.unit, by=stranger)

    assert stats.missing_patrols(on=MONDAY) == {unit: sorted([grid, second], key=lambda one: one.code)}


def test_the_sums_by_day_and_by_community_are_the_sum_of_the_grids(grid, unit, liaison):
    for other in [assigned(unit) for _ in range(3)]:
        patrolled(other, unit, at=NINE - 2 * DAY)

    coverage = week()
    past = coverage.by_day[:5]
    assert sum(day.count for day in past) == coverage.covered.count == sum(r.covered.count for r in coverage.rows) == 3
    assert sum(day.total for day in past) == coverage.covered.total == 20
    assert [(c.count, c.total) for _, c in coverage.by_community] == [(0, 5), (3, 15)]


@pytest.mark.parametrize("grids", [1, 6])
def test_coverage_asks_four_questions_however_many_grids(grids, unit, django_assert_num_queries):
    for _ in range(grids):
        assigned(unit)

    with django_assert_num_queries(3):
        coverage = week()
        assert all(row.states[0] == DayState.MISSING and row.grid.community.name for row in coverage.rows)
