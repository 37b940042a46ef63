"""Take waiting deliveries and hand each to its channel, at least once, with its key."""

import json
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.db.models import F

from common.crypto import decrypt
from notifications import channels
from notifications.channels import Message, Refused, Unreachable
from notifications.models import Channel, ChannelChoice, DeliveryState, NoticeDelivery

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=45)
FIRST_RETRY = timedelta(seconds=15)
# Short enough that all is out within five minutes of a fault's end.
LONGEST_RETRY = timedelta(minutes=4)
MOST_FAULTS = 8
# Silence is no fault of the message, but yesterday's news is none.
WORTH_TELLING = timedelta(hours=24)
MOST_AT_ONCE = 200


def deliver_all_waiting(*, at: datetime) -> int:
    """Deliver what waits at `at`, channel by channel; returns how many messages reached theirs."""
    return sum(_deliver_channel(channel, at=at) for channel in Channel)


def _deliver_channel(channel: Channel, *, at: datetime) -> int:
    waiting = NoticeDelivery.objects.waiting(at=at).filter(channel=channel).order_by("available_at", "pk")
    rows = list(waiting.select_related("notice__recipient")[:MOST_AT_ONCE])
    addresses = _addresses(channel, rows)
    silent: set[str] = set()
    reached = 0
    for delivery in rows:
        address = _unsealed(delivery)["phone"] or addresses.get(delivery.notice.recipient_id or 0, "")
        where = channels.endpoint(channel, address)
        if where in silent:
            continue  # the next sweep asks again; this one does not wait for the same silence row by row
        try:
            reached += _deliver(delivery, address, at=at)
        except Unreachable:
            silent.add(where)
    return reached


def _addresses(channel: Channel, deliveries: Iterable[NoticeDelivery]) -> dict[int, str]:
    """Where each person wants this channel's messages, by their id; who has switched it off is missing."""
    people = {delivery.notice.recipient_id for delivery in deliveries if delivery.notice.recipient_id}
    chosen = ChannelChoice.objects.filter(channel=channel, is_on=True, person__in=people)
    return {choice.person_id: choice.address for choice in chosen}


def _deliver(delivery: NoticeDelivery, address: str, *, at: datetime) -> bool:
    """True if the message got out. Raises Unreachable, after putting it off, so that others need not wait for it."""
    if not _claim(delivery, at=at):
        return False  # another worker has it
    if delivery.faults >= MOST_FAULTS:
        # Each try took its worker with it before it could be put off.
        _settle(delivery, state=DeliveryState.DEAD, error="每次发送都中断")
        return False
    if not _is_wanted(delivery, address):
        _settle(delivery, state=DeliveryState.DROPPED, error="收件人已停用账号或这种方式")
        return False
    try:
        channels.send(Channel(delivery.channel), _message(delivery, address, at=at))
    except DatabaseError:
        raise
    except Unreachable as error:
        too_old = at - delivery.notice.created_at >= WORTH_TELLING
        _put_off(delivery, str(error), dead=too_old, at=at)
        raise
    except Exception as error:
        # Whatever it is, it must not hold up the messages behind this one.
        delivery.faults += 1
        told = str(error) if isinstance(error, Refused) else f"内部错误（{type(error).__name__}）"
        _put_off(delivery, told, dead=delivery.faults >= MOST_FAULTS, at=at)
        return False
    _settle(delivery, state=DeliveryState.DELIVERED, delivered_at=at, error="")
    return True


def _is_wanted(delivery: NoticeDelivery, address: str) -> bool:
    """Whether the person is still there and has this channel on, and the portal still offers it."""
    if delivery.channel in channels.sinks():
        return True
    recipient = delivery.notice.recipient
    is_there = recipient is None or recipient.is_active
    return is_there and delivery.channel in channels.offered() and bool(address)


def _unsealed(delivery: NoticeDelivery) -> dict[str, str]:
    """Phone and words of a text message; empty ones for a notice to somebody with an account."""
    return json.loads(decrypt(delivery.sealed)) if delivery.sealed else {"phone": "", "words": ""}


def _claim(delivery: NoticeDelivery, *, at: datetime) -> bool:
    lost_its_worker = int(delivery.lease_until is not None)
    unchanged = NoticeDelivery.objects.waiting(at=at).filter(pk=delivery.pk, tries=delivery.tries)
    claimed = unchanged.update(lease_until=at + LEASE, tries=F("tries") + 1, faults=F("faults") + lost_its_worker)
    delivery.tries += 1
    delivery.faults += lost_its_worker
    return bool(claimed)


def _put_off(delivery: NoticeDelivery, error: str, *, dead: bool, at: datetime) -> None:
    """Back off: 15 s, 30 s, 1 min … 4 min; or give up in sight."""
    logger.warning("delivery %s by %s failed, try %s", delivery.pk, delivery.channel, delivery.tries)
    wait = min(FIRST_RETRY * 2 ** min(delivery.tries - 1, 10), LONGEST_RETRY)
    _settle(
        delivery,
        state=DeliveryState.DEAD if dead else DeliveryState.WAITING,
        available_at=at + wait,
        faults=delivery.faults,
        error=error[:200],
    )


def _settle(delivery: NoticeDelivery, **facts: object) -> None:
    """Only the try that still holds the delivery may say how it ended; what got out, got out."""
    mine = NoticeDelivery.objects.filter(pk=delivery.pk)
    if facts.get("state") != DeliveryState.DELIVERED:
        mine = mine.filter(tries=delivery.tries, state=DeliveryState.WAITING)
    if facts.get("state") in {DeliveryState.DELIVERED, DeliveryState.DROPPED}:
        facts["sealed"] = ""
    mine.update(lease_until=None, **facts)


def _message(delivery: NoticeDelivery, address: str, *, at: datetime) -> Message:
    notice = delivery.notice
    return Message(
        key=delivery.key,
        recipient_id=notice.recipient_id,
        address=address,
        kind=notice.kind,
        title=_unsealed(delivery)["words"] or notice.title,
        body=notice.body,
        url=notice.url,
        at=at,
    )
