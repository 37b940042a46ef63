"""Leaders' areas: is every area covered, and how the area of a leader stands."""

import datetime

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from common.clock import CITY_TIME
from complaints.models import Complaint
from complaints.workflow import State
from grids.models import LeaderAssignment
from progress.stats import FlagCounts
from reports.leaders import CaseCounts, leader_lines, leader_page
from tests.factories.accounts import LeaderFactory, UnitFactory, UserFactory
from tests.factories.complaints import case_in
from tests.factories.grids import START, CommunityFactory, GridAssignmentFactory, GridFactory, TownFactory
from tests.factories.progress import BlueTaskFactory, RedTaskFactory

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 11, 23, 9, tzinfo=CITY_TIME)
LONG_AGO = datetime.datetime(2026, 9, 7, 9, tzinfo=CITY_TIME)


@pytest.fixture(autouse=True)
def _on_the_23rd():
    with time_machine.travel(NOW, tick=False):
        yield


def held(leader, **area):
    return LeaderAssignment.objects.create(leader=leader, started_on=START, **area)


@pytest.fixture
def city():
    """Two towns; a leader answers for one community of the seat, another for the whole other town, a third for none."""
    seat, north = TownFactory(), TownFactory(code="232701104", name="北极镇")
    sunny, bridge = CommunityFactory(town=seat), CommunityFactory(code="232701100003", name="桥北社区", town=seat)
    village = CommunityFactory(code="232701104001", name="北极村", town=north)
    leaders = [LeaderFactory(name=f"示例领导{name}") for name in "甲乙丙"]
    held(leaders[0], community=sunny)
    held(leaders[1], town=north)
    LeaderAssignment.objects.create(leader=leaders[2], community=bridge, started_on=START, ended_on=NOW.date())
    grids = [GridFactory(community=one) for one in (sunny, sunny, bridge, village)]
    return leaders, grids


def test_the_list_names_every_leader_and_every_area_that_has_none(client, city):
    client.force_login(UserFactory(role=Role.LEADER, leader=city[0][0]))
    page = BeautifulSoup(client.get("/workbench/leaders/").content, "html.parser")

    assert [(str(one.leader), [str(area) for area in one.areas], one.grids) for one in leader_lines(on=NOW.date())] == [
        ("示例领导甲", ["阳光社区"], 2),
        ("示例领导乙", ["北极镇"], 1),
        ("示例领导丙", [], 0),
    ]
    assert "镇、村和社区有领导的 2／5" in page.text
    assert [bare.b.text for bare in page.select("section:has(#bare-title) li")] == ["西林吉镇", "桥北社区", "北极村"]
    assert page.select_one(".page-head .btn-primary")["href"] == f"/workbench/leaders/{city[0][0].code}/"


def test_a_leaders_page_counts_the_grids_units_cases_and_flags_of_the_area_and_no_others(city):
    (leader, *_), (one, two, elsewhere, _) = city
    unit, other = UnitFactory(code="A"), UnitFactory(code="B")
    GridAssignmentFactory(grid=one, unit=unit, kind="lead")
    GridAssignmentFactory(grid=elsewhere, unit=other, kind="lead")
    group = RedTaskFactory(unit=unit).group
    BlueTaskFactory(unit=unit, group=group)
    BlueTaskFactory(unit=unit, group=group, month=10)
    BlueTaskFactory(unit=other, group=group)
    for grid, at in ((one, LONG_AGO), (two, NOW), (two, LONG_AGO), (elsewhere, LONG_AGO)):
        Complaint.objects.filter(pk=case_in(State.HANDLING, at=at).pk).update(grid=grid)
    secret = Complaint.objects.filter(grid=two, filed_at__lt=NOW - datetime.timedelta(days=30))
    secret.update(is_confidential=True)
    read = {role: leader_page(leader, UserFactory(role=role), at=NOW) for role in (Role.LEADER, Role.SUPERVISION)}
    page = read[Role.LEADER]

    assert [(str(line.area), line.grids, line.units, line.cases) for line in page.areas] == [
        ("阳光社区", 2, 1, CaseCounts(open=2, overdue=1))
    ]
    assert [(line.unit, line.flags, line.in_a_row) for line in page.units] == [(unit, FlagCounts(red=1, blue=1), 2)]
    assert ([case.grid for case in page.overdue], page.without_lead) == ([one], 1)
    assert read[Role.SUPERVISION].cases == CaseCounts(open=3, overdue=2)


def test_the_numbers_of_an_area_lead_to_just_the_cases_that_the_reader_may_see(client, city):
    (_, leader, _), (*_, grid) = city
    other = GridFactory(community__code="232701104002", community__town=grid.community.town)
    for place, state, at in ((grid, State.HANDLING, LONG_AGO), (other, State.HANDLING, NOW), (grid, State.CLOSED, NOW)):
        Complaint.objects.filter(pk=case_in(state, at=at).pk).update(grid=place)
    Complaint.objects.filter(pk=case_in(State.HANDLING, at=NOW).pk).update(grid=other, is_confidential=True)
    case_in(State.HANDLING, at=LONG_AGO)

    def led(role):
        client.force_login(UserFactory(role=role))
        page = BeautifulSoup(client.get(f"/workbench/leaders/{leader.code}/").content, "html.parser")
        links = page.select("section:has(#areas-title) td a")
        lists = [BeautifulSoup(client.get(one["href"]).content, "html.parser") for one in links]
        return [link.text for link in links], [str(len(one.select("[data-row]"))) for one in lists]

    assert led(Role.LEADER) == (["2", "1", "1"], ["2", "1", "1"])
    assert led(Role.SUPERVISION) == (["3", "1", "1"], ["3", "1", "1"])


def test_only_those_who_steer_open_the_pages_and_a_large_area_costs_no_more(client, city):
    leader, community = city[0][0], city[1][0].community
    address = f"/workbench/leaders/{leader.code}/"
    opened = set()
    for role in Role:
        belongs = {Role.LIAISON: {"liaison": True}, Role.GROUP_HEAD: {"group_head": True}}.get(role, {"role": role})
        client.force_login(UserFactory(**belongs))
        if client.get(address).status_code == 200:
            opened.add(role)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    def one_more():
        assignment = GridAssignmentFactory(grid=GridFactory(community=community), unit=UnitFactory(), kind="lead")
        BlueTaskFactory(unit=assignment.unit)
        Complaint.objects.filter(pk=case_in(State.HANDLING, at=LONG_AGO).pk).update(grid=assignment.grid)

    client.force_login(UserFactory())
    one_more()
    client.get(address)  # the first request of a session writes it
    few = queries()
    for _ in range(4):
        one_more()

    assert queries() == few <= 25
    assert opened == {Role.OFFICE, Role.LEADER, Role.SUPERVISION, Role.GUIDANCE, Role.GROUP_HEAD}
