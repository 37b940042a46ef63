"""The staff's map: figures by grid and month, the card of a grid, who sees what, and what it costs."""

import json
from datetime import datetime, timedelta

import pytest
import time_machine

from accounts.models import Role
from common.clock import CITY_TIME
from complaints.workflow import State
from reports import city_map, rollups
from tests.factories.accounts import UserFactory
from tests.factories.complaints import MONDAY, case_in, filed
from tests.factories.grids import GridAssignmentFactory, GridFactory, square

pytestmark = pytest.mark.django_db
AT = MONDAY + timedelta(hours=3)
INSIDE = (122.501, 52.901)


@pytest.fixture
def grid():
    grid = GridFactory(boundary=square(122.5, 52.9))
    GridAssignmentFactory(grid=grid, unit__name="示例单位 07")
    with time_machine.travel(AT, tick=False):
        yield grid


def test_a_grid_has_its_figures_month_by_month(grid):
    case_in(State.CLOSED, at=datetime(2026, 10, 30, 9, tzinfo=CITY_TIME), point=INSIDE)
    case_in(State.HANDLING, at=datetime(2026, 10, 30, 9, tzinfo=CITY_TIME), point=INSIDE)
    filed(at=AT - timedelta(hours=1), point=INSIDE)
    rollups.rebuild(at=AT)

    told = json.loads(city_map.grid_figures(at=AT))

    here = told["grids"][grid.code]
    assert (told["months"][-2:], len(told["months"])) == (["2026 年 10 月", "2026 年 11 月"], 12)
    assert (here["open"][-3:], here["late"][-2:]) == ([0, 1, 2], [0, 1])
    assert here["on_time"][-2:] == [[1, 1], [0, 1]]
    assert here["patrol"][-1] == [0, 22]


def test_a_confidential_case_is_on_nobodys_map_who_may_not_read_it(client, grid):
    shown = filed(at=AT, point=INSIDE).complaint
    hidden = filed(at=AT, point=INSIDE, is_confidential=True, text="保密的事。").complaint

    def numbers(role):
        client.force_login(UserFactory(role=role))
        told = client.get("/workbench/map/cases/").json()["cases"]
        card = client.get(f"/workbench/map/grids/{grid.code}/").content.decode()
        return {row[3] for row in told}, "保密的事" in card

    assert numbers(Role.OFFICE) == ({shown.number, hidden.number}, True)
    assert numbers(Role.LEADER) == ({shown.number}, False)


def test_the_page_and_its_parts_open_and_nonsense_is_the_whole_city(client, grid):
    client.force_login(UserFactory(role=Role.OFFICE))
    filed(at=AT, point=INSIDE)

    card = client.get(f"/workbench/map/grids/{grid.code}/").content.decode()
    assert "示例单位 07" in card and "11 月按期结案率" in card
    assert "3 月按期结案率" in client.get(f"/workbench/map/grids/{grid.code}/?month=2026-03").content.decode()
    assert client.get("/workbench/map/grids/000/").status_code == 404
    assert "在办案件" in client.get("/workbench/map/").content.decode()
    for box in ("x", "1,2,3", "9,9,8,8", "nan,0,1,1"):
        assert len(client.get("/workbench/map/cases/", {"box": box, "month": "2026-11"}).json()["cases"]) == 1
    figures = client.get("/workbench/map/figures/")
    assert (figures["Cache-Control"], list(figures.json()["grids"])) == ("private, no-store", [grid.code])


def test_the_maps_data_ask_for_little_and_show_at_once_what_changed(client, grid, django_assert_num_queries):
    """Besides session and user: the cases of the box; what is open, and what has changed elsewhere."""
    client.force_login(UserFactory(role=Role.LEADER))
    rollups.rebuild(at=AT)
    unit = case_in(State.HANDLING, point=INSIDE).unit
    for address, statements in (("cases/?box=122.5,52.9,122.6,53", 3), ("figures/", 4)):
        client.get(f"/workbench/map/{address}")
        with django_assert_num_queries(statements):
            client.get(f"/workbench/map/{address}")

    def told():
        return client.get("/workbench/map/figures/").json()["grids"][grid.code]

    (before, _), _ = (told(), case_in(State.HANDLING, point=INSIDE, unit=unit)), case_in(State.CLOSED, point=INSIDE)
    live = told()
    rollups.refresh(at=AT)
    counted = told()
    assert (before["open"][-1], live["open"][-1], counted["open"][-1]) == (1, 2, 2)
    assert (live["on_time"][-1], counted["on_time"][-1]) == ([0, 0], [1, 1])
