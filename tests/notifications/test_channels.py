"""What leaves the portal: by which channel, when, and never to where it must not."""

import socket
from datetime import datetime, timedelta

import pytest
from django.core import mail

from common.clock import CITY_TIME
from notifications import delivery, outbox, preferences, safe_http
from notifications.digest import send_digests
from notifications.models import Channel, DeliveryState, Kind, Notice, NoticeDelivery, Urgency
from tests.factories.accounts import UserFactory
from tests.factories.complaints import MONDAY

pytestmark = pytest.mark.django_db
MIDNIGHT = datetime(2026, 11, 23, 0, 30, tzinfo=CITY_TIME)


@pytest.fixture(autouse=True)
def everything_offered(settings, receiver):
    settings.EMAIL_HOST = "mail.example.com"
    settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_TOKEN = receiver.url + "/sms", "gateway-token"
    settings.ALLOW_PRIVATE_WEBHOOKS = True
    settings.SITE_URL = "https://portal.example.com"


def hears_by(channel, address, **changes):
    person = UserFactory(**changes)
    preferences.choose(person, channel, is_on=True, address=address)
    return person


def notify(*people, reason="case:2026-000001:2", at=MONDAY, **changes):
    told = {"reason": reason, "title": "新派单：积雪结冰", "url": "/workbench/", "at": at}
    outbox.notify(people, **(told | changes))


def test_an_e_mail_says_what_and_where_and_has_an_id_of_its_own(settings):
    notify(hears_by(Channel.EMAIL, "someone@example.com"))

    assert delivery.deliver_all_waiting(at=MONDAY) == 1
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["someone@example.com"], "【漠河创城】新派单：积雪结冰")
    assert sent.body == "新派单：积雪结冰\nhttps://portal.example.com/workbench/"
    assert sent.extra_headers["Message-ID"].startswith("<")


def test_a_text_message_goes_to_the_gateway_with_its_key(receiver):
    person = hears_by(Channel.SMS, "13800001234")
    notify(person)

    delivery.deliver_all_waiting(at=MONDAY)

    (got,) = receiver.received
    key = f"case:2026-000001:2:{person.pk}:sms"
    assert got.body == {"key": key, "phone": "13800001234", "text": "【漠河创城】新派单：积雪结冰"}
    assert (got.headers["Authorization"], got.headers["Idempotency-Key"]) == ("Bearer gateway-token", key)


def test_a_group_robot_gets_the_words_and_the_link(receiver):
    notify(hears_by(Channel.ROBOT, receiver.url + "/robot?key=1"))

    delivery.deliver_all_waiting(at=MONDAY)

    (got,) = receiver.received
    assert got.path == "/robot?key=1"
    assert got.body["text"] == {"content": "【漠河创城】新派单：积雪结冰\nhttps://portal.example.com/workbench/"}


def test_a_robot_that_answers_with_an_error_has_refused(receiver):
    receiver.answer = {"errcode": 93000}
    notify(hears_by(Channel.ROBOT, receiver.url))

    assert delivery.deliver_all_waiting(at=MONDAY) == 0
    assert NoticeDelivery.objects.get().error == "机器人回答错误 93000"


@pytest.mark.parametrize(
    ("status", "faults"),
    [
        pytest.param(503, 0, id="come again: no fault of the message"),
        pytest.param(429, 0, id="too often: no fault of the message"),
        pytest.param(400, 1, id="refused"),
        pytest.param(302, 1, id="sent elsewhere: not followed"),
    ],
)
def test_what_an_answer_means(receiver, status, faults):
    receiver.status, receiver.location = status, receiver.url + "/elsewhere"
    notify(hears_by(Channel.ROBOT, receiver.url + "/robot"))

    assert delivery.deliver_all_waiting(at=MONDAY) == 0
    row = NoticeDelivery.objects.get()
    assert (row.faults, row.error) == (faults, f"对方回答 {status}")
    assert [got.path for got in receiver.received] == ["/robot"]


