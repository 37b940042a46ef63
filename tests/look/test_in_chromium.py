import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

WIDTHS = [360, 768, 1440]


@pytest.fixture
def open_page(page, live_server, look_pages):
    def visit(path, width):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(live_server.url + path)
        return page

    return visit


def violations(page):
    found = Axe().run(page).response["violations"]
    return [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", ["/look/gallery/", "/look/form/"])
def test_axe_finds_nothing_and_nothing_sticks_out(open_page, path, width):
    page = open_page(path, width)

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_axe_finds_nothing_in_large_text(open_page, context, live_server):
    context.add_cookies([{"name": "elder", "value": "1", "url": live_server.url}])
    page = open_page("/look/gallery/", 360)

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('main p, main li, main td, main label, main button, nav a')]
        .filter(e => e.offsetParent).map(e => parseFloat(getComputedStyle(e).fontSize))"""
    )
    assert min(sizes) >= 18
    heights = page.evaluate(
        """() => [...document.querySelectorAll('main .btn, header .pill')]
        .filter(e => e.offsetParent).map(e => e.offsetHeight)"""
    )
    assert min(heights) >= 60


def test_targets_of_residents_are_44_px_high(open_page):
    page = open_page("/look/form/", 360)

    low = page.evaluate(
        """() => [...document.querySelectorAll('main .btn, main .form-control, main .opt, header .pill')]
        .filter(e => e.offsetParent && e.offsetHeight < 44).map(e => e.outerHTML)"""
    )
    assert low == []


def test_whatever_the_tab_key_reaches_shows_a_ring(open_page):
    page = open_page("/", 1440)
    without_ring, reached = [], 0
    for _ in range(30):
        page.keyboard.press("Tab")
        page.evaluate("document.getAnimations().forEach(one => one.finish())")
        reached += page.evaluate("document.activeElement.matches('.btn')")
        without_ring += page.evaluate(
            "[document.activeElement].filter(e => e !== document.body && getComputedStyle(e).boxShadow === 'none')"
            ".map(e => e.outerHTML)"
        )

    assert without_ring == []
    assert reached >= 2


# How high the strip is in which a finger meets the link: its own box, or the room around it.
REACHED = """links => links.filter(link => link.offsetParent && !link.closest('.skip')).map(link => {
    link.scrollIntoView({block: 'center'});
    const box = link.getClientRects()[0], x = box.left + 12, y = box.top + box.height / 2;
    const meets = far => link.contains(document.elementFromPoint(x, y + far));
    let up = 0, down = 0;
    while (up < 60 && meets(-up)) up += 1;
    while (down < 60 && meets(down)) down += 1;
    return [up + down, link.textContent.trim()];
})"""


@pytest.mark.parametrize(("elder", "least"), [("", 44), ("1", 60)])
def test_a_link_that_stands_alone_is_reached_by_a_finger(open_page, context, live_server, elder, least):
    context.add_cookies([{"name": "elder", "value": elder, "url": live_server.url}])
    for path, links in {
        "/": ".section-head a, .foot-links a",
        "/help/": ".contents a",
        "/news/": ".foot-links a",
    }.items():
        reached = open_page(path, 360).locator(links).evaluate_all(REACHED)

        assert [one for one in reached if one[0] < least] == []
        assert len(reached) >= 4


@pytest.mark.parametrize("elder", ["", "1"])
@pytest.mark.parametrize("width", [320, 360])
def test_the_tracking_code_stays_on_one_line(open_page, context, live_server, elder, width):
    context.add_cookies([{"name": "elder", "value": elder, "url": live_server.url}])
    code = open_page("/look/gallery/", width).locator(".code")

    height, line = code.evaluate("e => [e.offsetHeight, parseFloat(getComputedStyle(e).lineHeight)]")
    assert height <= line * 1.1
    assert code.evaluate("e => e.scrollWidth <= e.clientWidth")


def test_the_page_asks_nobody_but_its_own_server(page, open_page, live_server):
    asked, refused = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    open_page("/look/gallery/", 1440)

    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []
    assert refused == []


def test_a_refused_form_puts_the_reader_at_the_list_of_errors(open_page):
    page = open_page("/look/form/", 360)
    page.get_by_label("手机号").fill("1380000123")
    page.get_by_role("button", name="提交").click()

    assert page.evaluate("document.activeElement.id") == "error-summary"
    page.get_by_role("link", name="手机号应是 11 位").click()
    assert page.evaluate("document.activeElement.id") == "id_phone"
    assert page.get_by_label("手机号").input_value() == "1380000123"


def test_a_form_is_sent_once_however_often_it_is_pressed(open_page):
    page = open_page("/look/form/", 360)
    sent = []

    def swallow(route):
        if route.request.method != "POST":
            return route.continue_()
        sent.append(route.request.url)
        return route.fulfill(status=204)  # the page stays, as while an answer is awaited

    page.route("**/look/form/", swallow)
    page.get_by_role("button", name="提交").click()
    page.get_by_role("button", name="正在提交…").wait_for()
    page.evaluate("document.querySelector('main form').requestSubmit()")
    page.wait_for_timeout(200)

    assert len(sent) == 1
    assert page.get_by_role("button", name="正在提交…").is_disabled()


def test_the_counter_counts_and_says_when_it_is_too_much(open_page):
    page = open_page("/look/form/", 360)
    counter = page.locator("[data-counter=id_text]")
    page.get_by_label("说说情况").fill("单元门口积雪")

    assert counter.text_content() == "6／20"
    page.get_by_label("说说情况").fill("雪" * 21)
    assert "over" in counter.get_attribute("class")


def test_the_menu_opens_by_key_and_closes_by_escape(open_page):
    page = open_page("/look/form/", 360)
    menu = page.locator("details.menu-narrow")
    page.locator("details.menu-narrow summary").press("Enter")

    assert page.get_by_role("navigation", name="菜单").get_by_role("link", name="查进度").is_visible()
    page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None


def test_losing_the_network_is_said(open_page, context):
    page = open_page("/look/form/", 360)
    strip = page.locator("#offline")

    assert not strip.is_visible()
    context.set_offline(True)
    strip.wait_for()
    context.set_offline(False)
    strip.wait_for(state="hidden")
