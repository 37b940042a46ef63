"""Before a second report of the same thing: what a resident is told of the first, and how they follow it."""

from datetime import timedelta

import pytest
from django.test import Client

from common.models import Fact
from complaints import actions
from complaints.actions.intake import NOTICE_VERSION
from complaints.models import Complaint, Draft, ProblemGroup, Reporter
from complaints.workflow import State
from tests.complaints.public.walk import (
    CONTACT,
    NEW,
    RATE,
    RECEIPT,
    TRACK,
    code_on,
    errors,
    say_what,
    say_where,
    soup,
    submit,
    words,
)
from tests.factories.accounts import UserFactory
from tests.factories.complaints import HOUR, MONDAY, case_in, filed
from tests.factories.grids import GridFactory, square

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_noon")]

ALIKE, PHOTOS = "/complaints/new/alike/", "/complaints/new/photos/"
HERE = (122.529, 52.97)
METRE = 1 / 111_320
MY_PHONE = "13900005678"


def here(metres_north: float = 0) -> dict:
    return {"point": (HERE[0], HERE[1] + metres_north * METRE)}


@pytest.fixture
def grid():
    return GridFactory(name="示例小区", boundary=square(122.528, 52.969))


def come_to_place(client, **where):
    say_what(client)
    return say_where(client, **({"longitude": HERE[0], "latitude": HERE[1]} | where))


def offered(client) -> list[str]:
    links = soup(client.get(ALIKE)).select("main a[href*='/follow/']")
    return [link["href"].split("/")[-2] for link in links]


def test_what_is_near_alike_and_open_is_offered_before_the_photos_and_nothing_else(client, grid):
    near, nearer = filed(**here(40)).complaint, filed(**here(-10)).complaint
    filed(**here(60))
    filed(**here(), group=ProblemGroup.GARBAGE)
    filed(**here(), is_confidential=True)
    filed(**here(), at=MONDAY - timedelta(days=2))
    case_in(State.REJECTED, **here())

    assert come_to_place(client).url == ALIKE
    assert offered(client) == [nearer.number, near.number]


def test_who_chose_a_grid_is_offered_the_newest_of_the_same_kind_in_it(client, grid):
    older, newer = filed(grid=grid).complaint, filed(grid=grid, at=MONDAY + HOUR).complaint
    filed(grid=GridFactory())

    assert come_to_place(client, longitude="", latitude="", grid=grid.code).url == ALIKE
    assert offered(client) == [newer.number, older.number]


def test_the_offer_tells_nothing_that_somebody_wrote_and_no_distance(client, grid):
    filed(**here(33), text="王示例家门口积雪，电话 13800001234。", place="示例小区 3 号楼 2 单元")
    come_to_place(client)

    page = words(client.get(ALIKE))

    assert [said for said in ("王示例", "13800001234", "3 号楼", "33", "米") if said in page] == []
    assert [said for said in ("清扫和积雪", "示例小区", "3 小时前反映", "等待受理") if said not in page] == []


def test_nothing_alike_leads_straight_on_and_so_does_saying_no(client, grid):
    assert come_to_place(client).url == PHOTOS
    filed(**here())
    assert come_to_place(client).url == ALIKE
    assert soup(client.get(ALIKE)).select_one(".action-bar .btn-primary")["href"] == PHOTOS
    client.post(PHOTOS)
    assert submit(client).url == RECEIPT
    assert Complaint.objects.count() == 2


def follow(client, case, **data):
    return client.post(f"/complaints/new/follow/{case.number}/", {"phone": MY_PHONE} | data)


def test_following_gives_a_code_of_ones_own_that_tells_the_progress_but_no_words(client, grid):
    mine = filed(**here())
    come_to_place(client)

    assert follow(client, mine.complaint).url == RECEIPT
    code = code_on(client.get(RECEIPT))
    follower = Reporter.objects.get(is_follower=True)
    assert code.replace("-", "") != mine.code
    assert (follower.complaint, follower.phone) == (mine.complaint, MY_PHONE)
    assert Draft.objects.count() == 1 and client.session["drafts"] == []

    other = Client()
    page = words(other.post(TRACK, {"code": code, "tail": MY_PHONE[-4:]}, follow=True))
    assert "您关注的这一件" in page and "收到反映" in page
    assert mine.complaint.text not in page and mine.complaint.place not in page


