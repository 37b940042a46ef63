"""Which reports become cases at once, which wait for a person's look, and that none is lost on the way."""

import base64
import json
from datetime import timedelta

import altcha
import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.utils import timezone

from common import crypto, proof
from common.errors import TooMany
from complaints import actions
from complaints.actions.budgets import UNPROVED_PER_CLIENT_AND_HOUR
from complaints.actions.holding import DecidedAlready
from complaints.models import Complaint, Draft, DraftPhoto, Held, Reporter
from notifications.models import Notice
from tests.complaints.public.test_sent_at_once import in_other_tabs
from tests.complaints.public.walk import (
    CASE,
    CONTACT,
    PHONE,
    RECEIPT,
    TEXT,
    TRACK,
    code_on,
    errors,
    file_one,
    say_what,
    say_where,
    send_photos,
    soup,
    submit,
    upload,
    walk_to_contact,
    words,
)
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]

WAITING = "/complaints/track/waiting/"


def riddle(client):
    field = soup(client.get(CONTACT)).select_one("input[name=proof]")
    return altcha.Challenge.from_dict(json.loads(field["data-challenge"]))


def solved(challenge) -> str:
    return altcha.Payload(challenge, altcha.solve_challenge(challenge)).to_base64()


def doubts() -> list[str]:
    return list(Held.objects.order_by("pk").values_list("reason", flat=True))


@pytest.fixture
def nobody_without_proof(monkeypatch):
    monkeypatch.setattr("complaints.actions.budgets.UNPROVED_PER_CLIENT_AND_HOUR", 0)


# --- the proof


def test_a_solved_riddle_lets_a_report_in(client, nobody_without_proof):
    walk_to_contact(client)
    answer = solved(riddle(client))

    assert submit(client, proof=answer).url == RECEIPT
    assert (Complaint.objects.count(), Held.objects.count()) == (1, 0)


def test_without_script_a_few_pass_and_the_next_waits(client):
    for _ in range(UNPROVED_PER_CLIENT_AND_HOUR):
        file_one(client)

    file_one(client)

    assert (Complaint.objects.count(), doubts()) == (UNPROVED_PER_CLIENT_AND_HOUR, ["unproved"])


def tampered(answer: str, **changes) -> str:
    payload = json.loads(base64.b64decode(answer))
    payload["challenge"]["parameters"] |= changes
    return base64.b64encode(json.dumps(payload).encode()).decode()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda answer: "rubbish",
        lambda answer: answer * 9,
        lambda answer: tampered(answer, cost=1),
        lambda answer: tampered(answer, data={"for": "me"}),
        lambda answer: base64.b64encode(b'{"challenge": 7}').decode(),
        lambda answer: base64.b64encode(b"[" * 2000).decode(),
    ],
    ids=["no base64", "too long", "an easier riddle", "for another", "no riddle", "nested"],
)
def test_a_broken_answer_waits_and_is_no_error(client, spoil):
    walk_to_contact(client)

    assert submit(client, proof=spoil(solved(riddle(client)))).url == RECEIPT
    assert (Complaint.objects.count(), doubts()) == (0, ["bad_proof"])


def test_an_answer_holds_for_its_own_draft_and_time_only(client):
    walk_to_contact(client)
    answer = solved(riddle(client))
    other = Client()
    walk_to_contact(other)
    submit(other, proof=answer)
    assert doubts() == ["bad_proof"]

    old = proof.challenge("draft", until=timezone.now() - timedelta(seconds=1))
    assert proof.check(solved(altcha.Challenge.from_dict(old)), "draft") is proof.Proof.BAD


def test_a_form_filled_in_faster_than_anybody_types_waits_unless_it_is_proved(client, settings):
    settings.INTAKE_FASTEST_SECONDS = 5
    walk_to_contact(client)
    submit(client)
    walk_to_contact(client)
    submit(client, proof=solved(riddle(client)))

    assert (doubts(), Complaint.objects.count()) == (["too_fast"], 1)


# --- the budgets


