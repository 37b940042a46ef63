import datetime
import json

import pytest
from bs4 import BeautifulSoup

from accounts.models import Role
from grids.models import Grid, GridAssignment, LeaderAssignment
from tests.factories.accounts import LeaderFactory, UnitFactory, UserFactory
from tests.factories.grids import (
    CommunityFactory,
    GridAssignmentFactory,
    GridFactory,
    LeaderAssignmentFactory,
    TownFactory,
    square,
)

pytestmark = pytest.mark.once

WEST, SOUTH, SIZE = 122.528, 52.969, 0.002
LIST = "/workbench/grids/"


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to("2026-11-23T09:00:00+08:00", tick=False)


@pytest.fixture
def grid(db):
    community = CommunityFactory(boundary=square(WEST - SIZE, SOUTH - SIZE, 4 * SIZE))
    return GridFactory(code="232701100002012", name="示例小区", community=community, boundary=square(WEST, SOUTH))


@pytest.fixture
def desk(signed_in, office):
    return signed_in(office)


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def words(tag):
    return " ".join(tag.get_text(" ").split())


def main(response):
    return words(soup(response).main)


def url(grid, what="edit"):
    return f"/workbench/grids/{grid.code}/{what}/"


def toast(client, response):
    return soup(client.get(response["Location"])).select_one(".toast span").text


def last_toast(client, response):
    return soup(client.get(response["Location"])).select(".toast span")[-1].text


# --- list ---


def listed(response):
    return [row.select_one("a")["href"].split("/")[2] for row in soup(response).select("tbody tr")]


@pytest.fixture
def city(grid):
    """012 led by 示例单位 07, 013 without a lead, 桥北 001 without a polygon, 014 retired."""
    GridAssignmentFactory(grid=grid, unit=UnitFactory(code="U-07", name="示例单位 07"))
    GridFactory(code="232701100002013", name="无主小区", boundary=square(WEST + SIZE, SOUTH))
    bridge = GridFactory(code="232701100003001", community=CommunityFactory(code="232701100003", name="桥北社区"))
    GridAssignmentFactory(grid=bridge)
    GridFactory(code="232701100002014", ended_on=datetime.date(2026, 6, 1))


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({}, ["232701100002012", "232701100002013", "232701100003001"]),
        ({"q": "桥北"}, ["232701100003001"]),
        ({"q": "13"}, ["232701100002013"]),
        ({"q": "232701100003"}, ["232701100003001"]),
        ({"q": "示例单位 07"}, ["232701100002012"]),
        ({"unit": "U-07"}, ["232701100002012"]),
        ({"community": "232701100003"}, ["232701100003001"]),
        ({"state": "no_lead"}, ["232701100002013"]),
        ({"state": "no_boundary"}, ["232701100003001"]),
        ({"state": "ended"}, ["232701100002014"]),
        ({"community": "nonsense", "state": "nonsense"}, ["232701100002012", "232701100002013", "232701100003001"]),
        ({"q": "没有这个"}, []),
    ],
)
def test_the_list_is_narrowed(desk, city, query, codes):
    assert listed(desk.get(LIST, query)) == codes


def test_the_list_shows_the_lead_of_today(desk, grid):
    GridAssignmentFactory(grid=grid, unit__name="示例单位 15", ended_on=datetime.date(2026, 11, 23))
    GridAssignmentFactory(grid=grid, unit__name="示例单位 07", started_on=datetime.date(2026, 11, 23))
    (row,) = soup(desk.get(LIST)).select("tbody tr")

    assert "示例单位 07" in row.text
    assert "示例单位 15" not in row.text


def test_the_list_is_paged(desk, grid):
    GridFactory.create_batch(60)
    first = desk.get(LIST, {"community": "232701100002"})
    following = soup(first).select_one("a[rel=next]")["href"]

    assert following == "?community=232701100002&page=2"
    assert (len(listed(first)), len(listed(desk.get(LIST + following)))) == (50, 11)


def test_the_list_costs_the_same_for_many_grids(desk, city, django_assert_max_num_queries):
    with django_assert_max_num_queries(20) as few:
        desk.get(LIST)
    for _ in range(10):
        GridAssignmentFactory()
        GridAssignmentFactory(kind="helper")
    with django_assert_max_num_queries(len(few)):
        desk.get(LIST)


def test_only_the_office_gets_ways_to_change(signed_in, grid, office, liaison):
    assert "加网格" in main(signed_in(office).get(LIST))
    assert "加网格" not in main(signed_in(liaison).get(LIST))


# --- who may ---


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OFFICE])
def test_nobody_but_the_office_changes_grids(signed_in, grid, role):
    belongs = {Role.LIAISON: {"liaison": True}, Role.GROUP_HEAD: {"group_head": True}}.get(role, {"role": role})
    client = signed_in(UserFactory(**belongs))
    pages = ["/workbench/grids/new/", "/workbench/grids/areas/", url(grid)]
    posts = [url(grid, what) for what in ("edit", "lead", "helpers", "end", "retire")]

    assert {client.get(page).status_code for page in pages} == {403}
    assert {client.post(address).status_code for address in posts} == {403}


