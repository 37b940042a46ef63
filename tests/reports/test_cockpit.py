"""The cockpit: the figures of the chosen part and month, and two clicks from each to its cases."""

from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.http import QueryDict

from accounts.models import Role, Unit, User
from common.months import Month
from complaints import actions
from complaints.models import Complaint
from complaints.models.complaint import Satisfaction
from complaints.queue_page import QueuePage
from complaints.workflow import State
from grids.models import Community, Grid
from reports import rollups
from reports.cockpit.board import cockpit
from reports.cockpit.choice import chosen
from reports.cockpit.kpis import kpis
from reports.cockpit.levels import scale_of
from reports.cockpit.tables import BY, COLUMNS, figure_table, live
from reports.directory import directory
from reports.rollups.reading import open_now
from tests.factories import crew
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
    names = directory(AT.date())
    choice = chosen(parameters, user or UserFactory(role=Role.OFFICE), names, on=AT.date())
    return cockpit(choice, names, open_now(at=AT, scope=choice.area.scope))


def table(user, by="unit", sort="", **parameters):
    names = directory(AT.date())
    choice = chosen(parameters, user, names, on=AT.date())
    return figure_table(choice, names, live(choice, by=by, at=AT), by=by, sort=sort)


def told(board):
    return {kpi.title: (kpi.value, " ".join(filter(None, [kpi.alert, kpi.base]))) for kpi in kpis(board)}


def test_the_six_figures_of_the_city(city):
    assert told(shown()) == {
        "11 月红旗": ("1", "蓝旗 1，未标 1"),
        "在办案件": ("2", "超时 1 快到期 0"),
        "按期结案率": ("50.0", "1／2"),
        "满意率": ("—", "0／0 人评价"),
        "巡查覆盖": ("0.0", "0／52 格次"),
        "志愿时长": ("0", "0 场活动"),
    }


def test_a_part_of_the_city_has_its_own(city):
    board = told(shown(area="community:232701100001"))

    assert (board["在办案件"][0], board["11 月红旗"]) == ("1", ("0", "蓝旗 1，未标 0"))
    assert told(shown(area="unit:U1"))["按期结案率"] == ("50.0", "1／2")
    assert told(shown(area="group:clean"))["11 月红旗"] == ("1", "蓝旗 1，未标 0")


def test_each_figure_leads_to_the_page_of_its_month_and_area(city):
    def led(**parameters):
        return {kpi.title: kpi.url for kpi in kpis(shown(**parameters))}

    october = led(month="2026-10")
    unit = led(month="2026-10", area="unit:U1")

    assert october["志愿时长"] == "/workbench/activities/figures/?month=2026-10"
    assert (october["10 月红旗"], unit["10 月红旗"]) == ("/board/2026/10/", "/board/units/U1/2026/")
    assert unit["巡查覆盖"] == "/workbench/patrols/calendar/?unit=U1&month=2026-10"
    assert led(area="group:clean")["11 月红旗"] == "/board/clean/2026/11/"


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


def test_the_pages_ask_for_what_is_open_and_remember_the_rest(client, city, django_assert_num_queries):
    """Besides, session, user, what has changed (once) and unread notices."""
    client.force_login(UserFactory(role=Role.OFFICE))
    for page, statements in (("/cockpit/", 5), ("/cockpit/figures/", 7)):
        client.get(page)
        with django_assert_num_queries(statements):
            client.get(page)
        Complaint.objects.filter(state=State.HANDLING).update(due_at=AT + timedelta(days=statements))
        with django_assert_num_queries(statements):
            client.get(page)


