"""Keeping the tallies: every minute what changed, every night all of it over again. One process at a time."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby, islice
from operator import attrgetter
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Q, QuerySet

from complaints.models import Complaint, Event
from reports.models import CaseShare, RollupState, Tally, TouchedCase
from reports.rollups.shares import MEASURES, Case, Cell, Counts, Share, Step, Sums, share_of

LEASE = timedelta(minutes=2)
BATCH = 500
# With more to do than this, starting over is faster.
MOST_TOUCHED = 20_000
_CASE = (
    "pk", "state", "filed_at", "due_at", "handled_at", "closed_at", "closed_in_time", "rework_count", "unit_id",
    "grid__community_id", "grid_id", "channel", "group", "category__major_name",
)  # fmt: skip
_STEP = (
    "complaint_id", "move", "from_state", "to_state", "unit_id", "at", "was_overdue", "satisfaction", "is_solved",
)  # fmt: skip


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
    cases = {note.complaint_id for note in notes}
    new = _shares(Complaint.objects.filter(pk__in=cases).values_list(*_CASE))
    old = dict(CaseShare.objects.filter(pk__in=cases).values_list("pk", "share"))
    change = Sums()
    for pk in cases:
        if pk in old:
            change.add(old[pk], -1)
        if pk in new:
            change.add(new[pk])
    with transaction.atomic():
        hold.fence()
        _keep_shares({pk: share for pk, share in new.items() if old.get(pk) != share})
        CaseShare.objects.filter(pk__in=cases - set(new)).delete()
        _add(dict(change.non_zero()))
        TouchedCase.objects.filter(pk__in=[note.pk for note in notes]).delete()
    return len(cases)


def _shares(rows: Iterable[tuple[Any, ...]]) -> dict[int, Share]:
    cases = [Case(*row) for row in rows]
    steps = Event.objects.filter(complaint_id__in=[case.id for case in cases]).order_by("complaint_id", "version")
    of_case = groupby((Step(*row) for row in steps.values_list(*_STEP)), key=attrgetter("case_id"))
    lived = {case_id: list(group) for case_id, group in of_case}
    return {case.id: share_of(case, lived.get(case.id, [])) for case in cases}


def _keep_shares(shares: dict[int, Share]) -> None:
    CaseShare.objects.bulk_create(
        [CaseShare(pk, share) for pk, share in shares.items()],
        update_conflicts=True,
        unique_fields=["complaint_id"],
        update_fields=["share"],
    )


def _add(changes: dict[Cell, Counts]) -> None:
    """Add to the tallies. Read, then written: nobody else writes meanwhile."""
    for part in _parts({str(cell): (cell, counts) for cell, counts in changes.items()}):
        for name, *kept in Tally.objects.filter(cell__in=part).values_list("cell", *MEASURES):
            cell, counts = part[name]
            part[name] = (cell, [old + change for old, change in zip(kept, counts, strict=True)])
        _put(part)


def _put(named: dict[str, Placed]) -> None:
    """Make the tallies of these cells exactly this; what is zero throughout goes."""
    Tally.objects.bulk_create(
        [_tally(name, cell, counts) for name, (cell, counts) in named.items() if any(counts)],
        update_conflicts=True,
        unique_fields=["cell"],
        update_fields=MEASURES,
    )
    empty = [name for name, (_, counts) in named.items() if not any(counts)]
    Tally.objects.filter(cell__in=empty).delete()


def _tally(name: str, cell: Cell, counts: Counts) -> Tally:
    return Tally(
        cell=name, grain=cell.grain, starts_on=date.fromordinal(cell.starts_on), axis=cell.axis, key=cell.key,
        community_id=cell.community_id, unit_id=cell.unit_id, **dict(zip(MEASURES, counts, strict=True)),
    )  # fmt: skip


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
    sums, seen, put_right = Sums(), 0, 0
    for rows in _every_case():
        shares = _shares(rows)
        seen += len(shares)
        put_right += _correct_shares(hold, shares)
        for share in shares.values():
            sums.add(share)
    put_right += CaseShare.objects.exclude(pk__in=Complaint.objects.values("pk")).delete()[0]
    wrong = _wrong_tallies(sums)
    for part in _parts(wrong):
        with transaction.atomic():
            hold.fence()
            _put(part)
    hold.say(is_whole=True, counted_at=hold.at, rebuilt_at=hold.at)
    return Rebuilt(seen, put_right, len(wrong))


def _every_case() -> Iterator[list[tuple[Any, ...]]]:
    last = 0
    while rows := list(Complaint.objects.filter(pk__gt=last).order_by("pk").values_list(*_CASE)[:BATCH]):
        yield rows
        last = rows[-1][0]


def _correct_shares(hold: _Hold, shares: dict[int, Share]) -> int:
    kept = dict(CaseShare.objects.filter(pk__in=shares).values_list("pk", "share"))
    wrong = {pk: share for pk, share in shares.items() if kept.get(pk) != share}
    with transaction.atomic():
        hold.fence()
        _keep_shares(wrong)
    return len(wrong)


def _wrong_tallies(sums: Sums) -> dict[str, Placed]:
    """What the tallies have to become where they are something else; a stray one has to be zero."""
    right = {str(cell): (cell, counts) for cell, counts in sums.non_zero()}
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