def test_who_is_not_signed_in_signs_in_first(client, grid):
    assert client.get(url(grid))["Location"].startswith("/accounts/login/")
    assert client.post(url(grid, "retire"))["Location"].startswith("/accounts/login/")


# --- drawing ---


def drawn(grid, **changes):
    return {"name": grid.name, "boundary": json.dumps(grid.boundary), "version": grid.version} | changes


def test_the_office_renames_and_redraws(desk, grid):
    response = desk.post(url(grid), drawn(grid, name="新名", boundary=json.dumps(square(WEST, SOUTH, SIZE * 1.1))))
    grid.refresh_from_db()

    assert toast(desk, response) == "存好了阳光社区 012 网格的网格名和边界。"
    assert (grid.name, grid.boundary["coordinates"][0][1][0]) == ("新名", 122.5302)


@pytest.mark.parametrize(
    ("boundary", "said"),
    [
        ("", "在地图上画出网格的边界"),
        ("{broken", "不是完整的 GeoJSON"),
        (json.dumps(square(WEST + SIZE / 2, SOUTH)), "和阳光社区 013 网格重叠"),
        (json.dumps(square(WEST + 2.5 * SIZE, SOUTH)), "画到了阳光社区外面"),
    ],
)
def test_a_refused_drawing_is_kept_with_what_is_wrong(desk, grid, boundary, said):
    GridFactory(code="232701100002013", boundary=square(WEST + SIZE, SOUTH))
    response = desk.post(url(grid), drawn(grid, name="改了一半", boundary=boundary))
    page = soup(response)

    assert response.status_code == 422
    assert said in page.select_one("#error-summary").text
    assert page.select_one("#id_boundary").text.strip() == boundary
    assert page.select_one("#id_name")["value"] == "改了一半"


def test_who_saw_an_old_version_is_told(desk, grid):
    Grid.objects.update(version=3)
    response = desk.post(url(grid), drawn(grid))

    assert response.status_code == 409
    assert "刚刚改了阳光社区 012 网格" in main(response)


@pytest.mark.parametrize("version", ["", "x", "-1"])
def test_a_missing_version_is_an_old_one(desk, grid, version):
    assert desk.post(url(grid), drawn(grid, version=version)).status_code == 409


def test_the_polygon_can_be_written_without_the_map(desk, grid):
    field = soup(desk.get(url(grid))).select_one("details textarea#id_boundary")

    assert json.loads(field.text) == grid.boundary
    assert field["data-code"] == grid.code


def test_a_new_grid_leads_on_to_its_lead(desk, grid):
    form = {
        "community": "232701100002",
        "name": "新小区",
        "started_on": "2026-11-23",
        "boundary": json.dumps(square(WEST + SIZE, SOUTH)),
    }
    response = desk.post("/workbench/grids/new/", form)

    assert response["Location"] == "/workbench/grids/232701100002013/edit/"
    assert toast(desk, response) == "加了阳光社区 013 网格，编码 232701100002013。接着定主责单位。"


def test_a_new_grid_says_what_is_missing(desk, grid):
    response = desk.post("/workbench/grids/new/", {})

    assert response.status_code == 422
    assert [words(li) for li in soup(response).select("#error-summary li")] == [
        "选网格所在的社区。",
        "写网格名，一般是小区名。",
        "选一个启用日期。",
        "在地图上画出网格的边界。",
    ]


# --- who answers ---


def assigned(prefix, grid, unit, from_on="2026-11-23"):
    return {f"{prefix}-unit": unit.code, f"{prefix}-from_on": from_on, f"{prefix}-version": grid.version}


def test_the_office_changes_the_lead(desk, grid):
    GridAssignmentFactory(grid=grid)
    unit = UnitFactory(name="示例单位 07")
    response = desk.post(url(grid, "lead"), assigned("lead", grid, unit))

    assert toast(desk, response) == "示例单位 07从 2026-11-23 起主责阳光社区 012 网格。"
    assert grid.lead_on(datetime.date(2026, 11, 23)) == unit


def test_the_office_adds_a_helper_and_ends_it(desk, grid):
    unit = UnitFactory(name="示例单位 08")
    desk.post(url(grid, "helpers"), assigned("helper", grid, unit))
    row = GridAssignment.objects.get()
    response = desk.post(url(grid, "end"), {"assignment": row.pk, "on": "2026-11-30", "version": 1})

    assert last_toast(desk, response) == "示例单位 08协助阳光社区 012 网格到 2026-11-30 为止。"
    row.refresh_from_db()
    assert row.ended_on == datetime.date(2026, 11, 30)


def test_an_assignment_of_another_grid_is_not_found(desk, grid):
    other = GridAssignmentFactory()

    assert desk.post(url(grid, "end"), {"assignment": other.pk, "on": "2026-11-30", "version": 0}).status_code == 404


@pytest.mark.parametrize(("what", "prefix"), [("lead", "lead"), ("helpers", "helper")])
def test_no_unit_is_told_beside_the_field(desk, grid, what, prefix):
    response = desk.post(url(grid, what), {f"{prefix}-version": 0, f"{prefix}-from_on": "2026-11-23"})

    assert response.status_code == 422
    assert soup(response).select_one("#error-summary a")["href"] == f"#id_{prefix}-unit"


