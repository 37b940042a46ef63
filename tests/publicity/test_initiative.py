import datetime
from http.cookies import SimpleCookie

import pytest
from bs4 import BeautifulSoup

from accounts.models import Role
from common.clock import CITY_TIME
from common.errors import StaleRecord
from publicity.actions import initiative as actions
from publicity.models import InitiativeVersion, Joining
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 11, 23, 9, tzinfo=CITY_TIME)
EDIT = "/workbench/initiative/edit/"


@pytest.fixture
def office(db):
    return UserFactory(name="示例人员甲")


@pytest.fixture
def initiative(office):
    return actions.publish(actions.Words("倡议书", "扫雪。\n\n让路。", "漠河市创城办"), seen=0, by=office, at=NOW)


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def joined(client):
    return soup(client.get("/initiative/")).select_one("#join .big").text


def test_who_joins_is_counted_once_for_each_browser_and_told_as_which(client, initiative):
    before = soup(client.get("/initiative/"))
    form = before.select_one("#join form")
    answers = [client.post(form["action"]) for _ in range(2)]
    page = soup(client.get("/initiative/"))
    cookie = answers[0].cookies["initiative"]
    client.cookies = SimpleCookie()
    client.post(form["action"])

    assert form.select("input") == []  # no token, no name, nothing else
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, "/initiative/")] * 2
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/initiative/", True, "Lax")
    assert (page.select_one("#join .big").text, page.select_one("#join form")) == ("1", None)
    assert "您是第 1 位" in page.select_one("#join").text
    assert Joining.objects.count() == 2


def test_a_cookie_that_somebody_made_up_says_nothing(client, initiative):
    client.cookies["initiative"] = "7:forged"
    client.post("/initiative/join/")

    assert Joining.objects.count() == 1


def test_a_form_on_another_site_joins_nobody(client, initiative):
    answer = client.post("/initiative/join/", headers={"Sec-Fetch-Site": "cross-site"})

    assert (answer.status_code, Joining.objects.count()) == (403, 0)


def test_too_many_from_one_network_are_told_so_in_words_and_another_network_is_not(client, initiative, settings):
    settings.INTAKE_PER_CLIENT_HOUR = 2
    answers = []
    for number in (1, 1, 1, 2):
        client.cookies = SimpleCookie()
        answers.append(client.post("/initiative/join/", REMOTE_ADDR=f"192.0.{number}.7"))
    refused = answers[2]

    assert [answer.status_code for answer in answers] == [302, 302, 429, 302]
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert "一小时内参加的人太多了" in soup(refused).select_one("[role=alert]").text
    assert soup(refused).select_one("#join form")
    assert Joining.objects.count() == 3


def test_the_page_is_ready_until_somebody_joins(client, initiative, django_assert_num_queries):
    etag = client.get("/initiative/")["ETag"]
    with django_assert_num_queries(1):
        again = client.get("/initiative/", headers={"If-None-Match": etag})
    actions.join(initiative, at=NOW)

    assert again.status_code == 304
    assert (joined(client), client.get("/initiative/")["ETag"] == etag) == ("1", False)


def test_until_it_is_written_the_page_says_so_and_nobody_joins(client, db):
    page = client.get("/initiative/")

    assert (page.status_code, soup(page).select_one(".empty h2").text) == (200, "倡议书还没有发布")
    assert client.post("/initiative/join/").status_code == 404
    assert "参与创城" not in client.get("/").content.decode()


def test_the_home_page_and_the_news_lead_there(client, initiative):
    for path in ("/", "/news/"):
        assert soup(client.get(path)).select_one("a.invitation")["href"] == "/initiative/"


def test_the_office_writes_a_new_version_and_keeps_the_old_one(client, office, initiative):
    client.force_login(office)
    form = soup(client.get(EDIT)).select_one("main form")
    filled = {field["name"]: field.get("value", field.text.strip()) for field in form.select("[name]")}
    told = client.post(EDIT, filled | {"text": "扫雪，让路，帮一把。", "note": ""})
    client.post(EDIT, filled | {"text": "扫雪，让路，帮一把。", "note": "加上帮一把"})
    old = client.get("/workbench/initiative/1/")
    client.logout()

    assert [error.text.strip() for error in soup(told).select(".field-error")] == ["写一句这一版改了什么。"]
    assert (told.status_code, filled["text"].split()) == (422, ["扫雪。", "让路。"])
    assert "扫雪，让路，帮一把。" in client.get("/initiative/").content.decode()
    assert soup(old).select_one(".prose").text.split() == ["扫雪。", "让路。"]


def test_who_writes_against_an_older_version_is_told_and_keeps_what_was_typed(client, office, initiative):
    newer = actions.Words("倡议书", "别人写的。", "漠河市创城办", "改了")
    actions.publish(newer, seen=1, by=office, at=NOW)
    client.force_login(office)
    typed = {"seen": 1, "title": "倡议书", "text": "我写的。", "signed_by": "漠河市创城办", "note": "改"}
    answer = client.post(EDIT, typed)
    page = soup(answer)

    assert (answer.status_code, page.select_one("[name=text]").text.strip()) == (409, "我写的。")
    assert "刚刚有人发布了新的一版" in page.select_one(".note").text
    assert client.post(EDIT, typed | {"seen": page.select_one("[name=seen]")["value"]}).status_code == 302
    assert InitiativeVersion.current().ordinal == 3
    with pytest.raises(StaleRecord):
        actions.publish(newer, seen=2, by=office, at=NOW)


def test_the_office_sees_how_many_joined_by_month(client, office, initiative):
    for days in (0, 0, 20):
        actions.join(initiative, at=NOW + datetime.timedelta(days=days))
    client.force_login(office)
    page = soup(client.get("/workbench/initiative/"))

    assert [[cell.text for cell in line.select("th, td")] for line in page.select("tbody tr")] == [
        ["2026-12", "1"],
        ["2026-11", "2"],
    ]
    assert page.select_one("#joined-head + .num").text == "3 人"


@pytest.mark.once
@pytest.mark.parametrize("role", [Role.OPERATOR, Role.GUIDANCE, Role.AUDITOR])
def test_nobody_else_opens_the_desk(client, initiative, role):
    client.force_login(UserFactory(role=role))

    assert [client.get(f"/workbench/initiative/{rest}").status_code for rest in ("", "edit/", "1/")] == [403] * 3
