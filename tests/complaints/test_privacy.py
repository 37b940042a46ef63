"""What is kept of a resident: seen, corrected and erased by them; held by the office; leaked nowhere."""

import json
import logging
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import Role
from audit.models import Entry
from complaints import actions
from complaints.figures import Rate
from complaints.models import ErasureRequest, Held, LegalHold, Reporter
from complaints.stats import closed_between
from complaints.workflow import State
from notifications.models import Notice, NoticeDelivery
from tests.complaints.cast import person
from tests.complaints.public import walk
from tests.complaints.public.walk import CASE, RECEIPT, TRACK, code_on, errors, soup, words
from tests.factories.accounts import UserFactory
from tests.factories.complaints import HOUR, MONDAY, PHONE, case_in, filed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_noon"), pytest.mark.once]

MINE, ERASE = "/complaints/track/me/", "/complaints/track/me/erase/"
ERASURES = "/workbench/complaints/erasures/"
NEW_PHONE = "13900005678"


@pytest.fixture(autouse=True)
def _photos_of_this_test(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def resident(told, tail=PHONE[-4:]) -> Client:
    client = Client()
    assert client.post(TRACK, {"code": told.code, "tail": tail}).url == CASE
    return client


def staff(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def office(db):
    return UserFactory(name="示例人员甲")


# --- seen and corrected


def test_the_code_alone_shows_nothing_of_the_person(client):
    told = filed(contact=actions.Contact(PHONE, "张示例"))
    known, unknown = resident(told), resident(told, tail="")

    assert (unknown.get(MINE).url, unknown.post(ERASE).url, client.get(MINE).url) == (CASE, CASE, CASE)
    page = words(known.get(MINE))
    assert [said for said in ("138****1234", "张示例", "0 次", "看不到您的电话") if said not in page] == []
    assert PHONE not in page


def test_a_resident_sees_how_often_staff_looked_at_the_phone(office):
    told = filed()
    actions.reveal_phone(Reporter.objects.get(), reason="核实地点在哪里", by=office, at=MONDAY)
    assert "1 次" in words(resident(told).get(MINE))


def test_a_corrected_phone_finds_the_case_and_the_old_one_no_longer(office):
    told = filed()
    mine = resident(told)

    assert mine.post(MINE, {"phone": "139 0000 5678", "name": "李示例"}).url == MINE
    reporter = Reporter.objects.get()
    assert (reporter.phone, reporter.name) == (NEW_PHONE, "李示例")
    assert Client().post(TRACK, {"code": told.code, "tail": "5678"}).url == CASE
    assert Client().post(TRACK, {"code": told.code, "tail": PHONE[-4:]}).status_code == 422
    assert Entry.objects.get(verb="反映人更正联系方式").facts == {"changed": ["手机号", "称呼"]}

    mine.post(MINE, {"phone": "", "name": "李示例"})  # nothing changed, nothing written
    assert Entry.objects.filter(verb="反映人更正联系方式").count() == 1
    assert errors(mine.post(MINE, {"phone": "139"}))[0].endswith("手机号应是 11 位，现在是 3 位。")
    answers = [mine.post(MINE, {"phone": f"1390000000{n}", "name": ""}).status_code for n in range(5)]
    assert answers == [302, 302, 302, 429, 429]


# --- erased


def test_of_a_closed_case_the_contact_is_erased_at_once_and_every_figure_stays(office):
    case = case_in(State.CLOSED, at=MONDAY - timedelta(hours=6), text=f"积雪没清，打我电话 {PHONE}。")
    told = actions.filed_before(case.intake_key)
    figures = closed_between(MONDAY - timedelta(days=9), MONDAY + HOUR)
    mine = resident(told)

    assert mine.post(ERASE).url == CASE

    reporter = Reporter.objects.get()
    assert (reporter.phone, reporter.phone_digest, reporter.name) == ("", "", "")
    assert "联系方式已按规定删除" in words(mine.get(CASE)) and mine.get(MINE).url == CASE
    assert closed_between(MONDAY - timedelta(days=9), MONDAY + HOUR) == figures
    assert figures.on_time == Rate(1, 1)
    # Nobody knows any more which number was theirs, so none is shown that stands in the text.
    assert PHONE not in staff(office).get(case.get_absolute_url()).content.decode()


def test_of_an_open_case_the_office_decides_and_the_resident_reads_it(office):
    told = filed()
    mine = resident(told)
    for _ in range(2):
        assert mine.post(ERASE).url == MINE
    request = ErasureRequest.objects.get()
    assert "创城办正在决定" in words(mine.get(MINE)) and soup(mine.get(MINE)).select(f"form[action='{ERASE}']") == []
    assert Notice.objects.get(recipient=office).url == ERASURES

    desk = staff(office)
    assert told.complaint.number in words(desk.get(ERASURES)) and PHONE not in desk.get(ERASURES).content.decode()
    assert desk.post(f"{ERASURES}{request.pk}/refuse/", {"reply": ""}).status_code == 422
    desk.post(f"{ERASURES}{request.pk}/refuse/", {"reply": "办理中还要联系您。"})
    assert "办理中还要联系您。" in words(mine.get(MINE)) and Reporter.objects.get().phone == PHONE

    mine.post(ERASE)
    second = ErasureRequest.objects.get(outcome="waiting")
    assert desk.post(f"{ERASURES}{second.pk}/grant/").url == ERASURES
    assert Reporter.objects.get().phone == ""
    assert desk.post(f"{ERASURES}{second.pk}/grant/").status_code == 409


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OFFICE])
def test_nobody_but_the_office_decides_on_erasures_and_holds(role):
    told = filed()
    resident(told).post(ERASE)
    desk = staff(person(role))
    request = ErasureRequest.objects.get()
    hold = f"{told.complaint.get_absolute_url()}legal-hold/"
    sent = [
        (f"{ERASURES}{request.pk}/grant/", {}),
        (f"{ERASURES}{request.pk}/refuse/", {}),
        (hold, {"reason": "x" * 9}),
    ]
    assert [desk.post(url, data).status_code for url, data in sent] == [403] * 3
    assert (LegalHold.objects.count(), Reporter.objects.get().phone) == (0, PHONE)


