"""Atomic limits on how often something may be tried, kept in the database so that every process agrees."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import F

from common.crypto import digest
from common.errors import TooMany
from common.models import Budget


@dataclass(frozen=True)
class Limit:
    """At most `most` times in each window of `per`; `refusal` is said to the person past it."""

    name: str
    most: int
    per: timedelta
    refusal: str


def spend(limit: Limit, subject: str, *, at: datetime) -> None:
    """Count one try by `subject` (an address, an account …, stored as a digest); raise TooMany past the limit.

    The count survives a roll-back of the caller's work only if called outside its transaction: count first, then act.
    """
    window = limit.per.total_seconds()
    starts_at = datetime.fromtimestamp(at.timestamp() // window * window, UTC)
    key = f"{limit.name}:{digest('budget', subject)[:40]}"
    with transaction.atomic():
        Budget.objects.get_or_create(subject=key, window_starts_at=starts_at)
        within = Budget.objects.filter(subject=key, window_starts_at=starts_at, spent__lt=limit.most)
        allowed = within.update(spent=F("spent") + 1)
    if not allowed:
        wait = int((starts_at + limit.per - at).total_seconds()) + 1
        raise TooMany(limit.refusal, retry_after=wait)


def forget_before(moment: datetime) -> int:
    """Delete the windows that ended before `moment`; returns how many rows went."""
    return Budget.objects.filter(window_starts_at__lt=moment).delete()[0]