def test_each_channel_is_tried_by_itself(receiver):
    person = hears_by(Channel.ROBOT, "http://127.0.0.1:9/closed")
    preferences.choose(person, Channel.EMAIL, is_on=True, address="someone@example.com")
    notify(person)

    assert delivery.deliver_all_waiting(at=MONDAY) == 1
    assert delivery.deliver_all_waiting(at=MONDAY + timedelta(minutes=1)) == 0
    states = dict(NoticeDelivery.objects.values_list("channel", "state"))
    assert states == {"email": DeliveryState.DELIVERED, "robot": DeliveryState.WAITING}


def test_one_persons_silent_robot_does_not_silence_anothers(receiver):
    notify(hears_by(Channel.ROBOT, "http://127.0.0.2:9/closed"), hears_by(Channel.ROBOT, receiver.url))

    assert delivery.deliver_all_waiting(at=MONDAY) == 1


def test_who_switched_it_off_or_left_gets_nothing_more(receiver):
    changed_mind, left = (hears_by(Channel.ROBOT, receiver.url) for _ in range(2))
    notify(changed_mind, left)
    preferences.choose(changed_mind, Channel.ROBOT, is_on=False, address="")
    left.is_active = False
    left.save()

    assert delivery.deliver_all_waiting(at=MONDAY) == 0
    assert set(NoticeDelivery.objects.values_list("state", flat=True)) == {DeliveryState.DROPPED}
    assert receiver.received == []


# --- nothing is sent inside ---


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://localhost/",
        "https://example.com:6379/",
        "http://example.com/",
        "https://user:secret@example.com/",
        "ftp://example.com/",
        "https://",
    ],
)
def test_an_address_inside_or_of_another_kind_is_refused_as_it_is_typed(url):
    with pytest.raises(safe_http.Forbidden):
        safe_http.checked(url, private_ok=False)


def test_a_public_name_that_leads_inside_is_refused_when_it_is_looked_up(monkeypatch, settings):
    settings.ALLOW_PRIVATE_WEBHOOKS = False
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("93.184.216.34", "10.0.0.5")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: inside)
    notify(hears_by(Channel.ROBOT, "https://robot.example.com/"))

    assert delivery.deliver_all_waiting(at=MONDAY) == 0
    assert NoticeDelivery.objects.get().error == "不能发到内部网络的地址。"


def test_the_connection_goes_to_the_address_that_was_checked_whatever_the_name_says_later(monkeypatch, receiver):
    asked = []

    def answer(host, port, **kinds):
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "127.0.0.66"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    port = receiver.url.rpartition(":")[2]
    connect = socket.create_connection
    reached = []
    monkeypatch.setattr(socket, "getaddrinfo", answer)
    monkeypatch.setattr(socket, "create_connection", lambda to, *rest: reached.append(to[0]) or _raw(to))

    safe_http.post(f"http://robot.example.com:{port}/", {}, private_ok=True)

    assert (asked, reached) == (["robot.example.com"], ["127.0.0.1"])
    assert receiver.received[0].headers["Host"] == f"robot.example.com:{port}"
    assert connect is not socket.create_connection


def _raw(to):
    plain = socket.socket()
    plain.connect(to)
    return plain


# --- when ---


@pytest.mark.parametrize(
    ("hour", "urgency", "goes_out"),
    [
        pytest.param(21, Urgency.NORMAL, "23 21:00", id="in the evening at once"),
        pytest.param(22, Urgency.NORMAL, "24 07:00", id="at night in the morning"),
        pytest.param(3, Urgency.HIGH, "23 07:00", id="past midnight the same morning"),
        pytest.param(7, Urgency.NORMAL, "23 07:00", id="in the morning at once"),
        pytest.param(3, Urgency.URGENT, "23 03:00", id="what is urgent at any hour"),
    ],
)
def test_quiet_hours(hour, urgency, goes_out):
    at = MIDNIGHT.replace(hour=hour, minute=0)
    notify(hears_by(Channel.EMAIL, "someone@example.com"), at=at, urgency=urgency)

    row = NoticeDelivery.objects.get()
    assert f"{row.available_at.astimezone(CITY_TIME):%d %H:%M}" == goes_out
    assert Notice.objects.get().created_at == at


