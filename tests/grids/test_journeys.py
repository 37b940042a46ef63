"""The map in a real Chromium: finding one's grid on a phone, drawing a polygon, picking a point, importing."""

import json

import pytest
import shapely
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import expect

from grids.models import Grid
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.grids import (
    CommunityFactory,
    GridAssignmentFactory,
    GridFactory,
    LeaderAssignmentFactory,
    square,
)
from tests.grids.importing import whole_city

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

WEST, SOUTH, SIZE = 122.528, 52.969, 0.002
PHONE = {"width": 360, "height": 740}
WIDTHS = [360, 768, 1440]


@pytest.fixture
def city():
    """Two grids side by side in a community with room around them; the first has a lead."""
    community = CommunityFactory(boundary=square(WEST - SIZE, SOUTH - SIZE, 4 * SIZE))
    first = GridFactory(code="232701100002001", name="示例小区甲", community=community, boundary=square(WEST, SOUTH))
    GridFactory(code="232701100002002", name="示例小区乙", community=community, boundary=square(WEST + SIZE, SOUTH))
    GridAssignmentFactory(grid=first, unit=UnitFactory(name="示例单位 07"))
    LeaderAssignmentFactory(community=community, leader__name="示例领导甲")
    return first


@pytest.fixture
def office(context, live_server, transactional_db):
    """Signed in at the creation office."""
    user = UserFactory()
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": live_server.url}])
    return user


def is_complaint(message):
    # Chromium calls a refused form (422) an error.
    return message.type == "error" and "422" not in message.text


@pytest.fixture
def open_page(page, live_server):
    """Open a page and fail at the end on anything the browser complained of or asked another server for."""
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if is_complaint(message) else None)
    page.on("response", lambda answer: complaints.append(answer.url) if answer.status >= 500 else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith((live_server.url, "data:", "blob:")) else complaints.append(request.url)
        ),
    )

    def visit(path, width=1440):
        page.set_viewport_size({"width": width, "height": 1200})
        page.goto(live_server.url + path)
        return page

    yield visit
    assert complaints == []


def violations(page):
    found = Axe().run(page).response["violations"]
    return [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]]


def no_wider_than(page, width):
    return page.evaluate("document.documentElement.scrollWidth") == width


# --- the public map ---


def test_a_resident_finds_who_answers_by_tapping_the_map_on_a_phone(open_page, city):
    page = open_page("/grids/", 360)
    page.locator("path.map-grid").first.click()

    card = page.locator("#grid-card")
    expect(card.get_by_role("heading")).to_have_text("阳光社区 001 网格")
    expect(card).to_contain_text("示例单位 07")
    expect(card).to_contain_text("示例领导甲")
    card.get_by_role("link", name="看这个网格").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("阳光社区 001 网格")


def test_a_resident_finds_their_grid_by_position(open_page, context, city):
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"longitude": WEST + SIZE / 2, "latitude": SOUTH + SIZE / 2})
    page = open_page("/grids/", 360)
    page.get_by_role("button", name="用我的位置").click()

    expect(page.locator("#grid-where")).to_have_text("阳光社区 001 网格，示例小区甲主责单位：示例单位 07。")
    expect(page.locator("#grid-card h2")).to_have_text("阳光社区 001 网格")


def test_a_refused_position_says_what_else_to_do(open_page, context, city):
    page = open_page("/grids/", 360)
    page.get_by_role("button", name="用我的位置").click()

    expect(page.locator("#grid-where")).to_contain_text("可以点地图选位置，或者从列表里选网格")


def test_the_map_is_used_by_keys_alone(open_page, city):
    page = open_page("/grids/", 768)
    page.locator("path.map-grid").first.wait_for()
    page.locator("[data-map]").focus()
    page.keyboard.press("Enter")

    expect(page.locator("#grid-card h2")).to_have_text("阳光社区 002 网格")
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(400)
    page.keyboard.press("Enter")
    expect(page.locator("#grid-card h2")).to_have_text("阳光社区 001 网格")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
        page.wait_for_timeout(400)
    page.keyboard.press("Enter")
    expect(page.locator("#grid-card")).to_have_text("这里不在网格里。点地图上的网格，看谁负责。")


