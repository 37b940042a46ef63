import datetime

import pytest
from bs4 import BeautifulSoup

from grids.models import Grid
from tests.factories.accounts import UnitFactory
from tests.factories.grids import (
    CommunityFactory,
    GridAssignmentFactory,
    GridFactory,
    LeaderAssignmentFactory,
    square,
)

WEST, SOUTH, SIZE = 122.528, 52.969, 0.002
INSIDE = {"lng": WEST + SIZE / 2, "lat": SOUTH + SIZE / 2}


@pytest.fixture
def grid(db):
    grid = GridFactory(code="232701100002012", name="阳光小区（示例）", boundary=square(WEST, SOUTH))
    GridAssignmentFactory(grid=grid, unit=UnitFactory(name="示例单位 15"), ended_on=datetime.date(2026, 6, 1))
    GridAssignmentFactory(grid=grid, unit=UnitFactory(name="示例单位 07"), started_on=datetime.date(2026, 6, 1))
    GridAssignmentFactory(grid=grid, unit=UnitFactory(name="示例单位 08"), kind="helper")
    LeaderAssignmentFactory(leader__name="示例领导甲", community=grid.community)
    LeaderAssignmentFactory(leader__name="示例领导乙", community=None, town=grid.community.town)
    return grid


@pytest.fixture
def others(grid):
    """A grid of another community, one elsewhere in the same, and one that is no more."""
    bridge = CommunityFactory(code="232701100003", name="桥北社区")
    return [
        GridFactory(community=bridge, code="232701100003012", name="江畔小区（示例）"),
        GridFactory(code="232701100002031", name="阳光里（示例）"),
        GridFactory(code="232701100002032", name="旧小区（示例）", ended_on=datetime.date(2026, 6, 1)),
    ]


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def words(tag):
    return " ".join(tag.get_text(" ").split())


def main(response):
    return words(soup(response).main)


def found(client, words):
    """The grids that the words lead to: those listed, or the one it goes straight to."""
    response = client.get("/grids/mine/", {"q": words})
    if response.status_code == 302:
        return [response["Location"].split("/")[2]]
    return [link["href"].split("/")[2] for link in soup(response).select(".rows a")]


# --- the map ---


def test_without_javascript_every_current_grid_is_a_link(client, others):
    page = soup(client.get("/grids/"))
    links = {a["href"]: words(a) for a in page.select(".grid-links a")}

    assert links == {
        "/grids/232701100002012/": "012 阳光小区（示例）",
        "/grids/232701100002031/": "031 阳光里（示例）",
        "/grids/232701100003012/": "012 江畔小区（示例）",
    }
    assert [s.text for s in page.select(".grid-list summary b")] == ["阳光社区", "桥北社区"]


def test_an_empty_city_says_so(client, db):
    assert "还没有划分网格" in main(client.get("/grids/"))


def test_no_request_of_the_map_leaves_the_machine(client, grid):
    page = soup(client.get("/grids/"))
    box = page.select_one("[data-map]")
    addresses = [tag.get("src") or tag.get("href") for tag in page.select("head script, head link")]

    assert all(address.startswith("/") for address in [*addresses, box["data-geojson-url"], box["data-locate-url"]])
    assert "data-tile-url" not in box.attrs
    assert page.select("script:not([src])") == []


def test_a_tile_layer_comes_from_the_settings_alone_with_its_attribution(client, grid, settings):
    settings.TILE_URL, settings.TILE_ATTRIBUTION = "https://tiles.example/{z}/{x}/{y}", "天地图 审图号（示例）"
    box = soup(client.get("/grids/")).select_one("[data-map]")

    assert (box["data-tile-url"], box["data-tile-attribution"]) == (settings.TILE_URL, settings.TILE_ATTRIBUTION)


