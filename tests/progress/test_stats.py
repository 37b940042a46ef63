import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.months import Month
from progress import stats, year_stats
from progress.models import Flag, Mark
from progress.stats import FlagCounts
from tests.factories.accounts import SpecialGroupFactory, UnitFactory
from tests.factories.progress import NOVEMBER, BlueTaskFactory, MonthTaskFactory, RedTaskFactory

pytestmark = pytest.mark.django_db

RED, BLUE, GOOD, UNMARKED = "red", "blue", "good", "unmarked"


def tasks_of(*flags: str, **where) -> None:
    """One task per flag, all of one unit's month unless `where` says otherwise."""
    factories = {RED: RedTaskFactory, BLUE: BlueTaskFactory, UNMARKED: MonthTaskFactory}
    for flag in flags:
        if flag == GOOD:
            BlueTaskFactory(made_good_on=datetime.date(2026, 12, 8), **where)
        else:
            factories[flag](**where)


@pytest.mark.parametrize(
    ("flags", "mark"),
    [
        pytest.param([], Mark.NA, id="no task at all is no flag"),
        pytest.param([RED, RED, RED], Mark.RED, id="all red is red"),
        pytest.param([RED, RED, BLUE], Mark.BLUE, id="one blue among red is blue"),
        pytest.param([RED, UNMARKED], Mark.NONE, id="red with one unmarked is not yet red"),
        pytest.param([BLUE, UNMARKED], Mark.BLUE, id="blue with one unmarked is blue already"),
        pytest.param([UNMARKED, UNMARKED], Mark.NONE, id="nothing marked is unmarked"),
        pytest.param([GOOD], Mark.GOOD, id="the one blue was made good later"),
        pytest.param([RED, GOOD, GOOD], Mark.GOOD, id="all blues among red were made good later"),
        pytest.param([GOOD, BLUE], Mark.BLUE, id="one of two blues was made good: still blue"),
        pytest.param([GOOD, UNMARKED], Mark.GOOD, id="made good, another unmarked: blue decides before unmarked"),
    ],
)
def test_a_units_month_is_red_only_if_all_its_tasks_are(flags, mark):
    group, unit = SpecialGroupFactory(), UnitFactory()
    tasks_of(*flags, group=group, unit=unit)
    tasks_of(RED, group=group, unit=unit, month=10)

    [row] = stats.year_board(group, 2026, current=NOVEMBER).rows

    assert row.cells[10].mark == mark


def test_a_blue_task_made_good_later_stays_blue_in_every_count():
    group, unit = SpecialGroupFactory(), UnitFactory()
    tasks_of(RED, GOOD, BLUE, group=group, unit=unit)
    tasks_of(GOOD, group=group, unit=UnitFactory())

    [summary] = stats.month_boards(NOVEMBER)

    assert summary.tasks == FlagCounts(red=1, blue=3, good=2)
    assert summary.units == FlagCounts(blue=2, good=1)
    assert summary.tasks.share == "1／4"


def test_the_row_of_flags_hangs_red_then_blue_then_made_good_then_unmarked():
    group = SpecialGroupFactory()
    tasks_of(UNMARKED, GOOD, RED, BLUE, RED, group=group)

    [summary] = stats.month_boards(NOVEMBER)

    assert summary.flags == [Mark.RED, Mark.RED, Mark.BLUE, Mark.GOOD, Mark.NONE]


def test_every_board_is_there_in_its_order_and_the_group_without_a_board_is_not():
    second, first = SpecialGroupFactory(position=2), SpecialGroupFactory(position=1)
    without_board = SpecialGroupFactory(position=0, has_board=False)
    tasks_of(RED, group=second)
    tasks_of(RED, group=without_board)

    boards = stats.month_boards(NOVEMBER)

    assert [(board.group, board.tasks.total) for board in boards] == [(first, 0), (second, 1)]