# --- held


def test_while_a_legal_hold_runs_nothing_is_erased_and_after_it_everything_due(office, settings):
    case = case_in(State.CLOSED, at=MONDAY - timedelta(hours=6))
    told = actions.filed_before(case.intake_key)
    desk, hold = staff(office), f"{case.get_absolute_url()}legal-hold/"
    assert desk.post(hold, {"reason": "短"}).status_code == 422
    assert desk.post(hold, {"reason": "公安机关调取证据。"}).status_code == 302
    desk.post(hold, {"reason": "公安机关调取证据。"})
    page = words(desk.get(case.get_absolute_url()))
    assert "法律保全中" in page and "公安机关调取证据。" in page

    much_later = MONDAY + timedelta(days=settings.CONTACT_RETENTION_DAYS + 9)
    assert actions.erase_expired_contacts(at=much_later) == 0
    mine = resident(told)
    assert mine.post(ERASE).url == MINE and "依法要保留" in words(mine.get(MINE))
    request = ErasureRequest.objects.get()
    assert desk.post(f"{ERASURES}{request.pk}/grant/").status_code == 409
    assert Reporter.objects.get().phone == PHONE

    desk.post(hold, {"reason": "案件已经了结。", "end": "1"})
    assert actions.erase_expired_contacts(at=much_later) == 1
    verbs = list(Entry.objects.filter(verb__contains="法律保全").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["设置法律保全", "解除法律保全"]


# --- told


def test_whoever_filed_and_whoever_follows_are_told_of_the_closing_alike(settings, tmp_path):
    settings.NOTICE_BACKEND, settings.NOTICE_FILE = "file", tmp_path / "notices.jsonl"
    case = case_in(State.HANDLED, at=MONDAY - timedelta(hours=6))
    actions.follow(case, contact=actions.Contact(NEW_PHONE), key="one", at=MONDAY)
    actions.pass_verification(case, by=UserFactory(), at=MONDAY)

    told = NoticeDelivery.objects.filter(notice__recipient=None)
    assert told.count() == 2
    assert list(told.values_list("notice__title", flat=True)) == ["办结通知"] * 2


# --- leaked nowhere


class Watched(Client):
    """A browser that remembers every address it asked for or was sent to."""

    seen: list[str] = []

    def request(self, **request):
        response = super().request(**request)
        self.seen.append(f"{request['PATH_INFO']}?{request.get('QUERY_STRING', '')} {response.get('Location', '')}")
        return response


def test_no_phone_and_no_code_reaches_a_log_an_address_a_notice_a_session_or_an_export(
    office, caplog, capfd, monkeypatch, settings, tmp_path
):
    caplog.set_level(logging.DEBUG)
    settings.NOTICE_BACKEND, settings.NOTICE_FILE = "file", tmp_path / "notices.jsonl"
    auditor = UserFactory(role=Role.AUDITOR)
    monkeypatch.setattr("tests.complaints.test_privacy.Watched.seen", [])
    secrets = [PHONE, NEW_PHONE]

    # A resident files, with the phone in the text, is followed, corrects the phone and asks to be forgotten.
    first = Watched()
    walk.say_what(first, text=f"单元门口积雪，请打 {PHONE} 联系。")
    walk.say_where(first, longitude=122.529, latitude=52.97)
    walk.send_photos(first)
    walk.submit(first)
    secrets += [code := code_on(first.get(RECEIPT)), code.replace("-", "")]
    first.get("/complaints/receipt/picture/")
    second = Watched()
    walk.say_what(second)
    walk.say_where(second, longitude=122.529, latitude=52.97)
    number = Reporter.objects.get().complaint.number
    second.post(f"/complaints/new/follow/{number}/", {"phone": NEW_PHONE})
    secrets += [code_on(second.get(RECEIPT))]
    mine = Watched()
    mine.post(TRACK, {"code": code, "tail": PHONE[-4:]})
    mine.get(MINE)
    mine.post(MINE, {"phone": NEW_PHONE, "name": ""})
    mine.post(ERASE)

    # Another is held, let in, revealed and looked for.
    monkeypatch.setattr("complaints.actions.budgets.UNPROVED_PER_CLIENT_AND_HOUR", 0)
    third = Watched()
    secrets += [walk.file_one(third)]
    desk = Watched()
    desk.force_login(office)
    desk.post("/workbench/complaints/held/", {"held": [Held.objects.get().pk], "decision": "let_in"})
    case = Held.objects.get().complaint
    revealed = desk.post(f"{case.get_absolute_url()}contact/", {"reason": f"核实地点 {PHONE}"})
    desk.post("/workbench/complaints/", {"q": PHONE}, follow=True)
    desk.post(f"{case.get_absolute_url()}legal-hold/", {"reason": "公安机关调取证据。"})
    reader = Watched()
    reader.force_login(auditor)
    exported = b"".join(reader.post("/workbench/audit/export/").streaming_content).decode()
    page = reader.get("/workbench/audit/").content.decode()

    printed = capfd.readouterr()
    kept = [*Entry.objects.values(), *Notice.objects.values(), *NoticeDelivery.objects.values()]
    kept += [session.get_decoded() for session in Session.objects.all()]
    sent = settings.NOTICE_FILE.read_text() if settings.NOTICE_FILE.exists() else ""
    places = {
        "logs": caplog.text + printed.out + printed.err,
        "addresses": "\n".join(Watched.seen),
        "rows": json.dumps(kept, default=str, ensure_ascii=False),
        "outbox": sent,
        "export": exported + page,
    }
    assert {(place, secret) for place, said in places.items() for secret in secrets if secret in said} == set()
    # The control: it was there to be seen, and each place has something in it.
    assert PHONE in revealed.content.decode() and "查看反映人电话" in exported
    assert len(secrets) == 6 and len(Watched.seen) > 20 and len(kept) > 8