def test_what_changes_is_on_the_next_page(client, city):
    leader = UserFactory(role=Role.LEADER, leader=LeaderFactory())
    client.force_login(leader)
    group = SpecialGroupFactory(code="roads", name="道路交通组")

    def told():
        page = BeautifulSoup(client.get("/cockpit/").content, "html.parser")
        areas = [option.text for option in page.select("#area option")]
        return [kpi.select_one(".big").text.split()[0] for kpi in page.select("a.kpi")], areas

    (before, areas), filing = told(), case_in(State.CLOSED, at=AT - timedelta(days=2))
    actions.rate(filing, satisfaction=Satisfaction.SATISFIED, is_solved=True, at=AT - timedelta(hours=1))
    case_in(State.ACCEPTED)
    live, _ = told()
    rollups.refresh(at=AT)
    counted, _ = told()
    RedTaskFactory(group=group)
    care = crew.activity(starts_at=AT - timedelta(hours=4), hours=2)
    crew.served(care, crew.volunteer())
    crew.confirmed(care)
    new = GridFactory(community=CommunityFactory(code="232701100009", name="新社区"))
    LeaderAssignmentFactory(leader=leader.leader, community=new.community)
    after, named = told()

    assert (before, live) == (["1", "2", "50.0", "—", "0.0", "0"], ["1", "3", "50.0", "—", "0.0", "0"])
    assert (counted, after) == (["1", "3", "66.6", "100.0", "0.0", "0"], ["2", "3", "66.6", "100.0", "0.0", "2"])
    assert {"我的包保", "新社区"} <= set(named) - set(areas)


def test_who_steers_sees_the_same_numbers_and_only_leaders_write_instructions(client, city):
    def told(user, area):
        client.force_login(user)
        page = BeautifulSoup(client.get(f"/cockpit/?area={area}").content, "html.parser")
        return [kpi.text for kpi in page.select("a.kpi")], bool(page.select(".write-on")), "我的包保" in page.text

    leader, other = (UserFactory(role=Role.LEADER, leader=LeaderFactory()) for _ in range(2))
    LeaderAssignmentFactory(leader=leader.leader, community=CommunityFactory(code="232701100001"))
    office = UserFactory(role=Role.OFFICE)
    city_wide = told(office, "city")[0]

    assert told(leader, "city") == (city_wide, True, True)
    assert told(other, "city") == (city_wide, True, False)
    assert told(office, "city") == (city_wide, False, False)
    assert told(leader, "mine")[0] == told(office, "community:232701100001")[0] != city_wide
    assert told(other, "mine")[0] == told(office, "mine")[0] == city_wide


def test_the_pages_open_and_draw_the_same_numbers_as_table(client, city):
    client.force_login(UserFactory(role=Role.LEADER, leader=LeaderFactory()))

    page = BeautifulSoup(client.get("/cockpit/?compare=year").content, "html.parser")

    assert [kpi.h2.text for kpi in page.select("a.kpi")] == NAMES
    assert [len(table.select("tbody tr")) for table in page.select(".chart-data table")] == [2, 2]
    assert len(page.select(".city-map .map-grid")) == 2
    for by in BY:
        lines = BeautifulSoup(client.get(f"/cockpit/figures/?by={by}&month=2026-11").content, "html.parser")
        assert len(lines.select("tbody tr")) >= 1, by


AREAS = {
    "city": ("unit", 12, ""),
    "unit:U1": ("channel", 6, ""),
    "group:clean": ("grid", 8, "示例单位 1、示例单位 2"),
    "community:232701100001": ("unit", 4, ""),
    "mine": ("unit", 12, "松苑社区、阳光社区等 3 个社区"),
}


@pytest.mark.parametrize("area", AREAS)
def test_each_number_of_the_table_leads_to_just_its_cases(city, area):
    by, fewest, chip = AREAS[area]
    user = UserFactory(role=Role.LEADER, leader=LeaderFactory())
    communities = [*Community.objects.all(), GridFactory(community__code="232701100007").community]
    for community in communities:
        LeaderAssignmentFactory(leader=user.leader, community=community)
    closed = case_in(State.CLOSED, unit=UnitFactory(), at=MONDAY, grid=Grid.objects.first())
    actions.rate(closed, satisfaction=Satisfaction.DISSATISFIED, is_solved=False, at=AT - timedelta(hours=2))
    rollups.refresh(at=AT)
    told = table(user, by=by, area=area)
    followed = 0
    for line in [*told.lines, told.total]:
        for name, cell in line.cells.items():
            if cell.url:
                followed += 1
                page = QueuePage(QueryDict(cell.url.partition("?")[2]), user=user, at=AT)
                assert len(page.rows) == page.total == expected(name, cell.text), (line.name, name)

    assert followed >= fewest
    total = QueuePage(QueryDict(told.total.cells["filed"].url.partition("?")[2]), user=user, at=AT)
    assert [words for words, _ in total.chips] == [*([chip] if chip else []), "2026 年 11 月收到"]


