"""The public boards over HTTP; staff see the same inside the workbench."""

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from common.revalidation import ready
from progress import actions
from progress.models import MonthTask, Publicity
from tests.factories.accounts import SpecialGroupFactory, UnitFactory, UserFactory
from tests.factories.progress import MARKED_AT, BlueTaskFactory, MonthTaskFactory, RedTaskFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_23rd"), pytest.mark.once]

YEAR = "/board/sanitation/2026/"
NOVEMBER = "/board/sanitation/2026/11/"
CITY = "/board/2026/11/"
CITY_YEAR = "/board/2026/"
UNIT = "/board/units/A/2026/"


def soup(response):
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


@pytest.fixture
def filled(group):
    """Two units on one board: one blue with a statement in November, one made good in October."""
    one, other = UnitFactory(code="A", name="示例单位 03"), UnitFactory(code="B", name="示例单位 07")
    RedTaskFactory(group=group, unit=one, month=10)
    BlueTaskFactory(group=group, unit=one, reason="水管冻裂，正在抢修", marked_by=UserFactory(name="示例人员丁"))
    BlueTaskFactory(group=group, unit=other, month=10, made_good_on="2026-11-08")
    MonthTaskFactory(group=group, unit=other)
    MonthTaskFactory(group=group, unit=other, month=12)
    return group


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("", CITY),
        ("?month=2026-02", "/board/2026/02/"),
        ("?group=sanitation&year=2025", "/board/sanitation/2025/"),
        ("?year=2025", "/board/2025/"),
        ("?group=sanitation&month=2025-12", "/board/sanitation/2025/12/"),
        pytest.param("?month=2026-13", CITY, id="no such month"),
        pytest.param("?month=--&group=nobody", CITY, id="nonsense"),
    ],
)
def test_the_choosers_lead_to_addresses_that_can_be_kept(client, group, asked, shown):
    assert client.get("/board/" + asked).headers["Location"] == shown


def test_the_city_page_shows_every_board_and_its_counts(client, filled):
    SpecialGroupFactory(name="基础设施组（示例）", position=filled.position + 1)
    page = soup(client.get(CITY))

    cards = page.select(".board-card")
    assert [card.h2.text for card in cards] == ["环境卫生组（示例）", "基础设施组（示例）"]
    assert [len(cards[0].select(f".flag-row .flag-{kind}")) for kind in ("red", "blue", "none")] == [0, 1, 1]
    assert "这个月没有任务" in cards[1].text
    assert page.select_one('[rel="prev"]')["href"] == "/board/2026/10/"


def test_the_year_is_a_real_table_with_headers_and_spoken_cells(client, filled):
    table = soup(client.get(YEAR)).select_one("table.board")

    assert [th.text for th in table.select("tbody th[scope=row]")] == ["示例单位 03", "示例单位 07"]
    assert [th.text for th in table.select("thead th.now")] == ["11 月（本月）"]
    cells = [cell.a["aria-label"] if cell.a else cell.text for cell in table.select("tbody tr")[1].select("td")]
    assert cells == ["—没有任务"] * 9 + ["补成，1 项任务", "未标，1 项任务", "—还没到", "0／1"]
    assert [cell.text for cell in table.select("tfoot td")] == ["—"] * 9 + ["1／2", "0／1", "—", "1／3"]


def test_blue_months_in_a_row_are_said_in_words_on_the_board_the_unit_page_and_the_city_page(client, filled):
    unit = UnitFactory(code="C", name="示例单位 12")
    for month in (9, 10, 11):
        BlueTaskFactory(group=filled, unit=unit, month=month)

    cells = [cell.a["aria-label"] for cell in soup(client.get(YEAR)).select("tbody tr:nth-child(3) td.in-a-row")]
    own = [cell.a["aria-label"] for cell in soup(client.get("/board/units/C/2026/")).select("td.in-a-row")]
    said = {
        address: [row.get_text(" ", strip=True) for row in soup(client.get(address)).select(".in-a-row-list li")]
        for address in (CITY, CITY_YEAR, YEAR)
    }

    assert cells == own == ["蓝旗，1 项任务", "蓝旗，1 项任务，连续第 2 个月", "蓝旗，1 项任务，连续第 3 个月"]
    span = "9 月至 11 月 蓝旗 连续 3 个月，还没断"
    whole = f"示例单位 12 环境卫生组（示例） {span}"
    assert said == {CITY: [whole], CITY_YEAR: [whole], YEAR: [f"示例单位 12 {span}"]}
    assert soup(client.get(CITY)).select_one(".in-a-row-line").get_text(" ", strip=True) == "连 连续蓝旗 1 个单位"


def test_a_units_page_is_come_to_without_a_year_and_from_every_board(client, filled):
    links = {soup(client.get(address)).find("a", string="示例单位 03")["href"] for address in (YEAR, NOVEMBER)}

    assert links == {UNIT}
    assert client.get("/board/units/A/").headers["Location"] == UNIT
    assert client.get("/board/units/A/?year=2025").headers["Location"] == "/board/units/A/2025/"
    assert "这一年还没有任务" in client.get("/board/units/A/2027/").text


