import datetime

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Role
from common.clock import CITY_TIME
from publicity.actions import ledger as actions
from publicity.ledger_stats import Counted, work_by_month
from publicity.models import Pledge, Work
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.complaints import jpeg

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 11, 23, 9, tzinfo=CITY_TIME)
TODAY = NOW.date()
LEDGER, PLEDGES = "/workbench/publicity/", "/workbench/pledges/"


@pytest.fixture(autouse=True)
def _on_the_23rd():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def office(db):
    return UserFactory(name="示例人员甲")


@pytest.fixture
def desk(client, office):
    client.force_login(office)
    return client


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def faults(response):
    return [error.text.strip() for error in soup(response).select(".field-error")]


def pledged(office, **changes):
    said = {"unit": UnitFactory(), "speaker": "主要负责人", "text": "每天巡查。", "pledged_on": TODAY}
    return actions.write_pledge(actions.PledgeDraft(**said | changes), by=office, at=NOW)


def entered(office, kind=Work.Kind.SCREEN, done_on=TODAY, amount=1, **changes):
    return actions.enter_work(actions.WorkDraft(kind, "播放", done_on, amount=amount, **changes), by=office, at=NOW)


def typed(**changes):
    return {"version": 0, "kind": "screen", "title": "播放", "done_on": "2026-11-23", "amount": "58"} | changes


# --- pledges ----------------------------------------------------------------------------------------------------------


def test_a_pledge_is_read_by_everybody_once_it_is_public(desk, office):
    unit = UnitFactory(name="示例单位 07")
    said = {"version": 0, "unit": unit.pk, "speaker": "主要负责人", "pledged_on": "2026-11-23", "text": "每天巡查。"}
    refused = desk.post(PLEDGES + "new/", said | {"unit": "", "text": ""})
    desk.post(PLEDGES + "new/", said)
    pledge = Pledge.objects.get()
    hidden = [desk.get(url).status_code for url in ("/pledges/", pledge.get_absolute_url())]
    desk.post(f"{PLEDGES}{pledge.pk}/", said | {"is_public": "on"})
    desk.logout()
    listed = soup(desk.get("/pledges/")).select_one("a.title")

    assert faults(refused) == ["选单位。", "写发言。"]
    assert hidden == [200, 404]
    assert (listed.text, listed["href"]) == ("示例单位 07", pledge.get_absolute_url())
    assert "每天巡查。" in soup(desk.get(listed["href"])).select_one(".prose").text


def test_who_saves_a_pledge_against_an_older_version_is_told_and_keeps_what_was_typed(desk, office):
    pledge = pledged(office)
    said = {"version": 0, "unit": pledge.unit_id, "speaker": "负责人", "pledged_on": "2026-11-23"}
    desk.post(f"{PLEDGES}{pledge.pk}/", said | {"text": "别人写的。"})
    answer = desk.post(f"{PLEDGES}{pledge.pk}/", said | {"text": "我写的。"})
    page = soup(answer)

    assert (answer.status_code, page.select_one("[name=text]").text.strip()) == (409, "我写的。")
    again = said | {"text": "我写的。", "version": page.select_one("form [name=version]")["value"]}
    assert desk.post(f"{PLEDGES}{pledge.pk}/", again).status_code == 302


def test_the_public_list_is_ready_until_a_pledge_changes(client, office, django_assert_num_queries):
    pledged(office, is_public=True)
    client.get("/pledges/")
    with django_assert_num_queries(1):
        client.get("/pledges/")
    pledged(office, is_public=True)

    assert len(soup(client.get("/pledges/")).select("a.title")) == 2


# --- the ledger -------------------------------------------------------------------------------------------------------


def test_work_is_entered_with_its_photo_changed_and_removed(desk):
    photo = SimpleUploadedFile("IMG_1.jpg", jpeg(), "image/jpeg")
    desk.post(LEDGER + "new/", typed(photo=photo, link="https://example.cn/a"))
    work = Work.objects.get()
    url = soup(desk.get(LEDGER)).select_one("img")["src"]
    picture = desk.get(url)
    content, name = b"".join(picture.streaming_content), work.picture.file.name
    stale = [desk.post(f"{LEDGER}{work.pk}/", typed(amount="60")).status_code for _ in range(2)]
    kept = soup(desk.get(LEDGER)).select_one("img")["src"]
    desk.post(f"{LEDGER}{work.pk}/remove/")

    assert (content[:2], picture["Content-Security-Policy"]) == (b"\xff\xd8", "default-src 'none'; sandbox")
    assert (stale, kept) == ([302, 409], url)
    assert not Work.objects.exists()
    assert default_storage.exists(name)  # until the deletion is committed, which no test does


@pytest.mark.once
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kind": ""}, "选类型。"),
        ({"amount": "很多"}, "数量写成整数，例如 58。"),
        ({"link": "javascript:alert(1)"}, "链接写完整，例如 https://example.cn/a。"),
        ({"done_on": "昨天"}, "日期写成 2026-12-03 这样。"),
    ],
)
def test_what_is_not_right_is_refused_in_words(desk, changes, sentence):
    answer = desk.post(LEDGER + "new/", typed(**changes))

    assert (answer.status_code, faults(answer)) == (422, [sentence])
    assert not Work.objects.exists()


def test_each_month_tells_times_and_amount_of_each_kind(desk, office, django_assert_max_num_queries):
    october = datetime.date(2026, 10, 31)
    for kind, day, amount in (
        (Work.Kind.SCREEN, TODAY, 58),
        (Work.Kind.SCREEN, TODAY, 2),
        (Work.Kind.MEDIA, TODAY, 1),
        (Work.Kind.SCREEN, october, 58),
    ):
        entered(office, kind, day, amount)
    told = [(str(line.month), line.counted[0], line.counted[4]) for line in work_by_month()]
    with django_assert_max_num_queries(12):
        page = soup(desk.get(LEDGER + "?kind=media"))

    assert told == [("2026-11", Counted(2, 60), Counted(1, 1)), ("2026-10", Counted(1, 58), Counted())]
    assert [cell.text for cell in page.select("tbody tr")[0].select("td")] == ["2（60）", "—", "—", "—", "1（1）"]
    assert len(page.select("ul.rows li")) == 1


@pytest.mark.once
@pytest.mark.parametrize("role", [Role.OPERATOR, Role.GUIDANCE, Role.AUDITOR])
def test_nobody_else_opens_the_desks(client, office, role):
    pledge, work = pledged(office), entered(office)
    client.force_login(UserFactory(role=role))
    urls = (PLEDGES, f"{PLEDGES}{pledge.pk}/", LEDGER, f"{LEDGER}{work.pk}/")

    assert [client.get(url).status_code for url in urls] == [403] * 4
    assert client.post(f"{LEDGER}{work.pk}/remove/").status_code == 403
