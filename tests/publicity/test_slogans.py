import datetime
import io
from http.cookies import SimpleCookie

import openpyxl
import pytest
import time_machine
from bs4 import BeautifulSoup

from accounts.models import Role
from audit.models import Entry as AuditEntry
from common.errors import DomainError, StaleRecord
from mohe_portal.schedule import job_named
from publicity.actions import slogans as actions
from publicity.models import Entry, Sender
from publicity.slogan_stats import Turnout, turnout
from publicity.stats import invitations
from tests.factories.accounts import UserFactory
from tests.publicity.slogans import NOW, PHONE, TODAY, WEEK, collection_of, sent_to

pytestmark = pytest.mark.django_db
NEW, DESK = "/slogans/new/", "/workbench/slogans/"
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def _on_the_23rd():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def office(db):
    return UserFactory(name="示例人员甲")


@pytest.fixture
def collection(office):
    return collection_of(office)


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def words(tags):
    return [" ".join(tag.text.split()) for tag in tags]


def filled(client, **typed):
    """What the form holds when somebody typed this and sends it."""
    form = soup(client.get(NEW)).select_one("main form")
    return {field["name"]: field.get("value", "") for field in form.select("input, textarea")} | typed


def shown(client, path="/slogans/"):
    return words(soup(client.get(path)).select(".slogan, #others-head ~ .card b"))


def ticks(seen):
    return [f"{pk}:{version}" for pk, version in seen]


# --- residents --------------------------------------------------------------------------------------------------------


def test_a_slogan_is_shown_when_the_office_let_it_through_and_never_before(client, office, collection):
    answer = client.post(NEW, filled(client, text_1="向北，向暖", explanation_1="冷的地方，暖的人。"), follow=True)
    before = shown(client)
    for state in (Entry.State.HIDDEN, Entry.State.SHOWN, Entry.State.CHOSEN):
        seen = list(Entry.objects.values_list("pk", "version"))
        actions.decide(collection, seen, state, reason="重复", by=office, at=NOW)
        before.append((state.value, shown(client)))

    assert "收到 1 条，谢谢您。" in answer.content.decode()
    assert before == [("hidden", []), ("shown", ["向北，向暖"]), ("chosen", ["向北，向暖"])]
    assert words(soup(client.get("/slogans/")).select(".slogans-best p")) == ["向北，向暖", "冷的地方，暖的人。"]


def test_people_and_slogans_are_counted_apart(client, collection):
    client.post(NEW, filled(client, text_1="一", text_2="二"))
    client.post(NEW, filled(client, text_1="三", text_3="一"))  # from the same browser, one of them again
    client.cookies = SimpleCookie()
    client.post(NEW, filled(client, text_1="四", phone=PHONE))
    client.cookies = SimpleCookie()
    client.post(NEW, filled(client, text_1="五", phone=f"+86 {PHONE}"))  # by the same phone from elsewhere
    client.post(NEW, filled(client, text_1="六", phone="13800005678"))  # another person at the same screen

    assert turnout(collection) == Turnout(people=3, entries=6)
    assert "3 人送来 6 条。" in words(soup(client.get("/slogans/")).select("main p"))


def test_the_same_form_sent_twice_is_one(client, collection):
    form = filled(client, text_1="一")
    for _ in range(2):
        client.cookies.pop("slogans", None)
        client.post(NEW, form)

    assert turnout(collection) == Turnout(people=1, entries=1)


def test_name_and_phone_are_kept_encrypted_and_shown_to_nobody(client, office, collection):
    client.post(NEW, filled(client, text_1="一", phone=PHONE, name="示例居民"))
    sender = Sender.objects.get()
    actions.decide(collection, [(sender.entries.get().pk, 0)], Entry.State.SHOWN, by=office, at=NOW)
    client.cookies = SimpleCookie()

    assert (sender.phone, sender.name, sender.notice_version) == (PHONE, "示例居民", "slogans-1")
    assert PHONE not in sender.phone_encrypted + sender.phone_digest
    assert all(secret not in client.get("/slogans/").content.decode() for secret in (PHONE, "示例居民"))


