"""The cases of a box of the map: each by itself where they are few, joined where they are many."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Role
from common.clock import CITY_TIME
from common.months import Month
from complaints.workflow import State
from reports import map_cases
from reports.map_cases import CLOSED, IN_TIME, OVERDUE, SOON, WORLD, Box, cases_in
from tests.factories.accounts import UserFactory
from tests.factories.complaints import MONDAY, case_in, filed
from tests.reports.many_cases import spread

pytestmark = pytest.mark.django_db
AT = MONDAY + timedelta(hours=3)
INSIDE = (122.501, 52.901)
NOVEMBER = Month(2026, 11)
TOWN = Box(122.48, 52.95, 122.56, 52.98)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def office():
    return UserFactory()


def total(rows):
    return sum(row[4] if len(row) == 5 else 1 for row in rows)


def cell_of(longitude, latitude, cell):
    return int(longitude / cell[0]), int(latitude / cell[1])


def test_a_box_holds_its_cases_of_the_month_and_now_also_what_is_still_open(office, django_assert_num_queries):
    long_open = case_in(State.HANDLING, at=datetime(2026, 9, 1, 9, tzinfo=CITY_TIME), point=INSIDE)
    case_in(State.CLOSED, at=datetime(2026, 9, 1, 9, tzinfo=CITY_TIME), point=INSIDE)
    new = filed(at=AT - timedelta(hours=1), point=INSIDE).complaint
    filed(at=AT - timedelta(hours=1), point=(122.9, 52.9))
    filed(at=AT - timedelta(hours=1))

    with django_assert_num_queries(1):
        told = cases_in(office, NOVEMBER, Box(122.5, 52.9, 122.502, 52.902), at=AT)

    of_both = [[*INSIDE, IN_TIME, new.number], [*INSIDE, OVERDUE, long_open.number]]
    assert told == {"cases": of_both, "cell": None}
    assert len(cases_in(office, NOVEMBER.shifted(-2), WORLD, at=AT)["cases"]) == 2


def test_many_are_joined_by_cells_and_every_cell_tells_what_lies_in_it(office, django_assert_num_queries):
    cases = spread(TOWN, 2000, at=AT)

    with django_assert_num_queries(1):
        told = cases_in(office, NOVEMBER, TOWN, at=AT)

    rows, cell = told["cases"], told["cell"]
    there = Counter(cell_of(case.longitude, case.latitude, cell) for case in cases)
    assert {cell_of(x, y, cell): count[0] if count else 1 for x, y, _, _, *count in rows} == there
    assert (total(rows), len(rows) < map_cases.CELLS**2) == (2000, True)
    kinds = {State.CLOSED: [CLOSED]}
    worst = {}
    for case in cases:
        [kind] = kinds.get(case.state) or [
            OVERDUE if case.due_at < AT else SOON if case.warn_at <= AT else IN_TIME,
        ]
        place = cell_of(case.longitude, case.latitude, cell)
        worst[place] = max(kind, worst.get(place, CLOSED))
    assert {cell_of(x, y, cell): kind for x, y, kind, *_ in rows} == worst
    assert set(worst.values()) == {CLOSED, IN_TIME, SOON, OVERDUE}
    numbers = {cell_of(case.longitude, case.latitude, cell): case.number for case in cases}
    assert all(row[3] == numbers[cell_of(row[0], row[1], cell)] for row in rows if len(row) == 4)


def test_closer_and_closer_every_case_is_told_by_itself(office):
    cases = {case.number for case in spread(TOWN, 1000, at=AT)}

    def numbers(box):
        told = cases_in(office, NOVEMBER, box, at=AT)
        singles = {row[3] for row in told["cases"] if len(row) == 4}
        for x, y, *_ in (row for row in told["cases"] if len(row) == 5):
            column, row = cell_of(x, y, told["cell"])
            width, height = told["cell"]
            cell = (column * width, row * height, (column + 1) * width, (row + 1) * height)
            singles |= numbers(Box(*cell))
        return singles

    assert numbers(TOWN) == cases


def test_within_a_house_the_newest_are_told_however_many_there_are(office, monkeypatch):
    monkeypatch.setattr(map_cases, "MOST_SINGLE", 3)
    cases = spread((122.5, 52.9, 122.5001, 52.9001), 10, at=AT)

    of_house = cases_in(office, NOVEMBER, Box(122.4998, 52.8998, 122.5005, 52.9002), at=AT)
    of_street = cases_in(office, NOVEMBER, Box(122.49, 52.89, 122.51, 52.91), at=AT)

    assert ([row[3] for row in of_house["cases"]], of_house["cell"]) == ([case.number for case in cases[:3]], None)
    assert (total(of_street["cases"]), len(of_street["cases"])) == (10, 1)


def test_who_may_not_read_the_confidential_ones_has_them_in_no_number(office):
    spread(TOWN, 1000, at=AT)

    of_leader = cases_in(UserFactory(role=Role.LEADER), NOVEMBER, TOWN, at=AT)["cases"]
    of_office = cases_in(office, NOVEMBER, TOWN, at=AT)["cases"]

    assert (total(of_leader), total(of_office)) == (980, 1000)
    assert cases_in(UserFactory(role=Role.AUDITOR), NOVEMBER, TOWN, at=AT)["cases"] == []


@given(st.floats(0.001, 1), st.floats(0.2, 5), st.floats(-1, 1), st.floats(-1, 1))
def test_a_box_beside_another_has_the_same_cells_and_never_too_many(width, shape, east, north):
    box = Box(122, 52, 122 + width, 52 + width * map_cases.DEGREES_EAST / shape)
    beside = Box(box.west + east, box.south + north, box.east + east, box.north + north)

    across, down = box.cell
    # Rounded to two digits; a width on the very edge may round either way.
    assert beside.cell[0] == pytest.approx(across, rel=0.1)
    assert (box.east - box.west) / across <= map_cases.CELLS * 1.06
    assert (box.north - box.south) / down <= map_cases.CELLS * 1.06
