"""The inbox, one's own way of hearing of things, and the administrator's page of what failed."""

import pytest
from bs4 import BeautifulSoup

from accounts.models import Role
from audit.models import Entry
from notifications import outbox
from notifications.models import (
    Channel,
    ChannelChoice,
    DeliveryState,
    Kind,
    Notice,
    NoticeDelivery,
    Urgency,
)
from tests.factories.accounts import UserFactory
from tests.factories.complaints import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PREFERENCES = "/workbench/profile/notices/"
ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693axxx6"


def notify(*people, reason="r", title="新派单：积雪结冰", **changes):
    outbox.notify(people, reason=reason, title=title, url="/workbench/", at=MONDAY, **changes)


@pytest.fixture
def person(client, settings):
    settings.EMAIL_HOST, settings.SMS_GATEWAY_URL = "mail.example.com", "https://sms.example.com/"
    someone = UserFactory()
    client.force_login(someone)
    return someone


def given(**changes):
    return {f"{channel}-{name}": value for channel, fields in changes.items() for name, value in fields.items()}


# --- inbox ---


def test_the_inbox_tells_what_is_urgent_and_leaves_the_digest_out(client, person):
    notify(person, reason="1", urgency=Urgency.URGENT)
    notify(person, reason="2", title="今天有 2 件事等您", kind=Kind.DIGEST)

    page = client.get("/workbench/notices/").content.decode()

    assert ("紧急" in page, "今天有 2 件事" in page) == (True, False)


def test_nobody_opens_or_reads_a_strangers_notice(client, person):
    notify(UserFactory(), title="给别人的")
    notice = Notice.objects.get()

    assert "给别人的" not in client.get("/workbench/notices/").content.decode()
    assert client.post(f"/workbench/notices/{notice.pk}/open/").status_code == 404


def test_all_can_be_marked_read_at_once(client, person):
    notify(person, reason="1")
    notify(person, reason="2")

    client.post("/workbench/notices/read-all/")

    assert not Notice.objects.unread_by(person.pk).exists()


# --- preferences ---


def test_what_is_chosen_is_kept_encrypted_and_shown_again_only_in_part(client, person):
    answer = client.post(
        PREFERENCES,
        given(
            sms={"is_on": "on", "address": "138 0000 1234"},
            robot={"is_on": "on", "address": ROBOT},
            email={"address": "someone@example.com"},
        ),
    )
    assert answer.status_code == 302

    kept = {choice.channel: (choice.is_on, choice.address) for choice in ChannelChoice.objects.all()}
    assert kept == {
        "sms": (True, "13800001234"),
        "robot": (True, ROBOT),
        "email": (False, "someone@example.com"),
    }
    assert "13800001234" not in "".join(ChannelChoice.objects.values_list("address_encrypted", flat=True))
    page = client.get(PREFERENCES).content.decode()
    assert "138****1234" in page and "someone@example.com" in page and "qyapi.weixin.qq.com 的机器人" in page
    assert "13800001234" not in page and "693axxx6" not in page


def test_an_address_left_empty_stays_as_it_is(client, person):
    client.post(PREFERENCES, given(email={"is_on": "on", "address": "someone@example.com"}))
    client.post(PREFERENCES, given(email={"address": ""}))

    choice = ChannelChoice.objects.get(channel=Channel.EMAIL)
    assert (choice.is_on, choice.address) == (False, "someone@example.com")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        pytest.param(given(sms={"is_on": "on"}), "要发短信，请填手机号。", id="on without an address"),
        pytest.param(given(sms={"address": "1380000"}), "手机号应是 11 位，以 1 开头，现在是 7 位。", id="short"),
        pytest.param(given(email={"address": "someone"}), "邮箱地址不完整", id="half an e-mail address"),
        pytest.param(given(robot={"address": "https://10.0.0.1/"}), "不能发到内部网络的地址", id="inside"),
        pytest.param(given(robot={"address": "http://example.com/"}), "地址要以 https:// 开头", id="not https"),
    ],
)
def test_a_wrong_address_gets_a_sentence_and_nothing_is_kept(client, person, typed, sentence):
    answer = client.post(PREFERENCES, typed)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not ChannelChoice.objects.exists()


def test_a_test_goes_out_at_once_by_what_is_on(client, person):
    client.post(PREFERENCES, given(robot={"is_on": "on", "address": ROBOT}))
    client.post(PREFERENCES + "test/")

    row = NoticeDelivery.objects.get()
    assert (row.channel, row.notice.urgency, row.notice.recipient) == ("robot", Urgency.URGENT, person)
    assert "等待发送" in client.get(PREFERENCES).content.decode()


def test_tests_are_limited(client, person):
    for _ in range(5):
        assert client.post(PREFERENCES + "test/").status_code == 302
    assert client.post(PREFERENCES + "test/").status_code == 429


def test_where_nothing_is_offered_the_page_says_so(client, settings, person):
    settings.EMAIL_HOST = settings.SMS_GATEWAY_URL = ""
    settings.NOTICE_ROBOTS = False

    assert "现在只有站内提醒" in client.get(PREFERENCES).content.decode()


# --- what failed ---


@pytest.fixture
def failed(settings):
    settings.NOTICE_BACKEND = "file"
    notify(UserFactory(), UserFactory(), title="新派单：三号楼积雪")
    NoticeDelivery.objects.update(state=DeliveryState.DEAD, error="对方回答 400", tries=8, faults=8)
    return list(NoticeDelivery.objects.order_by("pk"))


def test_the_administrator_sees_who_was_not_reached_and_why_but_not_what_it_was_about(client, failed):
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))

    page = client.get("/workbench/notices/failed/").content.decode()

    assert len(BeautifulSoup(page, "html.parser").select("tbody tr")) == 2
    assert "对方回答 400" in page
    assert "积雪" not in page


def test_one_or_all_are_put_on_again_and_the_log_says_so(client, failed):
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    first, second = failed

    client.post("/workbench/notices/failed/retry/", {"delivery": first.pk})
    states = list(NoticeDelivery.objects.order_by("pk").values_list("state", "faults"))
    assert states == [(DeliveryState.WAITING, 0), (DeliveryState.DEAD, 8)]
    client.post("/workbench/notices/failed/retry/")

    assert not NoticeDelivery.objects.dead().exists()
    assert [entry.facts["count"] for entry in Entry.objects.filter(verb="重发提醒")] == [1, 1]


@pytest.mark.parametrize("typed", ["x", "-1", "9" * 30, "²"])
def test_a_number_that_is_none_puts_nothing_on(client, failed, typed):
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))

    assert client.post("/workbench/notices/failed/retry/", {"delivery": typed}).status_code == 302
    assert NoticeDelivery.objects.dead().count() == 2
