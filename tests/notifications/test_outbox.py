import json
from datetime import timedelta

import pytest
from django.db import OperationalError as DatabaseDown
from django.db import transaction
from kombu.exceptions import OperationalError as QueueDown

from notifications import delivery, outbox, tasks
from notifications.models import Notice
from tests.factories.accounts import UserFactory
from tests.factories.complaints import MONDAY

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=1)


@pytest.fixture
def sink(settings, tmp_path):
    """Where each notice that was delivered leaves a line."""
    settings.NOTICE_BACKEND = "file"
    settings.NOTICE_FILE = tmp_path / "notices.jsonl"
    return settings.NOTICE_FILE


def notify(*people, reason="case:2026-000001:2", at=MONDAY):
    outbox.notify(people, reason=reason, title="新派单：积雪结冰", url="/workbench/", at=at)


def lines(sink):
    return [json.loads(line) for line in sink.read_text().splitlines()] if sink.exists() else []


def test_the_same_reason_reaches_a_person_once():
    liaison, colleague = UserFactory.create_batch(2)

    notify(liaison)
    notify(liaison, colleague)

    assert sorted(Notice.objects.values_list("recipient_id", flat=True)) == [liaison.pk, colleague.pk]


def test_a_notice_shares_the_fate_of_what_it_tells_of():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        notify(UserFactory())
        raise ZeroDivisionError

    assert not Notice.objects.exists()


def test_a_commit_asks_a_worker_to_deliver(django_capture_on_commit_callbacks, monkeypatch):
    asked = []
    monkeypatch.setattr(tasks.deliver_waiting, "delay", lambda: asked.append("now"))

    with django_capture_on_commit_callbacks(execute=True):
        notify(UserFactory())

    assert asked == ["now"]


def test_with_the_queue_down_the_notice_stays_and_the_sweep_delivers_it(
    sink, django_capture_on_commit_callbacks, monkeypatch
):
    def refuse():
        raise QueueDown("connection refused")

    monkeypatch.setattr(tasks.deliver_waiting, "delay", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        notify(UserFactory())
    assert lines(sink) == []

    assert delivery.deliver_all_waiting(at=MONDAY + LATER) == 1
    assert [line["key"] for line in lines(sink)] == [Notice.objects.get().dedup_key]


def test_what_is_delivered_is_not_delivered_again(sink):
    notify(UserFactory())

    assert delivery.deliver_all_waiting(at=MONDAY) == 1
    assert delivery.deliver_all_waiting(at=MONDAY + LATER) == 0
    assert len(lines(sink)) == 1


def test_while_one_worker_holds_a_notice_another_leaves_it_alone(sink):
    notify(UserFactory())
    Notice.objects.update(lease_until=MONDAY + delivery.LEASE, tries=1)

    assert delivery.deliver_all_waiting(at=MONDAY + timedelta(seconds=1)) == 0
    assert lines(sink) == []


def test_a_notice_whose_worker_died_is_taken_up_when_its_lease_ends(sink):
    notify(UserFactory())
    Notice.objects.update(lease_until=MONDAY + delivery.LEASE, tries=1)

    assert delivery.deliver_all_waiting(at=MONDAY + delivery.LEASE + timedelta(seconds=1)) == 1
    assert len(lines(sink)) == 1


def test_a_sink_that_fails_is_tried_again_ever_more_rarely_and_then_given_up_visibly(sink):
    sink.mkdir()  # a folder cannot be written to
    notify(UserFactory())
    notice, at, waits = Notice.objects.get(), MONDAY, []

    for _ in range(delivery.MOST_TRIES):
        assert delivery.deliver_all_waiting(at=at) == 0
        notice.refresh_from_db()
        waits.append(int((notice.available_at - at).total_seconds()))
        at = notice.available_at

    assert waits == [15, 30, 60, 120, 240, 480, 960, 1920]
    assert (notice.dead, notice.tries, notice.delivered_at) == (True, 8, None)
    assert not Notice.objects.waiting(at=at + timedelta(days=1)).exists()


def test_a_notice_that_cannot_be_sent_does_not_hold_up_the_rest(sink, monkeypatch):
    notify(UserFactory(), UserFactory())
    poison, good = Notice.objects.order_by("pk")
    send = delivery._send

    def choke(notice, *, at):
        if notice == poison:
            raise ValueError("a character the sink does not know")
        send(notice, at=at)

    monkeypatch.setattr(delivery, "_send", choke)

    assert delivery.deliver_all_waiting(at=MONDAY) == 1
    assert [line["key"] for line in lines(sink)] == [good.dedup_key]


def test_a_notice_whose_delivery_kills_its_worker_every_time_is_given_up(sink):
    notify(UserFactory())
    Notice.objects.update(tries=delivery.MOST_TRIES, lease_until=MONDAY - LATER)

    assert delivery.deliver_all_waiting(at=MONDAY) == 0
    assert Notice.objects.get().dead


def test_a_database_that_is_down_is_no_fault_of_the_notice(sink, monkeypatch):
    def lose_the_database(notice, *, at):
        raise DatabaseDown("server closed the connection")

    notify(UserFactory())
    monkeypatch.setattr(delivery, "_send", lose_the_database)

    with pytest.raises(DatabaseDown):
        delivery.deliver_all_waiting(at=MONDAY)