def test_each_month_counts_its_own_tasks_only():
    group, unit = SpecialGroupFactory(), UnitFactory()
    tasks_of(RED, group=group, unit=unit, year=2025, month=12)
    tasks_of(BLUE, group=group, unit=unit, year=2026, month=1)

    [row] = stats.year_board(group, 2026, current=NOVEMBER).rows

    assert [cell.mark for cell in row.cells] == [Mark.BLUE] + [Mark.NA] * 11
    assert stats.month_boards(Month(2025, 12))[0].tasks == FlagCounts(red=1)


def test_a_month_that_is_ahead_shows_a_dash_even_if_its_tasks_are_planned():
    group, unit = SpecialGroupFactory(), UnitFactory()
    tasks_of(UNMARKED, group=group, unit=unit, month=11)
    tasks_of(UNMARKED, group=group, unit=unit, month=12)

    board = stats.year_board(group, 2026, current=NOVEMBER)

    assert [cell.mark for cell in board.rows[0].cells[10:]] == [Mark.NONE, Mark.NA]
    assert [counts.unmarked for counts in board.counts_by_month[10:]] == [1, 0]


def test_shares_have_numerator_and_denominator_and_a_dash_for_none():
    group, steady, late = SpecialGroupFactory(), UnitFactory(code="A"), UnitFactory(code="B")
    for month in (1, 2):
        tasks_of(RED, RED, group=group, unit=steady, month=month)
    tasks_of(BLUE, RED, group=group, unit=late, month=1)
    tasks_of(UNMARKED, group=group, unit=late, month=2)

    board = stats.year_board(group, 2026, current=NOVEMBER)

    assert [(row.unit_code, row.counts.share) for row in board.rows] == [("A", "2／2"), ("B", "0／1")]
    assert [counts.share for counts in board.counts_by_month[:3]] == ["1／2", "1／1", "—"]
    assert board.counts == FlagCounts(red=2, blue=1, unmarked=1)
    assert board.tasks_in(Month(2026, 1)) == FlagCounts(red=3, blue=1)


# Flags up to November: blue, good, red, unmarked, or - for a month without a task.
ROWS = {
    "BB": [(10, 2, True)],
    "BBU": [(9, 2, True)],
    "BBR": [(9, 2, False)],
    "BB-": [(9, 2, False)],
    "BBUR": [(8, 2, False)],
    "B-B": [],
    "BRB": [],
    "GB": [(10, 2, True)],
    "BBRBGB": [(9, 3, True), (6, 2, False)],
    "B" * 13: [(11, 13, True)],
}


def test_blue_months_in_a_row_are_counted_made_good_or_not_and_end_with_a_red_or_empty_month():
    group, flags = SpecialGroupFactory(), {"B": BLUE, "G": GOOD, "R": RED, "U": UNMARKED}
    for row in ROWS:
        unit = UnitFactory(code=row)
        for back, letter in enumerate(reversed(row)):
            month = NOVEMBER.shifted(-back)
            if letter != "-":
                tasks_of(flags[letter], RED, group=group, unit=unit, year=month.year, month=month.month)
    elsewhere = UnitFactory()
    tasks_of(BLUE, group=group, unit=elsewhere)
    tasks_of(BLUE, group=SpecialGroupFactory(), unit=elsewhere, month=10)

    found = stats.blue_streaks(until=NOVEMBER)
    told = {
        row: [(one.first.month, one.length, one.is_going_on) for one in found if one.unit_code == row] for row in ROWS
    }

    assert told == ROWS
    assert {one.unit_code for one in found} <= set(ROWS)
    assert [one.length for one in found if one.is_going_on] == [13, 3, 2, 2, 2]


def test_a_row_that_began_last_year_is_numbered_on_in_this_years_board():
    group, unit = SpecialGroupFactory(), UnitFactory()
    for year, month in ((2025, 11), (2025, 12), (2026, 1), (2026, 3)):
        tasks_of(BLUE, group=group, unit=unit, year=year, month=month)

    board = stats.year_board(group, 2026, current=NOVEMBER)

    assert [cell.in_a_row for cell in board.rows[0].cells[:4]] == [3, 0, 0, 0]
    assert [(str(one.first), str(one.last)) for one in board.streaks] == [("2025-11", "2026-01")]


