"""Atomic limits on how often something may be tried, kept in the database so that every process agrees."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import DEFAULT_DB_ALIAS, connections
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
    spend_all([(limit, subject)], at=at)


def spend_all(tries: Iterable[tuple[Limit, str]], *, at: datetime) -> None:
    """Count one try against each of several limits, in one statement; TooMany tells the first that is used up.

    Refused by one, it counts against none: who has used up their own must not use up everybody's.
    """
    windows = {key: (limit, starts_at) for limit, key, starts_at in (_window(*one, at) for one in tries)}
    counted = _count({key: window for key, window in windows.items() if window[0].most > 0})
    for key, (limit, starts_at) in windows.items():
        if key not in counted:
            for other in counted:
                _take_back(other, windows[other][1])
            seconds = int((starts_at + limit.per - at).total_seconds()) + 1
            raise TooMany(limit.refusal, retry_after=seconds, limit=limit.name)


def give_back(limit: Limit, subject: str, *, at: datetime) -> None:
    """Take back one try that `spend` counted at the same moment: where only failures shall count."""
    _, key, starts_at = _window(limit, subject, at)
    _take_back(key, starts_at)


def _take_back(key: str, starts_at: datetime) -> None:
    Budget.objects.filter(subject=key, window_starts_at=starts_at, spent__gt=0).update(spent=F("spent") - 1)


def _window(limit: Limit, subject: str, at: datetime) -> tuple[Limit, str, datetime]:
    seconds = limit.per.total_seconds()
    key = f"{limit.name}:{digest('budget', subject)[:40]}"
    return limit, key, datetime.fromtimestamp(at.timestamp() // seconds * seconds, UTC)


def _count(windows: dict[str, tuple[Limit, datetime]]) -> set[str]:
    """Count where there is room, opening windows that are new; returns the keys that were counted.

    One statement, so that of two tries at once at most as many count as there is room for. Its rows stand in the order
    of their keys: two that hold each other's rows would wait for ever. By hand, since bulk_create replaces on conflict
    and cannot add. A window that is new has room: no limit here is 0.
    """
    if not windows:
        return set()
    ordered = sorted(windows.items())
    connection = connections[DEFAULT_DB_ALIAS]
    starts = Budget._meta.get_field("window_starts_at")
    rows = [(key, starts.get_db_prep_value(starts_at, connection)) for key, (_, starts_at) in ordered]
    room = [(key, limit.most) for key, (limit, _) in ordered]
    statement = (
        f"INSERT INTO common_budget (subject, window_starts_at, spent) VALUES {', '.join(['(%s, %s, 1)'] * len(rows))}"  # noqa: S608 -- only placeholders
        " ON CONFLICT (subject, window_starts_at) DO UPDATE SET spent = common_budget.spent + 1"
        f" WHERE common_budget.spent < CASE common_budget.subject{' WHEN %s THEN %s' * len(room)} END"
        " RETURNING subject"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for pair in (*rows, *room) for value in pair])
        return {key for (key,) in cursor.fetchall()}


def forget_before(moment: datetime) -> int:
    """Delete the windows that ended before `moment`; returns how many rows went."""
    return Budget.objects.filter(window_starts_at__lt=moment).delete()[0]