def from_address(client, address, *, phone=PHONE, text=TEXT):
    say_what(client, text=text)
    say_where(client)
    send_photos(client)
    token = soup(client.get(CONTACT)).select_one("input[name=draft]")["value"]
    return client.post(CONTACT, {"draft": token, "phone": phone}, REMOTE_ADDR=address)


def test_past_each_budget_the_next_report_waits_and_says_why(client, settings, monkeypatch):
    monkeypatch.setattr("complaints.actions.budgets.FILED_PER_PHONE_AND_DAY", 1)
    monkeypatch.setattr("complaints.actions.budgets.SAME_TEXTS_PER_DAY", 2)
    monkeypatch.setattr("complaints.actions.budgets.NETWORKS", 2)
    settings.INTAKE_PER_CLIENT_HOUR = 2
    sent = [
        ("198.51.0.1", "13800000001", "路灯不亮了。"),
        ("198.51.1.1", "13800000001", "垃圾没有人收。"),  # the same phone
        ("198.51.2.1", "13800000002", "路灯，不亮了！"),
        ("198.51.3.1", "13800000003", "路灯不亮了"),  # the same words
        ("198.51.0.1", "13800000004", "井盖松动了。"),
        ("198.51.0.9", "13800000005", "井盖丢失了。"),  # the same network
        ("198.51.4.1", "13800000006", "小区里噪声很大。"),
        ("198.51.5.1", "13800000007", "公园座椅坏了。"),  # everybody
    ]

    answers = [from_address(client, address, phone=phone, text=text).url for address, phone, text in sent]

    assert answers == [RECEIPT] * len(sent)
    assert doubts() == ["phone", "text", "client", "everybody"]
    assert Complaint.objects.count() == 4


def test_when_even_what_waits_is_too_much_the_form_comes_back_with_everything_and_says_when(client, settings):
    settings.INTAKE_PER_CLIENT_HOUR = 1
    settings.FOOTER = settings.FOOTER | {"hotline": "0457-0000000"}
    file_one(client)
    file_one(client)
    walk_to_contact(client, upload())

    page = submit(client, name="示例人员甲")

    assert (page.status_code, doubts()) == (429, ["client"])
    assert 0 < int(page["Retry-After"]) <= 3600
    assert errors(page) == [
        "这个网络上一小时内提交得太多了。您填的都还在，请过一小时再提交；急事请打投诉热线 0457-0000000。"
    ]
    assert soup(page).select_one("input[name=phone]")["value"] == PHONE
    assert soup(page).select_one("input[name=name]")["value"] == "示例人员甲"
    assert (Complaint.objects.count(), DraftPhoto.objects.count()) == (1, 1)
    settings.INTAKE_PER_CLIENT_HOUR = 3
    assert submit(client).url == RECEIPT


# --- while it waits


@pytest.fixture
def held(client, nobody_without_proof):
    """A report with a photo that waits, and its code."""
    code = file_one(client, upload(), name="示例人员甲", may_contact="on", is_confidential="on")
    return Held.objects.get(), code


def test_the_receipt_gives_the_code_and_says_what_comes(client, held):
    receipt = client.get(RECEIPT)
    assert "收到，待核对" in words(receipt) and "您不用再填一次" in words(receipt)
    assert client.get("/complaints/receipt/picture/").status_code == 200
    assert client.get(CASE).url == WAITING
    assert "收到了，等人工核对" in words(client.get(WAITING))


def test_pressed_again_it_waits_once(client, nobody_without_proof):
    walk_to_contact(client)
    token = soup(client.get(CONTACT)).select_one("input[name=draft]")["value"]
    codes = {(submit(client, draft=token).url, code_on(client.get(RECEIPT))) for _ in range(2)}
    assert (len(codes), Held.objects.count()) == (1, 1)


@pytest.mark.parametrize("tail", ["", PHONE[-4:]])
def test_its_code_tells_that_it_waits_and_a_wrong_tail_tells_nothing(held, tail):
    other = Client()
    assert other.post(TRACK, {"code": held[1], "tail": tail}).url == WAITING
    assert other.post(TRACK, {"code": held[1], "tail": "9999"}).status_code == 422
    body = {"code": held[1], "phone_tail": tail}
    told = other.post("/api/v1/complaints/lookup/", body, content_type="application/json").json()
    assert (told["state"], told["heading"], told["own"]) == ("received", "收到了，等人工核对", None)