def test_a_units_year_has_every_group_month_by_month_and_the_citys_year_every_board():
    first, second = SpecialGroupFactory(position=1), SpecialGroupFactory(position=2)
    unit = UnitFactory()
    tasks_of(BLUE, RED, group=first, unit=unit, month=10)
    tasks_of(GOOD, group=second, unit=unit, month=10)
    tasks_of(RED, group=second, unit=unit)
    tasks_of(UNMARKED, group=second, unit=unit, month=12)
    tasks_of(BLUE, group=first, unit=UnitFactory())

    page = year_stats.unit_year(unit, 2026, current=NOVEMBER, with_statements=True)
    boards = year_stats.city_year(2026, current=NOVEMBER)

    assert [(row.group, row.counts.share) for row in page.rows] == [(first, "0／1"), (second, "1／2")]
    assert [(one.month.month, [len(part.tasks) for part in one.groups]) for one in page.past] == [
        (11, [1]),
        (10, [2, 1]),
    ]
    assert (page.tasks, page.counts.share, [one.month.month for one in page.ahead]) == (
        FlagCounts(red=2, blue=2, good=1),
        "1／3",
        [12],
    )
    assert [(board.group, board.tasks.share, board.units.share) for board in boards] == [
        (first, "1／3", "0／2"),
        (second, "1／2", "1／2"),
    ]
    assert [one.tasks.total for one in boards[1].months[9:]] == [1, 1, 0]


def test_a_groups_month_lists_each_units_tasks_with_statements():
    group, unit = SpecialGroupFactory(), UnitFactory(code="A")
    RedTaskFactory(group=group, unit=unit, content="公厕保洁巡查 20 次")
    BlueTaskFactory(group=group, unit=unit, content="完成 3 处积雪倾倒点围挡", reason="材料未到货")

    [listed] = stats.month_board(group, NOVEMBER, with_statements=True).units

    assert (listed.unit_code, listed.mark, listed.counts) == ("A", Mark.BLUE, FlagCounts(red=1, blue=1))
    assert [(task.mark, task.statement and task.statement.reason) for task in listed.tasks] == [
        (Mark.RED, None),
        (Mark.BLUE, "材料未到货"),
    ]


def test_statements_stay_in_the_database_where_they_may_not_be_read():
    group = SpecialGroupFactory()
    tasks_of(BLUE, group=group)

    [unit] = stats.month_board(group, NOVEMBER, with_statements=False).units

    assert [(task.mark, task.statement) for task in unit.tasks] == [(Mark.BLUE, None)]


def test_months_run_from_the_first_with_a_task_to_the_last_newest_first():
    assert stats.months_with_tasks() == []
    tasks_of(RED, year=2025, month=11)
    tasks_of(RED, year=2026, month=2)

    assert [str(month) for month in stats.months_with_tasks()] == ["2026-02", "2026-01", "2025-12", "2025-11"]


@pytest.mark.parametrize(
    "read",
    [
        pytest.param(lambda group: stats.month_boards(NOVEMBER), id="nine boards"),
        pytest.param(lambda group: stats.year_board(group, 2026, current=NOVEMBER), id="a group's year"),
        pytest.param(lambda group: stats.month_board(group, NOVEMBER, with_statements=True), id="a group's month"),
        pytest.param(lambda group: stats.blue_streaks(until=NOVEMBER), id="months in a row"),
        pytest.param(lambda group: year_stats.city_year(2026, current=NOVEMBER), id="the city's year"),
        pytest.param(lambda group: stats.blue_statements(group, NOVEMBER), id="statements"),
    ],
)
def test_sixty_tasks_ask_the_database_as_often_as_three(read):
    group = SpecialGroupFactory()

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            read(group)
        return len(asked)

    tasks_of(RED, BLUE, UNMARKED, group=group)
    with_three = queries()
    for _ in range(19):
        tasks_of(RED, BLUE, UNMARKED, group=group)

    assert queries() == with_three <= 2


def test_the_mark_of_a_task_follows_its_flag():
    marks = {flag: MonthTaskFactory.build(flag=flag).mark for flag in Flag}
    assert marks == {Flag.RED: Mark.RED, Flag.BLUE: Mark.BLUE, Flag.UNMARKED: Mark.NONE}