def test_without_javascript_the_list_leads_to_the_grid(browser, live_server, city):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE, locale="zh-CN")
    page = context.new_page()
    page.goto(live_server.url + "/grids/")
    page.get_by_text("2 个网格").click()
    page.get_by_role("link", name="001 示例小区甲").click()

    assert "示例单位 07" in page.inner_text("main")
    context.close()


def test_a_map_that_cannot_be_loaded_leaves_a_sentence(page, live_server, city):
    page.route("**/api/v1/grids/", lambda route: route.abort())
    page.goto(live_server.url + "/grids/")

    expect(page.locator("[data-map]")).to_have_text("地图没有打开。没有地图也能用：从列表里选网格。")


def test_nothing_moves_while_the_map_comes_in(open_page, city):
    page = open_page("/grids/", 360)
    page.locator("path.map-grid").first.wait_for()
    shift = page.evaluate(
        """() => new Promise((done) => {
          let sum = 0;
          new PerformanceObserver((list) => list.getEntries().forEach((e) => (sum += e.value)))
            .observe({ type: "layout-shift", buffered: true });
          setTimeout(() => done(sum), 300);
        })"""
    )

    assert shift < 0.02


PUBLIC = ["/grids/", "/grids/232701100002001/", f"/grids/mine/?lng={WEST}&lat={SOUTH}", "/grids/mine/?q=阳光"]


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_on_the_public_pages(open_page, city, path, width):
    page = open_page(path, width)
    page.wait_for_load_state("networkidle")

    assert violations(page) == []
    assert no_wider_than(page, width)


def test_targets_on_the_public_map_are_44_px_high(open_page, city):
    page = open_page("/grids/", 360)
    page.locator(".leaflet-control-zoom-in").wait_for()
    low = page.evaluate(
        """() => [...document.querySelectorAll('main .btn, main input, main summary, main .leaflet-bar a')]
        .filter((e) => e.offsetParent && e.offsetHeight < 44).map((e) => e.outerHTML)"""
    )

    assert low == []


def test_in_large_text_the_map_still_fits(open_page, context, live_server, city):
    context.add_cookies([{"name": "elder", "value": "1", "url": live_server.url}])
    page = open_page("/grids/", 360)
    page.locator("path.map-grid").first.click()

    assert violations(page) == []
    assert no_wider_than(page, 360)


# --- the office draws ---


def stored(code):
    return shapely.from_geojson(json.dumps(Grid.objects.get(code=code).boundary))


def test_the_office_draws_a_new_grid_beside_the_others(open_page, office, city):
    page = open_page("/workbench/grids/new/")
    page.get_by_label("社区").select_option("232701100002")
    page.get_by_label("网格名").fill("新小区")
    box = page.locator("[data-draw] .map").bounding_box()
    page.get_by_role("button", name="画边界").click()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    # The community fills the map; the two grids lie just south of its middle.
    corners = [(-60, -130), (60, -130), (60, -60), (-60, -60), (-60, -130)]
    for east, south in corners:
        page.mouse.click(middle[0] + east, middle[1] + south)
        page.wait_for_timeout(150)
    assert json.loads(page.locator("#id_boundary").input_value())["type"] == "Polygon"
    page.get_by_role("button", name="加上这个网格").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("阳光社区 003 网格")
    assert stored("232701100002003").area > 0