@pytest.mark.once
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"text_1": ""}, "口号还没写。写一句就行。"),
        ({"text_1": "雪" * 31}, "口号最多 30 个字，现在是 31 个字。"),
        ({"explanation_2": "因为"}, "第 2 条只写了说明，口号还没写。"),
        ({"explanation_1": f"电话 {PHONE}"}, "不要写电话号码。想留电话，写在下面“手机号”里，那里加密保存。"),
        ({"phone": "1380"}, "手机号应是 11 位，现在是 4 位。"),
    ],
)
def test_what_is_not_right_is_refused_in_words_and_kept(client, collection, typed, sentence):
    answer = client.post(NEW, filled(client, **{"text_1": "一", "name": "示例居民"} | typed))
    page = soup(answer)

    assert (answer.status_code, Entry.objects.count()) == (422, 0)
    assert words(page.select(".field-error")) == [sentence]
    assert page.select_one("[name=name]")["value"] == "示例居民"


def test_too_many_from_one_network_are_told_so_and_keep_what_they_typed(client, collection):
    answers = [client.post(NEW, filled(client, text_1=f"第{number}句")) for number in range(6)]
    page = soup(answers[-1])

    # Without the proof of work, which only a browser does.
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 3601
    assert "您写的都还在" in page.select_one("#error-summary").text
    assert page.select_one("[name=text_1]")["value"] == "第5句"


def test_before_and_after_its_days_nothing_is_taken(client, office):
    collection = collection_of(office, on=TODAY + DAY)
    taken = []
    for day in (TODAY, TODAY + DAY, TODAY + DAY + WEEK, TODAY + WEEK + 2 * DAY):
        with time_machine.travel(NOW + (day - TODAY), tick=False):
            state = soup(client.get("/slogans/")).select_one(".state").text
            client.post(NEW, {"text_1": str(day)})
            taken.append((state, turnout(collection).entries))

    assert taken == [("还没开始", 0), ("正在征集", 1), ("正在征集", 2), ("已截止", 2)]
    assert client.get(NEW)["Location"] == "/slogans/"
    with pytest.raises(DomainError, match="已经截止"):
        actions.send(collection, [], by=actions.SentBy("x"), at=NOW + 30 * DAY)


def test_without_a_collection_the_page_says_so(client, office):
    collection_of(office, published=False)

    assert soup(client.get("/slogans/")).select_one(".empty h2").text == "现在没有征集"
    assert invitations(on=TODAY) == []


def test_the_page_is_ready_until_something_is_sent(client, office, collection, django_assert_num_queries):
    client.get("/slogans/")
    with django_assert_num_queries(1):
        client.get("/slogans/")
    sent_to(collection, "一")

    assert "1 人送来 1 条。" in words(soup(client.get("/slogans/")).select("main p"))
    assert [one.url for one in invitations(on=TODAY)] == [f"/slogans/{collection.pk}/"]
    assert soup(client.get("/")).select_one("a.invitation")["href"] == f"/slogans/{collection.pk}/"


# --- the office -------------------------------------------------------------------------------------------------------


def test_the_office_calls_for_slogans_and_changes_the_call(client, office):
    client.force_login(office)
    typed = {"version": 0, "title": "征集", "about": "写一句。", "opens_on": "2026-11-23", "closes_on": "2026-11-30"}
    refused = client.post(DESK + "new/", typed | {"closes_on": "2026-11-01"})
    desk = client.post(DESK + "new/", typed)["Location"]
    client.post(desk + "publish/", {"version": 0})
    stale = client.post(desk + "edit/", typed | {"about": "我写的。"})
    version = soup(stale).select_one("form [name=version]")["value"]
    client.post(desk + "edit/", typed | {"about": "我写的。", "version": version})

    assert words(soup(refused).select(".field-error")) == ["截止日期不能早于开始日期。"]
    assert (stale.status_code, soup(stale).select_one("[name=about]").text.strip()) == (409, "我写的。")
    assert "我写的。" in client.get("/slogans/").content.decode()


def test_what_is_ticked_is_moved_together_unless_somebody_moved_it_meanwhile(client, office, collection):
    seen = sent_to(collection, "一", "二", "三")
    actions.decide(collection, seen[:1], Entry.State.CHOSEN, by=office, at=NOW)
    client.force_login(office)
    url = f"{DESK}{collection.pk}/decide/?state=waiting"
    without = client.post(url, {"entry": ticks(seen), "to": "hidden"})
    answer = client.post(url, {"entry": ticks(seen), "to": "hidden", "reason": "重复"}, follow=True)
    states = dict(Entry.objects.values_list("text", "state"))

    assert without.status_code == 409
    assert "要写理由" in soup(without).select_one("#error-summary").text
    assert [box["value"] for box in soup(without).select("[name=entry][checked]")] == ticks(seen[1:][::-1])
    assert "2 条已改为“不展示”。" in answer.content.decode()
    assert "1 条刚刚被别人改过" in answer.content.decode()
    assert states == {"一": "chosen", "二": "hidden", "三": "hidden"}
    kept = AuditEntry.objects.filter(verb="审核应征口号").latest("pk").facts
    assert (kept["to"], kept["reason"]) == ("不展示", "重复")


