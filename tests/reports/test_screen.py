"""The big screen: who may look, what is never on it, and what it does when the network is gone."""

import re
from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup

from accounts.models import Role
from audit.models import Entry
from common.errors import DomainError
from common.revisions import read_once
from complaints import actions
from complaints.models import Complaint
from complaints.workflow import State
from reports import rollups
from reports.actions import screens
from reports.models import ScreenLink
from reports.screen import screen
from tests.factories.accounts import SpecialGroupFactory, UnitFactory, UserFactory
from tests.factories.complaints import MONDAY, PHONE, case_in, filed
from tests.factories.grids import GridFactory, square
from tests.factories.progress import RedTaskFactory

pytestmark = pytest.mark.django_db
AT = MONDAY + timedelta(hours=8)
CLOSED = "这块大屏没有打开"


@pytest.fixture
def city():
    grid = GridFactory(boundary=square(122.5, 52.9))
    case_in(State.CLOSED, point=(122.501, 52.901), text="三号楼张三家门口堆满了纸箱。", place="3 号楼 2 单元")
    RedTaskFactory(group=SpecialGroupFactory(name="环境卫生组"))
    with time_machine.travel(AT, tick=False):
        rollups.rebuild(at=AT)
        yield grid


def test_a_link_opens_it_until_it_is_revoked(client, city):
    office = UserFactory()
    link, key = screens.open_screen(name="大厅", by=office, at=AT)

    before = client.get("/screen/").content.decode()
    entered = client.get(f"/screen/open/{key}/")
    opened, part = client.get("/screen/").content.decode(), client.get("/screen/scenes/")
    screens.revoke_screen(link, by=office, at=AT)
    after, part_after = client.get("/screen/").content.decode(), client.get("/screen/scenes/")

    assert (CLOSED in before, CLOSED in opened, CLOSED in after) == (True, False, True)
    assert (entered["Location"], entered.cookies["screen"]["path"], key in opened) == ("/screen/", "/screen/", False)
    assert (part.status_code, part["Cache-Control"]) == (200, "private, no-store")
    assert (part_after.status_code, part_after["Location"]) == (302, "/screen/")
    assert client.get("/workbench/").status_code == 302
    assert [entry.verb for entry in Entry.objects.order_by("pk")][-2:] == ["建立大屏链接", "停用大屏链接"]
    with pytest.raises(DomainError, match="已经停用"):
        screens.revoke_screen(link, by=office, at=AT)


def test_a_wrong_key_opens_nothing_and_leaves_no_cookie(client, city):
    response = client.get("/screen/open/wrong/")

    assert not response.cookies
    assert CLOSED in client.get("/screen/").content.decode()


def test_the_office_makes_links_and_sees_each_once(client, city):
    client.force_login(UserFactory(role=Role.OFFICE))

    page = client.post("/workbench/screens/", {"name": "指挥中心大厅"}).content.decode()
    key = re.search(r"/screen/open/([\w-]+)/", page).group(1)
    again = client.get("/workbench/screens/").content.decode()
    empty = client.post("/workbench/screens/", {"name": ""})
    link = ScreenLink.objects.get()
    client.post(f"/workbench/screens/{link.pk}/revoke/")

    assert screens.screen_of(key, at=AT) is None
    assert (key in again, "指挥中心大厅" in again) == (False, True)
    assert (empty.status_code, "停用时好认" in empty.content.decode()) == (422, True)


def test_nothing_personal_is_on_it_and_nothing_of_a_confidential_case(client, city):
    filed(at=AT - timedelta(hours=1), is_confidential=True, point=(122.501, 52.901))
    client.force_login(UserFactory(role=Role.LEADER, name="示例人员丁"))

    page = client.get("/screen/").content.decode()

    lines = [line.text for line in BeautifulSoup(page, "html.parser").select(".screen-ticker li")]
    assert [line.rpartition("：")[2] for line in lines] == ["已办结", "单位办完，待核查", "已派给单位", "收到"]
    for secret in ("张三", "纸箱", "3 号楼", PHONE, "示例人员丁"):
        assert secret not in page, secret


def test_it_asks_what_is_open_and_what_happened_and_what_has_changed(city, django_assert_num_queries):
    unit = UnitFactory()
    for _ in range(2):
        case_in(State.CLOSED, point=(122.501, 52.901), unit=unit)
        screen(at=AT)
        with django_assert_num_queries(3), read_once():
            screen(at=AT)


def test_it_shows_at_once_what_was_published_and_taken_back(client, city):
    client.force_login(UserFactory())
    case = Complaint.objects.get()
    office = {"by": UserFactory(), "at": AT}

    def fixed():
        page = BeautifulSoup(client.get("/screen/scenes/").content, "html.parser")
        return [title.text for title in page.select(".screen-fixed h3")]

    told = [fixed()]
    actions.publish(case, title="楼道清理干净了", text="楼道里堆了东西。", result="已经清走。", photos=[], **office)
    told.append(fixed())
    actions.unpublish(case, **office)
    assert [*told, fixed()] == [[], ["楼道清理干净了"], []]


@pytest.mark.journey
def test_without_network_the_last_picture_stays_and_says_how_old_it_is(page, context, live_server, transactional_db):
    from django.utils import timezone  # noqa: PLC0415 -- the browser has the real clock

    now = timezone.now()
    GridFactory(boundary=square(122.5, 52.9))
    rollups.rebuild(at=now - timedelta(minutes=12))
    _, key = screens.open_screen(name="大厅", by=UserFactory(), at=now)
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(f"{live_server.url}/screen/open/{key}/")

    first = page.locator("[data-scene].on h2").inner_text()
    context.set_offline(True)
    page.keyboard.press("ArrowRight")

    assert page.locator("[data-scene].on").count() == 1
    assert page.locator("[data-scene].on h2").inner_text() != first
    page.locator("#screen-stale", has_text="网络断了").wait_for()
    assert re.match(r"网络断了，已 1[23] 分钟没有新数据", page.locator("#screen-stale").inner_text())
    assert not page.locator("#offline").is_visible()
    assert page.evaluate("document.documentElement.scrollHeight") == 1080