def test_the_office_drags_a_corner_and_it_snaps_to_the_neighbour(open_page, office, city):
    Grid.objects.filter(code="232701100002001").update(boundary=square(WEST, SOUTH, SIZE * 0.97))
    page = open_page("/workbench/grids/232701100002001/edit/")
    page.locator(".leaflet-editing-icon").first.wait_for()
    before = page.locator("#id_boundary").input_value()
    # Of the corners the one furthest east and south on the screen.
    icons = [icon.bounding_box() for icon in page.locator(".leaflet-editing-icon").all()]
    corner = max(icons, key=lambda box: box["x"] + box["y"])
    x, y = corner["x"] + corner["width"] / 2, corner["y"] + corner["height"] / 2
    neighbour = page.evaluate("""() => {
      const paths = [...document.querySelectorAll("path.map-grid:not(.on)")].map((p) => p.getBoundingClientRect());
      return [paths[0].left, paths[0].bottom];
    }""")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(neighbour[0] - 4, neighbour[1] - 4, steps=5)
    page.mouse.up()
    after = page.locator("#id_boundary").input_value()

    assert after != before
    assert [WEST + SIZE, SOUTH] in [[round(x, 6), round(y, 6)] for x, y in json.loads(after)["coordinates"][0]]
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".toast")).to_contain_text("存好了")


def test_a_drawing_over_a_neighbour_is_refused_with_its_name_and_kept(open_page, office, city):
    page = open_page("/workbench/grids/232701100002001/edit/")
    page.get_by_text("边界文字").click()
    page.locator("#id_boundary").fill(json.dumps(square(WEST + SIZE / 2, SOUTH)))
    page.get_by_role("button", name="保存").click()

    expect(page.locator("#error-summary")).to_contain_text("和阳光社区 002 网格重叠")
    assert json.loads(page.locator("#id_boundary").input_value()) == square(WEST + SIZE / 2, SOUTH)
    page.locator(".leaflet-editing-icon").first.wait_for()


STAFF = ["/workbench/grids/", "/workbench/grids/232701100002001/edit/", "/workbench/grids/new/",
         "/workbench/grids/coverage/", "/workbench/grids/areas/", "/workbench/import/"]  # fmt: skip


@pytest.mark.parametrize("path", STAFF)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_on_the_staff_pages(open_page, office, city, path, width):
    page = open_page(path, width)
    page.wait_for_load_state("networkidle")

    assert violations(page) == []
    assert no_wider_than(page, width)


# --- import ---


@pytest.mark.parametrize("width", [360, 1440])
def test_a_city_is_imported_by_preview_and_confirmation(open_page, office, tmp_path, width):
    for source in whole_city():
        (tmp_path / source.name).write_bytes(source.content)
    page = open_page("/workbench/import/", width)
    page.locator("#id_chosen").set_input_files(sorted(tmp_path.iterdir()))
    page.get_by_role("button", name="检查文件").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("导入预览")
    assert violations(page) == []
    assert no_wider_than(page, width)
    page.get_by_role("button", name="确认导入").click()

    expect(page.locator(".toast")).to_contain_text("导入完成")
    assert Grid.objects.count() == 2


def test_axe_finds_nothing_on_the_list_of_faults(open_page, office, tmp_path):
    (tmp_path / "towns.csv").write_text("镇编码,镇名\n1,\n")
    page = open_page("/workbench/import/", 360)
    page.locator("#id_chosen").set_input_files(tmp_path / "towns.csv")
    page.get_by_role("button", name="检查文件").click()

    expect(page.locator("#error-summary")).to_contain_text("应是 9 位数字，现在是 1 位")
    assert violations(page) == []
    assert no_wider_than(page, 360)


# --- the map as other pages use it ---


@pytest.fixture
def map_pages(settings):
    settings.ROOT_URLCONF = "tests.grids.map_pages"


def chosen(page):
    return page.locator("#lng").input_value(), page.locator("#lat").input_value(), page.locator("#grid").input_value()