def test_the_jury_gets_the_slogans_without_who_sent_them(client, office, collection, django_assert_max_num_queries):
    seen = sent_to(collection, "=1+1", "二", phone=PHONE, name="示例居民")
    actions.decide(collection, seen[1:], Entry.State.SHORTLISTED, by=office, at=NOW)
    client.force_login(office)
    with django_assert_max_num_queries(12):
        answers = [client.get(f"{DESK}{collection.pk}/entries.xlsx?state={state}") for state in ("", "shortlisted")]
    sheets = [openpyxl.load_workbook(io.BytesIO(answer.content)).active for answer in answers]
    rows = [[[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)] for sheet in sheets]

    assert [[row[1] for row in told] for told in rows] == [["口号", "'=1+1", "二"], ["口号", "二"]]
    assert all(secret not in str(rows) for secret in (PHONE, "示例居民", PHONE[-4:]))


def test_a_phone_is_shown_for_a_reason_that_is_kept_and_erased_when_its_owner_asks(client, office, collection):
    sent_to(collection, "一", phone=PHONE, name="示例居民")
    url = f"{DESK}senders/{Sender.objects.get().pk}/"
    client.force_login(office)
    masked = client.get(url).content.decode()
    refused = client.post(url, {"reason": ""})
    told = client.post(url, {"reason": "通知选用"})
    client.post(url + "erase/")
    sender = Sender.objects.get()

    assert (PHONE in masked, "138****1234" in masked) == (False, True)
    assert (refused.status_code, PHONE in refused.content.decode()) == (422, False)
    assert soup(told).select_one("dd [role=status]").text == PHONE
    assert AuditEntry.objects.get(verb="查看应征人电话").facts == {"reason": "通知选用"}
    assert (sender.phone, sender.name, sender.phone_digest, bool(sender.erased_at)) == ("", "", "", True)
    assert AuditEntry.objects.filter(verb="按应征人请求删除联系方式").count() == 1
    assert turnout(collection) == Turnout(people=1, entries=1)


def test_contacts_are_erased_when_the_promise_says_so_and_the_slogans_stay(office, settings):
    settings.CONTACT_RETENTION_DAYS = 10
    old, fresh = (collection_of(office, on=TODAY - 20 * DAY, closes_on=TODAY - days * DAY) for days in (11, 10))
    for made in (old, fresh):
        at = NOW - 15 * DAY
        sent_to(made, "一", phone=PHONE, at=at)
        sent_to(made, "二", browser="b", name="只留称呼", at=at)
    sent_to(old, "三", browser="c", at=NOW - 15 * DAY)
    job_named("erase-senders").work(slot=NOW, at=NOW)

    known = [sum(sender.has_contact for sender in made.senders.all()) for made in (old, fresh)]
    assert known == [0, 2]
    assert turnout(old) == Turnout(people=3, entries=3)
    assert actions.erase_expired_senders(at=NOW) == 0


def test_who_changes_a_collection_against_an_older_state_is_refused(office, collection):
    collection.version -= 1
    with pytest.raises(StaleRecord):
        actions.withdraw(collection, by=office, at=NOW)


@pytest.mark.once
@pytest.mark.parametrize("role", [Role.OPERATOR, Role.GUIDANCE, Role.AUDITOR])
def test_nobody_else_opens_the_desk(client, collection, role):
    sent_to(collection, "一", phone=PHONE)
    client.force_login(UserFactory(role=role))
    sender, own = Sender.objects.get().pk, f"{DESK}{collection.pk}/"
    opened = [client.get(url).status_code for url in (DESK, own, own + "entries.xlsx", f"{DESK}senders/{sender}/")]
    moved = [client.post(url).status_code for url in (own + "decide/", f"{DESK}senders/{sender}/erase/")]

    assert opened + moved == [403] * 6