def notice(response) -> str:
    return "".join(soup(response).select_one("details.note").get_text().split())


def test_the_notice_names_only_what_its_page_asks_for_and_its_version_is_kept(client, grid):
    """Other words are another version: change NOTICE_VERSION with them."""
    mine = filed(**here())
    come_to_place(client)
    following = notice(client.get(f"/complaints/new/follow/{mine.complaint.number}/"))
    client.post(PHOTOS)
    contact = client.get(CONTACT)
    consent = soup(contact).select_one("label[for=id_may_contact] b, label[for=id_may_contact]").get_text()

    assert NOTICE_VERSION == "2026-11-26"
    assert following == (
        "我们怎么用您的信息电话只用来查这件事的进度、办完告诉您，加密保存。办结180天后自动删除。不要身份证号。"
        "办理单位看不到您是谁。有疑问请找漠河市创城办。看全部说明"
    )
    assert notice(contact) == (
        "我们怎么用您的信息电话和称呼只用于办理和回访这件事，加密保存。办结180天后自动删除。"
        "不要身份证号，照片里的拍摄位置会自动去掉。"
        "没有勾选“办理单位可以直接联系我”，办理单位就看不到您是谁。有疑问请找漠河市创城办。看全部说明"
    )
    assert "办理单位可以直接联系我" in consent
    follow(client, mine.complaint)
    assert Reporter.objects.get(is_follower=True).notice_version == NOTICE_VERSION


def test_a_follower_hears_of_the_closing_and_rates_nothing(client, grid):
    case = case_in(State.HANDLED, at=MONDAY - timedelta(hours=6), **here())
    come_to_place(client)
    follow(client, case)
    actions.pass_verification(case, by=UserFactory(), at=MONDAY + HOUR)

    page = client.get("/complaints/track/case/")
    assert "办完了" in words(page) and case.result in words(page)
    assert soup(page).select("#rate") == []

    client.post(RATE, {"satisfaction": "1", "is_solved": "no"})
    case.refresh_from_db()
    assert (case.state, case.rated_at) == (State.CLOSED, None)


def test_pressed_twice_there_is_one_follower(client, grid):
    case = filed(**here()).complaint
    come_to_place(client)
    draft = client.session["drafts"][0][0]

    keys = {actions.follow(case, contact=actions.Contact(MY_PHONE), key=draft, at=MONDAY).key for _ in range(2)}

    assert (len(keys), Reporter.objects.filter(is_follower=True).count()) == (1, 1)


def test_a_case_that_was_not_offered_cannot_be_followed(client, grid):
    hidden = filed(**here(), is_confidential=True).complaint
    far = filed(point=(122.6, 52.97)).complaint
    come_to_place(client)

    answers = [follow(client, case).url for case in (hidden, far)] + [follow(Client(), far).url]

    assert answers == [ALIKE] * 3
    assert Reporter.objects.filter(is_follower=True).count() == 0


def test_a_wrong_phone_is_named_and_too_many_are_refused_in_words(client, grid, settings):
    case = filed(**here()).complaint
    come_to_place(client)

    assert errors(follow(client, case, phone="1390000567")) == ["手机号应是 11 位，现在是 10 位。"]
    settings.INTAKE_PER_CLIENT_HOUR = 0
    refused = follow(client, case)
    assert refused.status_code == 429 and refused["Retry-After"]
    assert errors(refused)[0].startswith("这个网络上一小时内关注得太多了")


def test_the_office_says_how_near_and_how_lately_is_alike(client, grid):
    filed(**here(80))
    Fact.write("complaint_tuning", {"duplicate_metres": 100})
    assert come_to_place(client).url == ALIKE
    Fact.write("complaint_tuning", {"duplicate_metres": 100, "duplicate_hours": 2})
    assert come_to_place(client).url == PHOTOS


def test_without_a_place_there_is_nothing_to_compare(client):
    assert client.get(ALIKE).url == NEW