def test_a_units_objections_stand_on_its_page_for_those_whose_business_they_are(client, filled, office):
    task = MonthTask.objects.get(unit__code="A", month=11)
    own = UserFactory(liaison=True, unit=task.unit)
    actions.object_to_flag(task, reason="材料是甲方没给", by=own, at=MARKED_AT)
    people = {"public": None, "own": own, "office": office, "stranger": UserFactory(liaison=True)}
    people |= {"leader": UserFactory(role=Role.LEADER), "operator": UserFactory(role=Role.OPERATOR)}
    readers = set()
    for name, person in people.items():
        client.logout()
        if person:
            client.force_login(person)
        if "材料是甲方没给" in client.get(UNIT).text:
            readers.add(name)

    assert readers == {"own", "office", "leader"}


def test_another_year_has_no_current_month(client, filled):
    page = soup(client.get("/board/sanitation/2025/"))

    assert page.select(".now") == []
    assert "这一年还没有任务" in page.text


def test_a_cell_leads_to_the_units_tasks_of_the_month(client, filled):
    link = soup(client.get(YEAR)).select_one("td.cell-blue a")["href"]
    address, anchor = link.split("#")

    listed = soup(client.get(address)).find(id=anchor)
    assert listed.h2.text == "示例单位 03"
    assert "水管冻裂，正在抢修" in listed.text


@pytest.mark.parametrize("address", [YEAR, NOVEMBER, UNIT])
def test_statements_are_public_until_the_office_keeps_them_to_itself(client, filled, office, address):
    assert "水管冻裂，正在抢修" in client.get(address).text
    actions.publish_boards(Publicity.FLAGS, by=office, at=MARKED_AT)
    public = client.get(address).text
    client.force_login(office)

    assert "水管冻裂" not in public
    assert "蓝旗" in public
    assert "水管冻裂，正在抢修" in client.get(address).text


@pytest.mark.parametrize("address", [CITY, CITY_YEAR, YEAR, NOVEMBER, UNIT])
def test_who_marked_a_flag_is_nowhere_public(client, filled, address):
    assert "示例人员丁" not in client.get(address).text


@pytest.mark.parametrize("address", [CITY, YEAR, NOVEMBER])
def test_staff_see_the_boards_in_the_workbench_and_only_the_office_may_mark(client, filled, liaison, office, address):
    def frame_and_button():
        page = soup(client.get(address))
        return bool(page.select_one("nav.side")), page.find("a", string="标 11 月的旗") is not None

    public = frame_and_button()
    client.force_login(liaison)
    for_a_unit = frame_and_button()
    client.force_login(office)

    assert (public, for_a_unit, frame_and_button()) == ((False, False), (True, False), (True, True))


@pytest.mark.parametrize(
    "address",
    [
        "/board/nobody/2026/",
        "/board/units/nobody/2026/",
        "/board/units/nobody/",
        "/board/nobody/2026/11/",
        "/board/2026/13/",
        "/board/26/",
    ],
)
def test_a_board_that_does_not_exist_is_not_found(client, filled, address):
    assert client.get(address).status_code == 404


def test_the_group_without_a_board_has_no_page(client):
    SpecialGroupFactory(code="supervision", has_board=False)

    assert client.get("/board/supervision/2026/").status_code == 404


def test_the_phones_list_shows_the_chosen_month(client, filled):
    page = soup(client.get(YEAR + "?month=2026-10"))

    chips = [(li.a.text, li.select_one(".flag-chip").text.strip()) for li in page.select(".board-list li")]
    assert chips == [("示例单位 03", "红旗"), ("示例单位 07", "补成")]


def test_made_good_says_when_and_stays_blue(client, filled):
    page = soup(client.get("/board/sanitation/2026/10/"))

    assert "11 月 8 日补成" in page.text
    assert page.select_one(".flag-counts").text == "红 1蓝 1（补成 1）未标 0"


@pytest.mark.parametrize("role", [None, Role.OFFICE])
@pytest.mark.parametrize("address", [CITY, CITY_YEAR, YEAR, NOVEMBER, UNIT])
def test_sixty_tasks_cost_as_many_queries_as_three(client, group, address, role):
    if role:
        client.force_login(UserFactory(role=role))

    def queries() -> int:
        ready.clear()
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    def three_tasks() -> None:
        for factory in (MonthTaskFactory, RedTaskFactory, BlueTaskFactory):
            factory(group=group, unit=unit)

    unit = UnitFactory(code="A")
    three_tasks()
    client.get(address)  # the session is written once
    with_three = queries()
    for _ in range(19):
        three_tasks()
        unit = UnitFactory() if address != UNIT else unit

    assert queries() == with_three <= (13 if role else 10)
