"""Keeping the tallies: every minute what changed, every night all of it over again. One process at a time."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby, islice
from operator import itemgetter
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet

from complaints.models import Complaint, Event
from reports.models import CaseShare, RollupState, Tally, TouchedCase
from reports.rollups.shares import MEASURES, Case, Cell, Counts, Share, Sums, counting, read, share_of, written

LEASE = timedelta(minutes=2)
BATCH = 500
# Of cases, when all are counted: more at a time saves statements, fewer hold up nobody for long.
BATCH_OF_ALL = 2_000
# With more to do than this, starting over is faster.
MOST_TOUCHED = 20_000
_CASE = (
    "pk", "state", "filed_at", "due_at", "handled_at", "closed_at", "closed_in_time", "rework_count", "unit_id",
    "grid__community_id", "grid_id", "channel", "group", "category__major_name",
)  # fmt: skip
_STEP = (
    "complaint_id", "move", "from_state", "to_state", "unit_id", "at", "was_overdue", "satisfaction", "is_solved",
)  # fmt: skip
_TALLY = ("cell", "grain", "starts_on", "axis", "key", "community_id", "unit_id", *MEASURES)

Placed = tuple[Cell, Counts]


class LostHold(Exception):
    """Another process took over, since this one was silent for too long; what it did last is rolled back."""


def refresh(*, at: datetime) -> str:
    """Count what changed since the last time; everything, if that is the first time. Says what it did."""
    hold = _Hold.take(at)
    if hold is None:
        return "另一个进程正在汇总"
    try:
        if not RollupState.read().is_whole or TouchedCase.objects.count() > MOST_TOUCHED:
            return _rebuild(hold).words
        done = 0
        while changed := _settle_batch(hold):
            done += changed
        hold.say(counted_at=at)
        return f"汇总 {done} 件案件的变动"
    finally:
        hold.release()


def rebuild(*, at: datetime) -> str:
    """Count every case anew and put right whatever the tallies held otherwise. Says what it did."""
    hold = _Hold.take(at)
    if hold is None:
        return "另一个进程正在汇总"
    try:
        return _rebuild(hold).words
    finally:
        hold.release()


# --- one process at a time ---


@dataclass(frozen=True)
class _Hold:
    """The right to change the tallies, good for LEASE after each write; `fence` renews it or finds it lost."""

    at: datetime
    token: str = field(default_factory=lambda: uuid4().hex)
    started: float = field(default_factory=time.monotonic)

    @classmethod
    def take(cls, at: datetime) -> "_Hold | None":
        hold = cls(at)
        RollupState.objects.get_or_create(pk=RollupState.ONLY)
        free = RollupState.objects.filter(Q(lease_until=None) | Q(lease_until__lt=at), pk=RollupState.ONLY)
        return hold if free.update(holder=hold.token, lease_until=at + LEASE) else None

    def fence(self) -> None:
        """To be called first in every transaction that writes: from here to its end nobody else can."""
        lease_until = self.at + timedelta(seconds=time.monotonic() - self.started) + LEASE
        if not self._mine().update(lease_until=lease_until):
            raise LostHold

    def say(self, **facts: object) -> None:
        self._mine().update(**facts)

    def release(self) -> None:
        self._mine().update(holder="", lease_until=None)

    def _mine(self) -> QuerySet[RollupState]:
        return RollupState.objects.filter(pk=RollupState.ONLY, holder=self.token)


# --- what changed ---


def _settle_batch(hold: _Hold) -> int:
    """Count the cases that were touched first; returns how many, 0 when nothing is left.

    The notes are read before the cases: whatever is committed later has left a later note.
    """
    notes = list(TouchedCase.objects.order_by("pk")[:BATCH])
    if not notes:
        return 0
    touched = {note.complaint_id for note in notes}
    new = _shares(_cases(Complaint.objects.filter(pk__in=touched)), Event.objects.filter(complaint_id__in=touched))
    old = {pk: read(share) for pk, share in CaseShare.objects.filter(pk__in=touched).values_list("pk", "share")}
    change = Sums()
    for pk in touched:
        if pk in old:
            change.add(old[pk], -1)
        if pk in new:
            change.add(new[pk])
    with transaction.atomic():
        hold.fence()
        _keep_shares({pk: written(share) for pk, share in new.items() if old.get(pk) != share})
        CaseShare.objects.filter(pk__in=touched - set(new)).delete()
        _add(dict(change.non_zero()))
        TouchedCase.objects.filter(pk__in=[note.pk for note in notes]).delete()
    return len(touched)


def _cases(cases: QuerySet[Complaint]) -> list[Case]:
    return [Case._make(row) for row in _rows(cases.values_list(*_CASE))]


def _shares(cases: list[Case], events: QuerySet[Event]) -> dict[int, Share]:
    """What each of the cases adds; `events` are theirs."""
    steps = _rows(events.filter(counting).order_by("complaint_id", "version").values_list(*_STEP))
    lived = {case_id: list(group) for case_id, group in groupby(steps, key=itemgetter(0))}
    return {case.id: share_of(case, lived.get(case.id, [])) for case in cases}


def _rows(selected: QuerySet[Any, tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """As the driver gives them: what the ORM does to each value would take longer than all the counting."""
    with connection.cursor() as cursor:
        cursor.execute(*selected.query.sql_with_params())
        return list(cursor.fetchall())


def _keep_shares(shares: dict[int, str]) -> None:
    _put_rows(CaseShare, ("complaint_id", "share"), list(shares.items()))


def _put_rows(model: type[Model], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, or replace those that have the same first column. By hand: at a million rows, bulk_create with its
    objects takes five times as long."""
    if not rows:
        return
    key, *others = map(connection.ops.quote_name, columns)
    one = f"({', '.join(['%s'] * len(columns))})"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({', '.join([key, *others])}) VALUES {', '.join([one] * len(rows))}"  # noqa: S608 -- names of ours
            f" ON CONFLICT ({key}) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in others)}",
            [value for row in rows for value in row],
        )


