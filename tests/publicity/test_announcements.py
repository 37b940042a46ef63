import datetime

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from common.clock import CITY_TIME
from common.errors import DomainError, StaleRecord
from common.models import SAMPLE_DATA, Fact
from publicity import actions
from publicity.models import Announcement, Picture, Section
from publicity.stats import latest_news
from tests.factories.accounts import UserFactory
from tests.factories.complaints import jpeg

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 11, 23, 9, tzinfo=CITY_TIME)
TODAY = NOW.date()
NEW = "/workbench/news/new/"


@pytest.fixture(autouse=True)
def _on_the_23rd():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def office(db):
    return UserFactory(name="示例人员甲")


def draft(**changes):
    said = {"section": Section.UNDER_WAY, "title": "清雪", "dated_on": TODAY, "text": "昨夜降雪。\n\n今早都清了。"}
    return actions.Draft(**said | changes)


def written(office, *, published=False, **changes):
    announcement = actions.write(draft(**changes), by=office, at=NOW)
    if published:
        actions.publish(announcement, by=office, at=NOW)
    return announcement


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def opened(client, url):
    """What an address answers; a file is read to its end, which closes it."""
    response = client.get(url)
    if response.streaming:
        assert b"".join(response.streaming_content).startswith(b"\xff\xd8")
    return response


def typed(**changes):
    said = {"version": 0, "section": "under-way", "title": "清雪", "dated_on": "2026-11-23", "text": "今早都清了。"}
    return said | changes


def test_the_office_writes_looks_publishes_and_withdraws_and_the_public_sees_just_what_is_published(client, office):
    client.force_login(office)
    photo = SimpleUploadedFile("IMG_1.jpg", jpeg(), "image/jpeg")
    answer = client.post(NEW, typed(photo=photo, photo_words="清过雪的路"))
    announcement = Announcement.objects.get()
    preview = client.get(answer["Location"])
    picture = soup(preview).select_one("article img")
    public, shown = announcement.get_absolute_url(), []

    def what_everybody_sees():
        client.logout()
        codes = [opened(client, url).status_code for url in (public, picture["src"])]
        titles = [title.text for title in soup(client.get("/news/")).select("h2 a")]
        client.force_login(office)
        return [*codes, titles, [news.title for news in latest_news(5)]]

    shown.append(what_everybody_sees())
    for version, move in ((0, "publish"), (1, "withdraw"), (2, "publish")):
        client.post(f"/workbench/news/{announcement.pk}/{move}/", {"version": version})
        shown.append(what_everybody_sees())

    assert picture["alt"] == "清过雪的路"
    assert opened(client, picture["src"])["Content-Security-Policy"] == "default-src 'none'; sandbox"
    hidden, open_to_all = [404, 404, [], []], [200, 200, ["清雪"], ["清雪"]]
    assert shown == [hidden, open_to_all, hidden, open_to_all]


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.OFFICE, Role.LIAISON, Role.GROUP_HEAD)])
def test_nobody_else_opens_the_desk_or_a_draft(client, office, role):
    announcement = written(office)
    client.force_login(UserFactory(role=role))
    desk = [client.get(url).status_code for url in ("/workbench/news/", NEW, f"/workbench/news/{announcement.pk}/")]
    moves = [client.post(f"/workbench/news/{announcement.pk}/{move}/").status_code for move in ("publish", "withdraw")]

    assert desk + moves == [403] * 5
    assert client.get(announcement.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"section": ""}, "选一个栏目。"),
        ({"title": ""}, "写标题。"),
        ({"dated_on": "2026-13-01"}, "日期写成 2026-12-03 这样。"),
        ({"text": ""}, "写正文。"),
        ({"photo": b"<svg/>"}, "这个文件不是能用的照片。请传 JPG、PNG 或 WebP 格式的照片。"),
        ({"photo": jpeg()}, "写一句照片说明，例如：志愿者在清扫人行道。"),
    ],
)
def test_what_is_not_right_is_refused_in_words_and_kept(client, office, changes, sentence):
    client.force_login(office)
    if "photo" in changes:
        changes = {"photo": SimpleUploadedFile("a.jpg", changes["photo"], "image/jpeg")}
    answer = client.post(NEW, typed(**changes))

    assert answer.status_code == 422
    assert [error.text.strip() for error in soup(answer).select(".field-error")] == [sentence]
    assert soup(answer).select_one("[name=title]").get("value") in {"清雪", None}
    assert not Announcement.objects.exists()


def test_who_saves_against_an_older_version_is_told_and_keeps_what_was_typed(client, office):
    announcement = written(office)
    actions.rewrite(Announcement.objects.get(), draft(title="清雪了"), by=office, at=NOW)
    client.force_login(office)
    url = f"/workbench/news/{announcement.pk}/edit/"
    answer = client.post(url, typed(title="我写的标题"))
    page = soup(answer)

    assert (answer.status_code, page.select_one("[name=title]")["value"]) == (409, "我写的标题")
    assert "刚刚被别人改过" in page.select_one(".note").text
    assert (
        client.post(url, typed(title="我写的标题", version=page.select_one("[name=version]")["value"])).status_code
        == 302
    )
    with pytest.raises(StaleRecord):
        actions.publish(announcement, by=office, at=NOW)


def test_an_announcement_is_not_published_before_its_day(office):
    tomorrow = written(office, dated_on=TODAY + datetime.timedelta(days=1))

    with pytest.raises(DomainError, match="日期还没到"):
        actions.publish(tomorrow, by=office, at=NOW)


def test_a_picture_that_is_replaced_or_dropped_leaves_no_file(client, office, django_capture_on_commit_callbacks):
    client.force_login(office)
    client.post(NEW, typed(photo=SimpleUploadedFile("a.jpg", jpeg(), "image/jpeg"), photo_words="雪"))
    first = Picture.objects.get()
    url = f"/workbench/news/{first.announcement_id}/edit/"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url, typed(photo=SimpleUploadedFile("b.jpg", jpeg(), "image/jpeg"), photo_words="路"))
    second = Picture.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url, typed(version=1, drops_photo="on"))

    assert (first.pk != second.pk, second.words) == (True, "路")
    assert [default_storage.exists(one.file.name) for one in (first, second)] == [False, False]
    assert not Picture.objects.exists()


def test_text_is_shown_as_paragraphs_and_never_as_markup(client, office):
    announcement = written(office, published=True, text="一\n\n<script>alert(1)</script>")
    article = soup(client.get(announcement.get_absolute_url())).select_one(".prose")

    assert [paragraph.text for paragraph in article.select("p")] == ["一", "<script>alert(1)</script>"]


def test_the_list_is_narrowed_by_section_newest_first_and_asks_no_more_for_more(client, office):
    days = [TODAY - datetime.timedelta(days=back) for back in (3, 1, 2)]
    for day, section in zip(days, Section, strict=True):
        written(office, published=True, section=section, title=f"{section.label} {day}", dated_on=day)

    def queries():
        Fact.read(SAMPLE_DATA)  # remembered: not asked again
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/news/").status_code == 200
        return len(asked)

    few = queries()
    listed = [title.text for title in soup(client.get("/news/")).select("h2 a")]
    narrowed = [title.text for title in soup(client.get("/news/?section=pioneers")).select("h2 a")]
    for number in range(4):
        written(office, published=True, title=f"{number}")

    assert queries() == few
    assert listed == ["创城先锋 2026-11-22", "创城进行时 2026-11-21", "创建全国文明城市 2026-11-20"]
    assert narrowed == ["创城先锋 2026-11-22"]
    assert [news.title for news in latest_news(1)] == ["3"]
