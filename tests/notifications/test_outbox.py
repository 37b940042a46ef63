import json
import time
from datetime import timedelta
from threading import Event

import pytest
from django.db import OperationalError as DatabaseDown
from django.db import transaction
from kombu.exceptions import OperationalError as QueueDown

from notifications import channels, dead_letters, delivery, outbox, tasks
from notifications.models import DeliveryState, Notice, NoticeDelivery
from tests.factories.accounts import UserFactory
from tests.factories.complaints import MONDAY

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=1)


def notify(*people, reason="case:2026-000001:2", at=MONDAY, **changes):
    outbox.notify(people, **({"reason": reason, "title": "新派单：积雪结冰", "url": "/workbench/", "at": at} | changes))


def lines(sink):
    return [json.loads(line) for line in sink.read_text().splitlines()] if sink.exists() else []


def test_the_same_reason_reaches_a_person_once(sink):
    liaison, colleague = UserFactory.create_batch(2)

    notify(liaison)
    notify(liaison, colleague)

    assert sorted(Notice.objects.values_list("recipient_id", flat=True)) == [liaison.pk, colleague.pk]
    assert NoticeDelivery.objects.count() == 2


def test_a_notice_shares_the_fate_of_what_it_tells_of(sink):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        notify(UserFactory())
        raise ZeroDivisionError

    assert not Notice.objects.exists()
    assert not NoticeDelivery.objects.exists()


def test_no_phone_and_no_tracking_code_gets_into_a_notice():
    notify(UserFactory(), title="请回电 13800001234", body="查询码 1F5W-VM24-N9GS7，案件 2026-000123")

    notice = Notice.objects.get()
    assert notice.title == "请回电 （电话已隐去）"
    assert notice.body == "查询码 （查询码已隐去），案件 2026-000123"


def test_a_commit_asks_a_worker_to_deliver(sink, django_capture_on_commit_callbacks, monkeypatch):
    asked = []
    monkeypatch.setattr(tasks.deliver_waiting, "delay", lambda: asked.append("now"))

    with django_capture_on_commit_callbacks(execute=True):
        notify(UserFactory())

    assert outbox.nudge.wait(10)
    assert asked == ["now"]