def test_the_lines_of_what_has_no_place_unit_or_class_lead_to_their_cases_too(city):
    office = UserFactory(role=Role.OFFICE)
    case_in(State.RECEIVED, at=AT - timedelta(hours=1), grid=None)
    rollups.refresh(at=AT)

    def led(by, name):
        line = next(line for line in table(office, by=by).lines if line.name == name)
        page = QueuePage(QueryDict(line.cells["filed"].url.partition("?")[2]), user=office, at=AT)
        return int(line.cells["filed"].text), page.total, page.chips[0][0]

    assert led("grid", "没有定位") == led("community", "没有定位") == (1, 1, "没有定位")
    assert led("unit", "还没有派给单位") == (2, 2, "还没有派给单位")
    assert led("major", "还没有定类") == (2, 2, "还没有定类")
    major = Complaint.objects.exclude(category=None)[0].category.major_name
    assert led("major", major) == (2, 2, f"大类：{major}")


def test_what_a_unit_returned_is_found_after_it_went_to_another(city):
    office = UserFactory(role=Role.OFFICE)
    first, second = Unit.objects.filter(code__in=["U1", "U2"]).order_by("code")
    case = case_in(State.DISPATCHED, unit=first, at=MONDAY)
    liaison = User.objects.get(unit=first, role=Role.LIAISON)
    actions.return_to_office(case, reason="不归我们管。", by=liaison, at=MONDAY + timedelta(hours=4))
    actions.dispatch(case, to=second, by=office, at=MONDAY + timedelta(hours=5))
    rollups.refresh(at=AT)

    def led(unit):
        cell = next(line for line in table(office).lines if line.name == unit.name).cells["returning"]
        return cell.text, QueuePage(QueryDict(cell.url.partition("?")[2]), user=office, at=AT).total if cell.url else 0

    assert led(first) == ("33.3%（1／3）", 1)
    assert led(second) == ("0.0%（0／1）", 0)


def test_the_units_to_ask_about_lead_to_their_cases_in_the_chosen_area(city):
    unit = Unit.objects.get(code="U1")
    here, there = Community.objects.order_by("-code")
    case_in(State.HANDLING, unit=unit, grid=there.grids.get())
    rollups.refresh(at=AT)

    def led(area):
        line = next(line for line in shown(area=area).asked if line.unit.code == "U1")
        addresses = (line.open_url, line.overdue_url, line.late_url)
        pages = [QueuePage(QueryDict(one.partition("?")[2]), user=UserFactory(), at=AT) for one in addresses]
        return (line.standing.open, line.standing.overdue), [page.total for page in pages]

    assert led("city") == ((2, 1), [2, 1, 1])
    assert led("group:clean") == ((2, 1), [2, 1, 1])
    assert led(f"community:{here.code}") == ((1, 1), [1, 1, 1])


def expected(name, text):
    """How many cases stand behind a cell: its number, or what its rate misses (or, of the bad ones, has)."""
    if "（" not in text:
        return int(text)
    numerator, denominator = (int(part) for part in text.partition("（")[2].rstrip("）").split("／"))
    return numerator if name in {"rework", "returning"} else denominator - numerator


def test_a_past_month_has_no_standing_and_an_unreadable_one_is_this(city):
    names = directory(AT.date())
    user = UserFactory()
    october = table(user, sort="open", month="2026-10")

    assert [column.name for column in october.columns] == [n for n in COLUMNS if n not in {"open", "overdue"}]
    for text in ("2027-01", "x", "2020-01", ""):
        assert chosen({"month": text}, user, names, on=AT.date()).month == Month(2026, 11)


@pytest.mark.once
def test_colours_step_by_one_for_few_and_evenly_for_many():
    assert [scale_of([4]).level(n) for n in range(6)] == [0, 1, 2, 3, 4, 4]
    assert scale_of([100]).legend("件")[0::2] == [(0, "0 件"), (2, "21–40 件"), (4, "61 件以上")]