def test_a_tap_picks_a_point_and_says_whose_it_is(open_page, city, map_pages):
    page = open_page("/picker/", 360)
    page.locator("path.map-grid").first.click()

    expect(page.locator("#where")).to_have_text("阳光社区 001 网格，示例小区甲主责单位：示例单位 07。")
    longitude, latitude, grid = chosen(page)
    assert WEST < float(longitude) < WEST + SIZE
    assert SOUTH < float(latitude) < SOUTH + SIZE
    assert len(longitude.split(".")[1]) == 6
    assert grid == "232701100002001"


def test_the_pin_can_be_dragged_to_the_next_grid(open_page, city, map_pages):
    page = open_page("/picker/", 768)
    page.locator("path.map-grid").first.click()
    page.locator("#where:not([hidden])").wait_for()
    page.wait_for_timeout(500)
    pin = page.locator(".map-pin").bounding_box()
    page.mouse.move(pin["x"] + 15, pin["y"] + 20)
    page.mouse.down()
    target = page.locator("path.map-grid:not(.on)").first.bounding_box()
    page.mouse.move(target["x"] + target["width"] / 2, target["y"] + target["height"] / 2, steps=5)
    page.mouse.up()

    expect(page.locator("#where")).to_have_text("阳光社区 002 网格，示例小区乙主责单位还没有定，由创城办安排。")
    assert chosen(page)[2] == "232701100002002"


def test_a_point_beside_the_grids_is_kept_and_said(open_page, context, city, map_pages):
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"longitude": WEST - 0.001, "latitude": SOUTH})
    page = open_page("/picker/", 360)
    page.get_by_role("button", name="用我现在的位置").click()

    expect(page.locator("#where")).to_contain_text("这里不在网格里")
    assert chosen(page) == (f"{WEST - 0.001:.6f}", f"{SOUTH:.6f}", "")
    page.get_by_role("button", name="不标位置").click()
    assert chosen(page) == ("", "", "")
    expect(page.locator("#where")).to_be_hidden()
    expect(page.locator(".map-pin")).to_have_count(0)


def test_a_position_counts_even_where_the_map_cannot_be_opened(page, context, live_server, city, map_pages):
    page.route("**/api/v1/grids/", lambda route: route.abort())
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"longitude": WEST + SIZE / 2, "latitude": SOUTH + SIZE / 2})
    page.goto(live_server.url + "/picker/")
    page.get_by_role("button", name="用我现在的位置").click()

    expect(page.locator("#where")).to_contain_text("主责单位：示例单位 07")
    assert chosen(page)[2] == "232701100002001"


def test_a_point_that_was_entered_before_is_shown_again(open_page, city, map_pages):
    page = open_page(f"/picker/?lng={WEST + SIZE / 2}&lat={SOUTH + SIZE / 2}", 360)

    expect(page.locator("#where")).to_contain_text("阳光社区 001 网格")
    expect(page.locator(".map-pin")).to_have_count(1)


def test_a_grid_chosen_from_the_list_is_shown_without_a_point(open_page, city, map_pages):
    page = open_page("/picker/", 360)
    page.locator("path.map-grid").first.wait_for()
    page.locator("#grid").select_option("232701100002002")

    expect(page.locator("path.map-grid.on")).to_have_count(1)
    assert chosen(page) == ("", "", "232701100002002")


def test_the_point_of_a_case_stays_where_it_is(open_page, city, map_pages):
    page = open_page(f"/point/?point={WEST + SIZE / 2},{SOUTH + SIZE / 2}", 360)
    page.locator("path.map-grid.on").wait_for()
    grid, pin = page.locator("path.map-grid.on").bounding_box(), page.locator(".map-pin").bounding_box()

    assert abs((pin["x"] + 15) - (grid["x"] + grid["width"] / 2)) < 3
    assert abs((pin["y"] + 36) - (grid["y"] + grid["height"] / 2)) < 3
    page.locator("path.map-grid:not(.on)").first.click()
    assert page.locator(".map-pin").bounding_box() == pin