def test_the_map_page_costs_the_same_for_many_grids(client, others, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        client.get("/grids/")


# --- my grid ---


def test_a_point_inside_says_whose_it_is(client, grid):
    response = client.post("/grids/mine/", INSIDE)

    assert "您在阳光社区 012 网格 由示例单位 07主责。" in main(response)
    assert soup(response).select_one("[data-map]")["data-selected"] == grid.code


def test_a_point_beside_says_how_far(client, grid):
    text = main(client.get("/grids/mine/", {"lng": WEST - 0.0002, "lat": SOUTH + SIZE / 2}))

    assert "您在阳光社区 012 网格边上，约 13 米" in text


def test_a_point_outside_says_what_to_do(client, grid):
    assert "这里不在网格里" in main(client.get("/grids/mine/", {"lng": 121, "lat": 52}))


def test_a_grid_without_a_lead_is_said_to_have_none(client, grid):
    grid.assignments.all().delete()

    assert "主责单位还没有定，由创城办安排" in main(client.post("/grids/mine/", INSIDE))


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("阳光小区", ["232701100002012"]),
        ("阳光", ["232701100002012", "232701100002031"]),
        ("012", ["232701100002012", "232701100003012"]),
        ("12", ["232701100002012", "232701100003012"]),
        ("阳光社区012网格", ["232701100002012"]),
        ("桥北 第 12 网格", ["232701100003012"]),
        ("232701100003012", ["232701100003012"]),
        ("阳光小区 3 号楼 2 单元", ["232701100002012"]),
        ("旧小区", []),
        ("没有这个", []),
        ("网格", ["232701100002012", "232701100002031", "232701100003012"]),
    ],
)
def test_words_lead_to_grids(client, others, words, codes):
    assert found(client, words) == codes


def test_nothing_found_says_what_to_try(client, grid):
    assert "换个写法再试" in main(client.get("/grids/mine/", {"q": "没有这个"}))


def test_many_found_ask_for_more_words(client, db):
    GridFactory.create_batch(60, name="示例小区")

    assert "还有没列出的" in main(client.get("/grids/mine/", {"q": "示例"}))


def test_no_question_leads_back_to_the_map(client, db):
    assert client.get("/grids/mine/")["Location"] == "/grids/"


@pytest.mark.parametrize("asked", [{"lng": "x", "lat": "1"}, {"lng": "999", "lat": "1"}, {"q": "长" * 61}])
def test_a_bad_question_is_told_so(client, db, asked):
    response = client.get("/grids/mine/", asked)

    assert response.status_code == 422
    assert soup(response).select_one("#error-summary li").text.strip()


# --- one grid ---


def test_a_grid_tells_who_answers_for_it(client, grid):
    facts = soup(client.get(grid.get_absolute_url())).select_one(".kv")
    told = {dt.text: words(dd) for dt, dd in zip(facts.select("dt"), facts.select("dd"), strict=True)}

    assert told == {
        "社区": "阳光社区",
        "网格名": "阳光小区（示例）",
        "主责单位": "示例单位 07",
        "协助单位": "示例单位 08",
        "包保领导": "示例领导甲 示例领导乙",
    }


def test_the_leads_before_are_for_staff(client, grid, liaison):
    public = main(client.get(grid.get_absolute_url()))
    client.force_login(liaison)
    staff = main(client.get(grid.get_absolute_url()))

    assert "示例单位 15" not in public
    assert "示例单位 15 2026-01-01 起，2026-06-01 止" in staff


def test_only_the_office_is_led_to_the_edit_page(client, grid, liaison, office):
    def has_link():
        return "改这个网格" in main(client.get(grid.get_absolute_url()))

    assert not has_link()
    client.force_login(liaison)
    assert not has_link()
    client.force_login(office)
    assert has_link()


def test_a_retired_grid_says_so(client, grid):
    Grid.objects.filter(pk=grid.pk).update(ended_on=datetime.date(2026, 8, 1))
    text = main(client.get(grid.get_absolute_url()))

    assert "从 2026 年 8 月 1 日起停用" in text
    assert "反映这里的问题" not in text


def test_an_unknown_grid_is_not_found(client, db):
    assert client.get("/grids/999/").status_code == 404