def _add(changes: dict[Cell, Counts]) -> None:
    """Add to the tallies. Read, then written: nobody else writes meanwhile."""
    for part in _parts({cell.name: (cell, counts) for cell, counts in changes.items()}):
        for name, *kept in Tally.objects.filter(cell__in=part).values_list("cell", *MEASURES):
            cell, counts = part[name]
            part[name] = (cell, [old + change for old, change in zip(kept, counts, strict=True)])
        _put(part)


def _put(named: dict[str, Placed]) -> None:
    """Make the tallies of these cells exactly this; what is zero throughout goes."""
    rows = [(name, *_placed(cell), *counts) for name, (cell, counts) in named.items() if any(counts)]
    _put_rows(Tally, _TALLY, rows)
    empty = [name for name, (_, counts) in named.items() if not any(counts)]
    if empty:
        Tally.objects.filter(cell__in=empty).delete()


def _placed(cell: Cell) -> tuple[Any, ...]:
    starts_on = date.fromordinal(cell.starts_on).isoformat()
    return (cell.grain, starts_on, cell.axis, cell.key, cell.community_id, cell.unit_id)


# --- everything ---


@dataclass(frozen=True)
class Rebuilt:
    cases: int
    shares: int
    tallies: int

    @property
    def words(self) -> str:
        return f"核对 {self.cases:,} 件案件，改正 {self.shares:,} 件、{self.tallies:,} 个汇总数"


def _rebuild(hold: _Hold) -> Rebuilt:
    """Cut short, it begins again: the figures are whole only at its end."""
    with transaction.atomic():
        hold.fence()
        hold.say(is_whole=False)
        # Those that are committed by now; what comes later is left for the next refresh.
        TouchedCase.objects.all().delete()
    sums, seen, put_right, last = Sums(), 0, 0, 0
    while cases := _cases(Complaint.objects.filter(pk__gt=last).order_by("pk")[:BATCH_OF_ALL]):
        before, last = last, cases[-1].id
        shares = _shares(cases, Event.objects.filter(complaint_id__gt=before, complaint_id__lte=last))
        put_right += _correct_shares(hold, shares, CaseShare.objects.filter(pk__gt=before, pk__lte=last))
        seen += len(shares)
        for share in shares.values():
            sums.add(share)
    put_right += CaseShare.objects.filter(pk__gt=last).delete()[0]
    wrong = _wrong_tallies(sums)
    for part in _parts(wrong):
        with transaction.atomic():
            hold.fence()
            _put(part)
    hold.say(is_whole=True, counted_at=hold.at, rebuilt_at=hold.at)
    return Rebuilt(seen, put_right, len(wrong))


def _correct_shares(hold: _Hold, shares: dict[int, Share], stored: QuerySet[CaseShare]) -> int:
    """Bring what is stored to `shares`; returns how many were wrong."""
    kept = dict(stored.values_list("pk", "share"))
    right = {pk: written(share) for pk, share in shares.items()}
    wrong = {pk: share for pk, share in right.items() if kept.get(pk) != share}
    strays = kept.keys() - right.keys()
    with transaction.atomic():
        hold.fence()
        _keep_shares(wrong)
        if strays:
            stored.filter(pk__in=strays).delete()
    return len(wrong) + len(strays)


def _wrong_tallies(sums: Sums) -> dict[str, Placed]:
    """What the tallies have to become where they are something else; a stray one has to be zero."""
    right = {cell.name: (cell, counts) for cell, counts in sums.non_zero()}
    wrong = dict(right)
    for name, *kept in Tally.objects.values_list("cell", *MEASURES).iterator():
        if name not in right:
            wrong[name] = (Cell.nowhere(), [0] * len(MEASURES))
        elif right[name][1] == kept:
            del wrong[name]
    return wrong


def _parts(changes: dict[str, Placed]) -> Iterator[dict[str, Placed]]:
    items = iter(changes.items())
    while part := dict(islice(items, BATCH)):
        yield part