def test_what_stays_in_the_inbox_bothers_no_worker(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        notify(UserFactory())

    assert (callbacks, Notice.objects.count(), NoticeDelivery.objects.count()) == ([], 1, 0)


def test_with_the_queue_down_the_notice_stays_and_the_sweep_delivers_it(
    sink, django_capture_on_commit_callbacks, monkeypatch
):
    def refuse():
        raise QueueDown("connection refused")

    monkeypatch.setattr(tasks.deliver_waiting, "delay", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        notify(UserFactory())
    assert outbox.nudge.wait(10)
    assert lines(sink) == []

    assert delivery.deliver_all_waiting(at=MONDAY + LATER) == 1
    assert [line["key"] for line in lines(sink)] == [NoticeDelivery.objects.get().key]


def test_what_is_delivered_is_not_delivered_again(sink):
    notify(UserFactory())

    assert delivery.deliver_all_waiting(at=MONDAY) == 1
    assert delivery.deliver_all_waiting(at=MONDAY + LATER) == 0
    assert len(lines(sink)) == 1


def test_while_one_worker_holds_a_notice_another_leaves_it_alone(sink):
    notify(UserFactory())
    NoticeDelivery.objects.update(lease_until=MONDAY + delivery.LEASE, tries=1)

    assert delivery.deliver_all_waiting(at=MONDAY + timedelta(seconds=1)) == 0
    assert lines(sink) == []


def test_a_notice_whose_worker_died_is_taken_up_when_its_lease_ends(sink):
    notify(UserFactory())
    NoticeDelivery.objects.update(lease_until=MONDAY + delivery.LEASE, tries=1)

    assert delivery.deliver_all_waiting(at=MONDAY + delivery.LEASE + timedelta(seconds=1)) == 1
    assert len(lines(sink)) == 1


def test_a_lease_from_before_the_clock_was_set_back_holds_nothing_up(sink):
    notify(UserFactory())
    NoticeDelivery.objects.update(lease_until=MONDAY + timedelta(days=30), tries=1)

    assert delivery.deliver_all_waiting(at=MONDAY) == 1


def test_a_sink_that_is_silent_is_tried_again_ever_more_rarely_for_a_day_and_then_given_up_in_sight(sink, monkeypatch):
    assert delivery.WORTH_TELLING.total_seconds() == 24 * 3600
    monkeypatch.setattr(delivery, "WORTH_TELLING", timedelta(hours=1))  # the same, sooner
    sink.mkdir()  # a folder cannot be written to
    notify(UserFactory())
    row, at, waits = NoticeDelivery.objects.get(), MONDAY, []

    while row.state == DeliveryState.WAITING:
        assert delivery.deliver_all_waiting(at=at) == 0
        row.refresh_from_db()
        waits.append(int((row.available_at - at).total_seconds()))
        at = row.available_at

    assert waits[:6] == [15, 30, 60, 120, 240, 240]
    assert set(waits[6:]) == {240}
    assert at - MONDAY >= timedelta(hours=1)
    assert (row.state, row.error, row.faults) == (DeliveryState.DEAD, "连不上（IsADirectoryError）", 0)
    assert delivery.deliver_all_waiting(at=at + timedelta(days=1)) == 0


def test_within_four_minutes_of_a_sinks_return_everything_is_out(sink):
    sink.mkdir()
    for number in range(20):
        notify(UserFactory(), reason=f"case:{number}")
    at = MONDAY
    while at < MONDAY + timedelta(minutes=20):
        delivery.deliver_all_waiting(at=at)
        at += timedelta(seconds=15)
    sink.rmdir()

    back = at
    while at <= back + delivery.LONGEST_RETRY:
        delivery.deliver_all_waiting(at=at)
        at += timedelta(seconds=15)

    keys = [line["key"] for line in lines(sink)]
    assert len(keys) == len(set(keys)) == 20


def test_a_silent_sink_is_waited_for_once_a_sweep_not_once_a_notice(sink):
    sink.mkdir()
    for number in range(5):
        notify(UserFactory(), reason=f"case:{number}")

    delivery.deliver_all_waiting(at=MONDAY)

    assert NoticeDelivery.objects.filter(tries=1).count() == 1


def refuse(monkeypatch, wrong):
    """Let the sink choke on the notices for which `wrong` holds."""
    send = channels.send

    def choke(channel, message):
        if wrong(message):
            raise ValueError("a character the sink does not know")
        send(channel, message)

    monkeypatch.setattr(channels, "send", choke)


def test_a_notice_that_cannot_be_sent_does_not_hold_up_the_rest(sink, monkeypatch):
    notify(UserFactory(), UserFactory())
    poison, good = NoticeDelivery.objects.order_by("pk")
    refuse(monkeypatch, lambda message: message.key == poison.key)

    assert delivery.deliver_all_waiting(at=MONDAY) == 1
    assert [line["key"] for line in lines(sink)] == [good.key]


def test_a_notice_that_is_refused_eight_times_is_given_up_and_can_be_tried_again(sink, monkeypatch):
    notify(UserFactory())
    with monkeypatch.context() as broken:
        refuse(broken, lambda message: True)
        at = MONDAY
        for _ in range(delivery.MOST_FAULTS):
            delivery.deliver_all_waiting(at=at)
            at += delivery.LONGEST_RETRY
    row = NoticeDelivery.objects.get()
    assert (row.state, row.tries, row.error) == (DeliveryState.DEAD, 8, "内部错误（ValueError）")

    assert dead_letters.retry(NoticeDelivery.objects.all(), at=at) == 1
    assert delivery.deliver_all_waiting(at=at) == 1
    assert dead_letters.retry(NoticeDelivery.objects.all(), at=at) == 0
    assert len(lines(sink)) == 1


def test_a_notice_whose_delivery_kills_its_worker_every_time_is_given_up(sink):
    notify(UserFactory())
    at = MONDAY
    for _ in range(delivery.MOST_FAULTS + 1):
        # The worker is gone between the claim and the end.
        row = NoticeDelivery.objects.get()
        assert delivery._claim(row, at=at)
        at += delivery.LEASE + timedelta(seconds=1)

    assert delivery.deliver_all_waiting(at=at) == 0
    assert NoticeDelivery.objects.get().state == DeliveryState.DEAD
    assert lines(sink) == []


def test_a_database_that_is_down_is_no_fault_of_the_notice(sink, monkeypatch):
    def lose_the_database(channel, message):
        raise DatabaseDown("server closed the connection")

    notify(UserFactory())
    monkeypatch.setattr(channels, "send", lose_the_database)

    with pytest.raises(DatabaseDown):
        delivery.deliver_all_waiting(at=MONDAY)


def test_who_commits_does_not_wait_for_a_queue_that_hangs_and_nobodys_nudge_is_forgotten(
    sink, django_capture_on_commit_callbacks, monkeypatch
):
    answers, asked = Event(), []

    def hang():
        asked.append("now")
        answers.wait(10)

    monkeypatch.setattr(tasks.deliver_waiting, "delay", hang)
    begun = time.monotonic()
    for number in range(5):
        with django_capture_on_commit_callbacks(execute=True):
            notify(UserFactory(), reason=f"case:{number}")
    waited = time.monotonic() - begun
    answers.set()

    assert waited < 5
    assert outbox.nudge.wait(10)
    assert asked == ["now", "now"]  # one for the first, one for all who came while it hung