def test_a_refused_lead_is_said_in_words(desk, grid):
    lead = GridAssignmentFactory(grid=grid)
    response = desk.post(url(grid, "lead"), assigned("lead", grid, lead.unit))

    assert response.status_code == 409
    assert "已经是主责单位" in main(response)


def test_the_office_retires_a_grid(desk, grid):
    response = desk.post(url(grid, "retire"), {"retire-on": "2026-11-23", "retire-version": 0})

    assert toast(desk, response) == "阳光社区 012 网格已停用。它的编号不再给别的网格。"
    assert "这个网格已停用" in main(desk.get(url(grid)))


def test_a_unit_without_a_grid_is_taken_along_to_one(desk, grid):
    UnitFactory(code="U-12", name="示例单位 12")
    page = soup(desk.get(LIST, {"for": "U-12"}))
    chosen = soup(desk.get(page.select_one("tbody td.r a")["href"])).select("#id_helper-unit option[selected]")

    assert "示例单位 12" in page.select_one(".note").text
    assert [option["value"] for option in chosen] == ["U-12"]


def test_the_edit_page_costs_the_same_for_many_grids(desk, grid, django_assert_max_num_queries):
    with django_assert_max_num_queries(20) as few:
        desk.get(url(grid))
    for _ in range(5):
        GridAssignmentFactory(grid=grid, kind="helper")
        GridFactory(boundary=square(WEST + 1, SOUTH))
    with django_assert_max_num_queries(len(few)):
        desk.get(url(grid))


# --- leaders of areas ---

AREAS = "/workbench/grids/areas/"


def test_the_office_gives_an_area_a_leader_and_takes_it_back(desk, grid):
    LeaderFactory(code="L01", name="示例领导甲")
    form = {"area": grid.community.code, "leader": "L01", "from_on": "2026-11-01"}
    response = desk.post(AREAS, form)
    row = LeaderAssignment.objects.get()

    assert toast(desk, response) == "示例领导甲从 2026-11-01 起包保阳光社区。"
    response = desk.post(AREAS, {"end": "1", "assignment": row.pk, "on": "2026-11-23"})
    assert toast(desk, response) == "示例领导甲包保阳光社区到 2026-11-23 为止。"


def test_a_town_gets_a_leader_by_its_code(desk, grid):
    LeaderFactory(code="L01")
    desk.post(AREAS, {"area": "232701100", "leader": "L01", "from_on": "2026-11-01"})

    assert LeaderAssignment.objects.get().town == grid.community.town


def test_no_leader_and_no_such_area_are_told(desk, grid):
    LeaderFactory(code="L01")

    assert desk.post(AREAS, {"area": "232701100", "from_on": "2026-11-01"}).status_code == 422
    assert desk.post(AREAS, {"area": "999", "leader": "L01", "from_on": "2026-11-01"}).status_code == 404


# --- coverage ---


def test_coverage_counts_and_names_the_gaps(desk, city):
    UnitFactory(name="闲着的单位")
    UnitFactory(name="停用的单位", is_active=False)
    TownFactory(code="232701101", name="图强镇")
    LeaderAssignmentFactory(community=CommunityFactory(code="232701100002"))
    page = soup(desk.get("/workbench/grids/coverage/"))
    figures = [words(kpi) for kpi in page.select(".kpi")]

    assert figures == [
        "网格有主责单位 2 ／3 66%，还差 1 个",
        "单位有网格 2 ／3 66%，还差 1 个",
        "镇和社区有领导 1 ／4 25%，还差 3 个",
        "网格有边界 2 ／3 66%，还差 1 个",
    ]
    assert [a["href"] for a in page.select("#no-lead a")] == ["/workbench/grids/232701100002013/edit/"]
    assert "闲着的单位" in page.select_one("#no-grid").text
    assert "停用的单位" not in page.text
    assert {li.a["href"] for li in page.select("#no-leader li")} == {
        f"/workbench/grids/areas/#area-{code}" for code in ("232701100", "232701101", "232701100003")
    }


def test_an_assignment_that_ended_covers_nothing(desk, grid):
    GridAssignmentFactory(grid=grid, ended_on=datetime.date(2026, 11, 23))
    figures = [words(kpi) for kpi in soup(desk.get("/workbench/grids/coverage/")).select(".kpi")]

    assert figures[:2] == ["网格有主责单位 0 ／1 0%，还差 1 个", "单位有网格 0 ／1 0%，还差 1 个"]


def test_of_nothing_coverage_says_a_dash(desk):
    assert [kpi.select_one(".big").text for kpi in soup(desk.get("/workbench/grids/coverage/")).select(".kpi")] == [
        "—"
    ] * 4


def test_everybody_on_the_staff_reads_coverage_but_only_the_office_mends(signed_in, city, liaison):
    page = soup(signed_in(liaison).get("/workbench/grids/coverage/"))

    assert [a["href"] for a in page.select("#no-lead a")] == ["/grids/232701100002013/"]
    assert page.select("#no-leader a") == []