def test_let_in_it_is_the_case_it_would_have_been(client, held):
    report, code = held
    office = UserFactory()

    filed = actions.let_in(report, by=office, at=report.filed_at + timedelta(hours=3))

    case = filed.complaint
    assert (case.filed_at, case.text, case.is_confidential) == (report.filed_at, TEXT, True)
    assert case.intake_key == report.key and crypto.grouped(filed.code) == code
    reporter = Reporter.objects.get()
    assert (reporter.phone, reporter.name, reporter.may_contact) == (PHONE, "示例人员甲", True)
    assert reporter.notice_version == report.notice_version
    assert default_storage.exists(case.photos.get().file.name)
    report.refresh_from_db()
    assert (report.phone, report.name, report.answers, Draft.objects.count()) == ("", "", {}, 0)
    # Whoever looks, still sees it: this browser, and the code anywhere else.
    assert client.get(WAITING).url == CASE
    assert Client().post(TRACK, {"code": code, "tail": PHONE[-4:]}).url == CASE
    with pytest.raises(DecidedAlready):
        actions.refuse(report, reply="重复。", by=office, at=report.filed_at)


def test_refused_it_says_why_until_it_is_forgotten(client, held, settings, django_capture_on_commit_callbacks):
    report, code = held
    file = DraftPhoto.objects.get().file.name
    actions.refuse(report, reply="内容是广告，不收。", by=UserFactory(), at=report.filed_at)

    other = Client()
    other.post(TRACK, {"code": code})
    assert "内容是广告，不收。" in words(other.get(WAITING))
    with pytest.raises(DecidedAlready):
        actions.let_in(report, by=UserFactory(), at=report.filed_at)

    much_later = report.filed_at + timedelta(days=settings.CONTACT_RETENTION_DAYS + 1)
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.erase_expired_contacts(at=much_later) == 1
        actions.forget_abandoned_drafts(at=much_later)
    report.refresh_from_db()
    assert (report.phone, report.answers, Draft.objects.count()) == ("", {}, 0)
    assert not default_storage.exists(file)


def test_what_waits_is_never_forgotten(held):
    report, _ = held
    much_later = report.filed_at + timedelta(days=999)
    actions.forget_abandoned_drafts(at=much_later)
    actions.erase_expired_contacts(at=much_later)
    report.refresh_from_db()
    assert (report.phone, DraftPhoto.objects.count()) == (PHONE, 1)


def test_a_flood_is_one_notice_an_hour_to_each_of_the_office(nobody_without_proof):
    UserFactory.create_batch(2)
    for _ in range(3):
        file_one(Client())
    assert Notice.objects.filter(url="/workbench/complaints/held/").count() == 2


def test_the_office_budget_is_no_stranger_to_the_api(client, settings):
    """A program is told to wait and keeps what it has: it gets no place in the queue of people."""
    settings.INTAKE_PER_CLIENT_HOUR = 1
    with pytest.raises(TooMany):
        for _ in range(2):
            actions.spend_on_filing(phone=PHONE, client="198.51.0.0/24", text=TEXT, at=timezone.now())
    assert Held.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_let_in_and_refused_at_the_same_moment_it_is_one_of_the_two(client, monkeypatch):
    monkeypatch.setattr("complaints.actions.budgets.UNPROVED_PER_CLIENT_AND_HOUR", 0)
    file_one(client, upload())
    report, office = Held.objects.get(), UserFactory()

    def decide(action, **more):
        def job(_):
            try:
                action(Held.objects.get(), by=office, at=timezone.now(), **more)
            except DecidedAlready:
                return False
            finally:
                connection.close()
            return True

        return job

    jobs = [decide(actions.let_in), decide(actions.refuse, reply="不收。"), decide(actions.let_in)]
    won = in_other_tabs(client, *jobs)

    report.refresh_from_db()
    assert won.count(True) == 1
    assert Complaint.objects.count() == (report.state == Held.State.LET_IN)
