"""Take waiting notices and hand each to the channel, at least once, with its key."""

import json
import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError
from django.db.models import F

from notifications.models import Notice

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=45)
MOST_TRIES = 8


def deliver_all_waiting(*, at: datetime) -> int:
    """Deliver what waits at `at`; returns how many notices reached their channel."""
    return sum(_deliver(notice, at=at) for notice in Notice.objects.waiting(at=at).order_by("pk")[:500])


def _deliver(notice: Notice, *, at: datetime) -> bool:
    claimed = Notice.objects.waiting(at=at).filter(pk=notice.pk)
    if notice.tries >= MOST_TRIES:
        # Each try took its worker with it before it could be put off.
        claimed.update(dead=True)
        return False
    if not claimed.update(lease_until=at + LEASE, tries=F("tries") + 1):
        return False  # another worker has it
    try:
        _send(notice, at=at)
    except DatabaseError:
        raise
    except Exception as error:
        # Whatever it is, it must not hold up the notices behind this one.
        _put_off(notice, error, at=at)
        return False
    Notice.objects.filter(pk=notice.pk).update(delivered_at=at, lease_until=None)
    return True


def _put_off(notice: Notice, error: Exception, *, at: datetime) -> None:
    """Back off: 15 s, 30 s, 1 min … and give up visibly after MOST_TRIES."""
    tries = notice.tries + 1
    logger.warning("notice %s not delivered (%s), try %s", notice.pk, type(error).__name__, tries)
    Notice.objects.filter(pk=notice.pk).update(
        lease_until=None, available_at=at + timedelta(seconds=15 * 2 ** (tries - 1)), dead=tries >= MOST_TRIES
    )


def _send(notice: Notice, *, at: datetime) -> None:
    """The in-app inbox is the row itself; the file channel writes one JSON line per effect for checks from outside."""
    if settings.NOTICE_BACKEND == "file":
        line = {"key": notice.dedup_key, "to": notice.recipient_id, "title": notice.title, "at": at.isoformat()}
        with settings.NOTICE_FILE.open("a", encoding="utf-8") as sink:
            sink.write(json.dumps(line, ensure_ascii=False) + "\n")
