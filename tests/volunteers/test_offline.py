"""The patroller's phone in a real Chromium, with the network cut on the way."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from complaints.models import Channel, Complaint
from tests.factories.complaints import jpeg
from volunteers.models import Finding, PatrolLog

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
TODAY = "/workbench/patrols/"


@pytest.fixture
def phone(page, context, live_server, liaison, grid):
    """A narrow page, signed in as the liaison, with today's patrols open and ready to lose the network."""
    client = Client()
    client.force_login(liaison)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(TODAY)
    page.wait_for_function(
        """async () => {
          const cache = await caches.open("patrol-pages-1");
          return (await cache.keys()).length === 2 && Boolean(await caches.match("/api/v1/grids/"));
        }"""
    )
    return page


def photos():
    return [{"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": jpeg(c)} for n, c in enumerate(("red", "blue"))]


def violations(page):
    found = Axe().run(page).response["violations"]
    return [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]]


def begin(phone):
    phone.get_by_role("link", name="开始巡查").first.click()
    phone.locator("[data-new-finding]").wait_for()


def note_garbage(phone):
    phone.get_by_role("button", name="记一个问题").click()
    phone.get_by_label("哪一类问题").select_option("garbage")
    phone.get_by_label("什么情况").fill("垃圾箱满溢，箱外堆了 5 袋")
    phone.locator("[data-finding-editor] input[type=file]").set_input_files(photos())
    expect(phone.locator("[data-shots] li")).to_have_count(2)
    phone.get_by_role("button", name="记下这个问题").click()


def test_a_patrol_without_network_arrives_once_with_its_case_when_the_network_is_back(phone, context, grid, liaison):
    assert violations(phone) == []
    begin(phone)
    assert violations(phone) == []
    context.set_offline(True)
    phone.reload()  # the page itself comes from the phone now
    phone.locator("label.patrol-problem").nth(1).click()
    note_garbage(phone)
    phone.get_by_role("button", name="结束巡查（1 个问题）").click()

    expect(phone.locator("[data-queue-title]")).to_have_text("存好了，还没上传")
    expect(phone.locator("[data-queue-list] > li")).to_have_count(2)
    expect(phone.get_by_role("button", name="立即上传（没有网络）")).to_be_disabled()
    assert violations(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") == 360
    assert not PatrolLog.objects.exists()

    phone.reload()  # whoever closes the browser meanwhile loses nothing
    expect(phone.locator("[data-queue-list] > li")).to_have_count(2)
    context.set_offline(False)
    expect(phone.locator("[data-queue-title]")).to_have_text("都上传了")
    phone.reload()
    expect(phone.locator("[data-queue-title]")).to_have_text("都上传了")

    log, case = PatrolLog.objects.get(), Complaint.objects.get()
    assert (log.grid, log.by, log.checks) == (grid, liaison, {"garbage": "problem"})
    assert (case.channel, case.grid, case.photos.count()) == (Channel.PATROL, grid, 2)
    assert Finding.objects.get().complaint == case


def test_signing_out_says_what_waits_and_then_clears_the_phone(phone, context):
    begin(phone)
    context.set_offline(True)
    phone.get_by_role("button", name="没有问题，结束巡查").click()
    expect(phone.locator("[data-queue-title]")).to_have_text("存好了，还没上传")
    # Out of reach on the way up, back for the sign-out.
    phone.route("**/api/v1/patrols/", lambda route: route.abort())
    context.set_offline(False)
    phone.locator("details.menu-small summary").click()
    phone.get_by_role("button", name="退出登录").click()

    expect(phone.locator("[data-leave]")).to_contain_text("有 1 次巡查还没上传，退出会删掉。")
    phone.get_by_role("button", name="删掉并退出").click()
    phone.wait_for_url("**/")
    kept = "async () => [(await indexedDB.databases()).length, (await caches.keys()).length]"
    assert phone.evaluate(kept) == [0, 0]
    assert not PatrolLog.objects.exists()
