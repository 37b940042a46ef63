"""The cockpit: the figures of the chosen part and month, and two clicks from each to its cases."""

from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.http import QueryDict

from accounts.models import Role
from common.months import Month
from complaints import actions
from complaints.models.complaint import Satisfaction
from complaints.queue_page import QueuePage
from complaints.workflow import State
from reports import rollups
from reports.cockpit.board import cockpit
from reports.cockpit.choice import chosen
from reports.cockpit.kpis import kpis
from reports.cockpit.levels import scale_of
from reports.cockpit.tables import BY, COLUMNS, figure_table
from reports.directory import directory
from tests.factories.accounts import LeaderFactory, SpecialGroupFactory, UnitFactory, UserFactory
from tests.factories.complaints import MONDAY, case_in
from tests.factories.grids import (
    CommunityFactory,
    GridAssignmentFactory,
    GridFactory,
    LeaderAssignmentFactory,
    square,
)
from tests.factories.progress import BlueTaskFactory, MonthTaskFactory, RedTaskFactory

pytestmark = pytest.mark.django_db
AT = MONDAY + timedelta(days=4)
NAMES = ["11 月红旗", "在办案件", "按期结案率", "满意率", "巡查覆盖", "志愿时长"]


@pytest.fixture
def city():
    """Two communities; in the first a late case and a good one, in the second one waiting; a red and two blue flags."""
    here, there = CommunityFactory(), CommunityFactory(code="232701100001", name="松苑社区")
    grid = GridFactory(community=here, boundary=square(122.5, 52.9))
    other = GridFactory(community=there, boundary=square(122.6, 52.9))
    unit, second = UnitFactory(code="U1", name="示例单位 1"), UnitFactory(code="U2", name="示例单位 2")
    GridAssignmentFactory(grid=grid, unit=unit)
    GridAssignmentFactory(grid=other, unit=second)
    late = case_in(State.HANDLING, unit=unit, grid=grid)
    late.__class__.objects.filter(pk=late.pk).update(due_at=AT - timedelta(days=1))
    case_in(State.CLOSED, unit=unit, grid=grid)
    case_in(State.RECEIVED, at=AT - timedelta(hours=1), grid=other)
    group = SpecialGroupFactory(code="clean", name="环境卫生组")
    RedTaskFactory(group=group, unit=unit)
    BlueTaskFactory(group=group, unit=second)
    BlueTaskFactory(group=group, unit=second, month=10)
    MonthTaskFactory(group=SpecialGroupFactory(), unit=unit)
    with time_machine.travel(AT, tick=False):
        rollups.rebuild(at=AT)
        yield


def shown(user=None, **parameters):
    names = directory(on=AT.date())
    return cockpit(chosen(parameters, user or UserFactory(role=Role.OFFICE), names, at=AT), names)


def told(board):
    return {kpi.title: (kpi.value, " ".join(filter(None, [kpi.alert, kpi.base]))) for kpi in kpis(board)}


def test_the_six_figures_of_the_city(city):
    assert told(shown()) == {
        "11 月红旗": ("1", "已标 2，未标 1"),
        "在办案件": ("2", "超时 1 快到期 0"),
        "按期结案率": ("50.0", "1／2"),
        "满意率": ("—", "0／0 人评价"),
        "巡查覆盖": ("0.0", "0／52 格次"),
        "志愿时长": ("0", "0 场活动"),
    }


def test_a_part_of_the_city_has_its_own(city):
    board = told(shown(area="community:232701100001"))

    assert (board["在办案件"][0], board["11 月红旗"]) == ("1", ("0", "已标 1，未标 0"))
    assert told(shown(area="unit:U1"))["按期结案率"] == ("50.0", "1／2")
    assert told(shown(area="group:clean"))["11 月红旗"] == ("1", "已标 2，未标 0")


def test_a_group_head_begins_with_the_own_group_and_a_leader_may_choose_the_own_communities(city):
    head = UserFactory(group_head=True)
    leader = UserFactory(role=Role.LEADER, leader=LeaderFactory())
    LeaderAssignmentFactory(leader=leader.leader, community=CommunityFactory())

    assert shown(head).choice.area.label == head.group.name
    assert shown(head, area="city").choice.area.label == "全市"
    assert shown(leader, area="mine").this.cases.filed == 2


def test_units_are_asked_about_for_late_cases_and_for_blue_in_a_row(city):
    assert [(line.unit.name, line.standing.overdue, line.blue_months) for line in shown().asked] == [
        ("示例单位 1", 1, 0),
        ("示例单位 2", 0, 2),
    ]


def test_the_board_asks_six_questions_at_most(city, django_assert_max_num_queries):
    user = UserFactory(role=Role.OFFICE)
    shown(user)

    with django_assert_max_num_queries(6):
        board = shown(user)
        kpis(board), board.asked, board.boards, board.flag_months


def test_the_pages_open_and_draw_the_same_numbers_as_table(client, city):
    client.force_login(UserFactory(role=Role.LEADER, leader=LeaderFactory()))

    page = BeautifulSoup(client.get("/cockpit/?compare=year").content, "html.parser")

    assert [kpi.h2.text for kpi in page.select("a.kpi")] == NAMES
    assert [len(table.select("tbody tr")) for table in page.select(".chart-data table")] == [2, 2]
    assert len(page.select(".city-map .map-grid")) == 2
    for by in BY:
        table = BeautifulSoup(client.get(f"/cockpit/figures/?by={by}&month=2026-11").content, "html.parser")
        assert len(table.select("tbody tr")) >= 1, by


def test_each_number_of_the_table_leads_to_just_its_cases(city):
    user = UserFactory(role=Role.OFFICE)
    names = directory(on=AT.date())
    closed = case_in(State.CLOSED, unit=UnitFactory(), at=MONDAY)
    actions.rate(closed, satisfaction=Satisfaction.DISSATISFIED, is_solved=False, at=AT - timedelta(hours=2))
    rollups.refresh(at=AT)
    table = figure_table(chosen({}, user, names, at=AT), names, by="unit", sort="")
    followed = 0
    for line in [*table.lines, table.total]:
        for name, cell in line.cells.items():
            if cell.url:
                followed += 1
                page = QueuePage(QueryDict(cell.url.partition("?")[2]), user=user, at=AT)
                assert len(page.rows) == page.total == expected(name, cell.text), (line.name, name)

    assert followed >= 12


def expected(name, text):
    """How many cases stand behind a cell: its number, or what its rate misses (or, of the bad ones, has)."""
    if "（" not in text:
        return int(text)
    numerator, denominator = (int(part) for part in text.partition("（")[2].rstrip("）").split("／"))
    return numerator if name in {"rework", "returning"} else denominator - numerator


def test_a_past_month_has_no_standing_and_an_unreadable_one_is_this(city):
    names = directory(on=AT.date())
    user = UserFactory()
    october = figure_table(chosen({"month": "2026-10"}, user, names, at=AT), names, by="unit", sort="open")

    assert [column.name for column in october.columns] == [n for n in COLUMNS if n not in {"open", "overdue"}]
    for text in ("2027-01", "x", "2020-01", ""):
        assert chosen({"month": text}, user, names, at=AT).month == Month(2026, 11)


@pytest.mark.once
def test_colours_step_by_one_for_few_and_evenly_for_many():
    assert [scale_of([4]).level(n) for n in range(6)] == [0, 1, 2, 3, 4, 4]
    assert scale_of([100]).legend("件")[0::2] == [(0, "0 件"), (2, "21–40 件"), (4, "61 件以上")]