def test_reminders_wait_for_one_message_a_day_that_lists_them_most_urgent_first():
    person = hears_by(Channel.EMAIL, "someone@example.com")
    for number, urgency in enumerate((Urgency.NORMAL, Urgency.HIGH, Urgency.NORMAL), start=1):
        reason = f"case:{number}:warning"
        notify(person, reason=reason, title=f"第 {number} 件", kind=Kind.REMINDER, urgency=urgency)
    assert NoticeDelivery.objects.count() == 0

    morning = MONDAY + timedelta(hours=1)
    assert send_digests(url="/workbench/notices/", at=morning) == 1
    assert send_digests(url="/workbench/notices/", at=morning + timedelta(hours=1)) == 1
    delivery.deliver_all_waiting(at=morning)

    (sent,) = mail.outbox
    assert sent.subject == "【漠河创城】今天有 3 件事等您，最急的：第 2 件"
    assert sent.body.splitlines()[:3] == ["1. 第 2 件", "2. 第 1 件", "3. 第 3 件"]
    assert Notice.objects.unread_by(person.pk).count() == 3


def test_a_digest_leaves_out_what_was_read_and_what_went_out_by_itself():
    person = hears_by(Channel.EMAIL, "someone@example.com")
    notify(person, reason="read", kind=Kind.REMINDER)
    Notice.objects.update(read_at=MONDAY)
    notify(person, reason="urgent", kind=Kind.REMINDER, urgency=Urgency.URGENT)

    assert send_digests(url="/", at=MONDAY + timedelta(hours=1)) == 0
    assert NoticeDelivery.objects.get().key.startswith("urgent:")


def test_the_digest_asks_as_much_for_six_people_as_for_two(django_assert_max_num_queries):
    for number in range(6):
        notify(hears_by(Channel.EMAIL, "x@example.com"), reason=f"r{number}", kind=Kind.REMINDER)

    with django_assert_max_num_queries(60):
        send_digests(url="/", at=MONDAY)


def text_phone(words="验证码 123456，10 分钟内有效。", *, at=MONDAY, **more):
    outbox.text_phones([outbox.Text("13800001234", "code:1", words)], what="手机验证码", at=at, **more)


def test_somebody_without_an_account_gets_a_text_once_and_nothing_of_it_stays(receiver):
    text_phone(at=MIDNIGHT, urgency=Urgency.URGENT)
    text_phone(at=MIDNIGHT, urgency=Urgency.URGENT)
    waiting = NoticeDelivery.objects.get()
    assert (waiting.notice.title, waiting.notice.recipient) == ("手机验证码", None)
    assert "123456" not in waiting.sealed and "13800001234" not in waiting.sealed

    assert delivery.deliver_all_waiting(at=MIDNIGHT) == 1

    (got,) = receiver.received
    assert (got.body["key"], got.body["phone"]) == ("code:1:sms", "13800001234")
    # A way to stop such messages may follow the words.
    assert str(got.body["text"]).startswith("【漠河创城】验证码 123456，10 分钟内有效。")
    waiting.refresh_from_db()
    assert (waiting.state, waiting.sealed) == (DeliveryState.DELIVERED, "")


def test_a_text_that_is_not_urgent_waits_for_the_morning_and_a_sink_never_learns_the_phone(settings, sink):
    text_phone(at=MIDNIGHT)
    by_sms = NoticeDelivery.objects.get(channel=Channel.SMS)
    assert by_sms.available_at == MIDNIGHT.replace(hour=7, minute=0)

    delivery.deliver_all_waiting(at=MIDNIGHT)
    line = sink.read_text()
    assert "138****1234" in line and "验证码 123456" in line and "13800001234" not in line


def test_where_no_text_can_leave_the_portal_none_is_written(settings):
    settings.SMS_GATEWAY_URL = ""
    assert not outbox.reaches_phones()
    text_phone()
    assert not Notice.objects.exists()
