"""Atomic limits on how often something may be tried, kept in the database so that every process agrees."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

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
    key, starts_at = _window(limit, subject, at)
    if _count(limit, key, starts_at):
        return
    # No row yet, or the budget is used up: only the second stays so once there is a row.
    Budget.objects.bulk_create([Budget(subject=key, window_starts_at=starts_at)], ignore_conflicts=True)
    if not _count(limit, key, starts_at):
        seconds = int((starts_at + limit.per - at).total_seconds()) + 1
        raise TooMany(limit.refusal, retry_after=seconds, limit=limit.name)


def give_back(limit: Limit, subject: str, *, at: datetime) -> None:
    """Take back one try that `spend` counted at the same moment: where only failures shall count."""
    key, starts_at = _window(limit, subject, at)
    Budget.objects.filter(subject=key, window_starts_at=starts_at, spent__gt=0).update(spent=F("spent") - 1)


def _window(limit: Limit, subject: str, at: datetime) -> tuple[str, datetime]:
    seconds = limit.per.total_seconds()
    key = f"{limit.name}:{digest('budget', subject)[:40]}"
    return key, datetime.fromtimestamp(at.timestamp() // seconds * seconds, UTC)


def _count(limit: Limit, key: str, starts_at: datetime) -> bool:
    """One conditional UPDATE, so that of two tries at once at most as many count as there is room for."""
    room = Budget.objects.filter(subject=key, window_starts_at=starts_at, spent__lt=limit.most)
    return bool(room.update(spent=F("spent") + 1))


def forget_before(moment: datetime) -> int:
    """Delete the windows that ended before `moment`; returns how many rows went."""
    return Budget.objects.filter(window_starts_at__lt=moment).delete()[0]
