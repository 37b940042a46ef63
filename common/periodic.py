"""Work that comes round by the clock, each slot of it done once.

The rows of PeriodicRun decide, not whoever asks: two schedulers, a late one, a restarted one and a clock set back
agree. A missed slot is made up for when someone next asks.
"""

import logging
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from pathlib import Path
from typing import Protocol

from django.db import DatabaseError, connections, transaction
from django.db.models import F, Max, Q

from common.clock import CITY_TIME
from common.errors import DomainError
from common.models import Outcome, PeriodicRun, PeriodicRunQuerySet
from common.months import Month

logger = logging.getLogger(__name__)

# A worker that is killed frees its run after this long; one that lives renews the lease meanwhile.
LEASE = timedelta(seconds=45)
RENEW_SECONDS = 15.0
FIRST_RETRY = timedelta(minutes=1)
MOST_TRIES = 6
# Of a job that makes up for every slot; a portal switched off for longer has other worries.
MOST_MISSED = 40

Now = Callable[[], datetime]


# --- cadences: pure arithmetic in the city's time ---------------------------------------------------------------------


class Cadence(Protocol):
    """Moments without end, numbered in order."""

    @property
    def words(self) -> str: ...

    def slot(self, index: int) -> datetime: ...

    def index_at(self, moment: datetime) -> int:
        """The number of the newest slot that is not after `moment`."""
        ...


@dataclass(frozen=True)
class Every:
    """Every so often, counted from a midnight, so that every process has the same slots."""

    period: timedelta
    ORIGIN = datetime(2020, 1, 1, tzinfo=CITY_TIME)

    @property
    def words(self) -> str:
        minutes, seconds = divmod(int(self.period.total_seconds()), 60)
        return f"每 {seconds} 秒" if seconds else f"每 {minutes} 分钟"

    def slot(self, index: int) -> datetime:
        return self.ORIGIN + index * self.period

    def index_at(self, moment: datetime) -> int:
        return (moment - self.ORIGIN) // self.period


@dataclass(frozen=True)
class Daily:
    at: time

    @property
    def words(self) -> str:
        return f"每天 {self.at:%H:%M}"

    def slot(self, index: int) -> datetime:
        return datetime.combine(date.fromordinal(index), self.at, CITY_TIME)

    def index_at(self, moment: datetime) -> int:
        today = moment.astimezone(CITY_TIME).toordinal()
        return today if self.slot(today) <= moment else today - 1


@dataclass(frozen=True)
class Monthly:
    """On a day of each month; a month that is shorter has its slot on its last day."""

    day: int
    at: time

    @property
    def words(self) -> str:
        return f"每月{'最后一天' if self.day >= 31 else f' {self.day} 日'} {self.at:%H:%M}"

    def slot(self, index: int) -> datetime:
        month = Month(index // 12, index % 12 + 1)
        return datetime.combine(month.first_day.replace(day=min(self.day, month.last_day.day)), self.at, CITY_TIME)

    def index_at(self, moment: datetime) -> int:
        month = Month.of(moment)
        index = month.year * 12 + month.month - 1
        return index if self.slot(index) <= moment else index - 1


def latest_slot(cadence: Cadence, at: datetime) -> datetime:
    return cadence.slot(cadence.index_at(at))


def next_slot(cadence: Cadence, at: datetime) -> datetime:
    return cadence.slot(cadence.index_at(at) + 1)


def slots_between(cadence: Cadence, after: datetime, until: datetime) -> list[datetime]:
    """The slots later than `after` and not later than `until`."""
    return [cadence.slot(index) for index in range(cadence.index_at(after) + 1, cadence.index_at(until) + 1)]


# --- jobs -------------------------------------------------------------------------------------------------------------


class CatchUp(Enum):
    """What a job that was not asked for a while makes up for."""

    EVERY = "补做错过的每一次"
    LATEST = "只补最近一次"


class Work(Protocol):
    """What a job does for one slot, at a moment at or after it. What it returns is shown: a count, or a sentence."""

    def __call__(self, *, slot: datetime, at: datetime) -> int | str | None: ...


@dataclass(frozen=True)
class Job:
    name: str
    label: str
    cadence: Cadence
    work: Work
    catch_up: CatchUp = CatchUp.LATEST


def due_slots(job: Job, *, at: datetime) -> list[datetime]:
    """The slots up to `at` that nobody has planned yet. A job that never ran begins with its latest."""
    latest = latest_slot(job.cadence, at)
    planned = PeriodicRun.objects.filter(job=job.name, is_manual=False, slot__lte=at).order_by("-slot")
    newest = planned.values_list("slot", flat=True).first()
    if newest is None or (job.catch_up is CatchUp.LATEST and newest < latest):
        return [latest]
    return slots_between(job.cadence, newest, at)[-MOST_MISSED:]


def run_due(jobs: Iterable[Job], *, now: Now) -> list[PeriodicRun]:
    """Do all that is due and in nobody else's hands; returns the runs that were done or tried, as they are now."""
    tried = []
    for job in jobs:
        _plan(job, at=now())
        waiting = PeriodicRun.objects.available(at=now()).filter(job=job.name).order_by("slot")
        tried += [run for run in waiting if _perform(job, run, now=now)]
    return tried


def ask_for(job: Job, *, at: datetime) -> PeriodicRun:
    """Plan a run by hand, in the caller's transaction. While an earlier one has not ended, there is no second."""
    unsettled = PeriodicRun.objects.unsettled().filter(job=job.name)
    if unsettled.filter(is_manual=True).exists() or unsettled.filter(outcome=Outcome.RUNNING).exists():
        raise DomainError(f"“{job.label}”正在运行或已经排上，等它结束再点。")
    return PeriodicRun.objects.create(job=job.name, slot=at, is_manual=True, try_at=at)


def forget_runs_before(moment: datetime) -> int:
    """Delete settled runs of slots before `moment`, but never a job's newest; returns how many."""
    newest = PeriodicRun.objects.filter(is_manual=False).values("job").annotate(slot=Max("slot"))
    kept = {(row["job"], row["slot"]) for row in newest}
    old = PeriodicRun.objects.exclude(outcome__in=PeriodicRunQuerySet.UNSETTLED).filter(slot__lt=moment)
    gone = [pk for pk, job, slot in old.values_list("pk", "job", "slot") if (job, slot) not in kept]
    return PeriodicRun.objects.filter(pk__in=gone).delete()[0]


def _plan(job: Job, *, at: datetime) -> None:
    """Write down what is due before any of it is done, so that what fails or is cut short is not forgotten."""
    slots = due_slots(job, at=at)
    if not slots:
        return
    with transaction.atomic():
        PeriodicRun.objects.bulk_create(
            [PeriodicRun(job=job.name, slot=slot, try_at=slot) for slot in slots], ignore_conflicts=True
        )
        if job.catch_up is CatchUp.LATEST:
            in_nobodys_hands = ~Q(outcome=Outcome.RUNNING) | Q(lease_until__lt=at)
            older = PeriodicRun.objects.unsettled().filter(job=job.name, is_manual=False, slot__lt=slots[-1])
            older.filter(in_nobodys_hands).update(outcome=Outcome.SKIPPED, lease_until=None)


def _perform(job: Job, run: PeriodicRun, *, now: Now) -> bool:
    """Do one run if it is still free; False if another has it."""
    at = now()
    if not _claim(run, at=at):
        return False
    run.tries += 1
    if run.tries > MOST_TRIES:
        # Each try took its worker with it before it could say so.
        _settle(run, outcome=Outcome.GIVEN_UP, note="每次运行都中断，没有结果", finished_at=at)
        run.refresh_from_db()
        return True
    slot = latest_slot(job.cadence, run.slot) if run.is_manual else run.slot
    try:
        with _lease_kept(run, now):
            said = job.work(slot=slot, at=at)
    except Exception as error:
        # Whatever it is, it must not hold up the jobs behind this one.
        logger.exception("periodic job %s failed, try %s", job.name, run.tries)
        _fail(run, error, at=now())
    else:
        _settle(run, outcome=Outcome.DONE, note=_in_words(said), finished_at=now())
    run.refresh_from_db()
    return True


def _claim(run: PeriodicRun, *, at: datetime) -> bool:
    free = PeriodicRun.objects.available(at=at).filter(pk=run.pk, tries=run.tries)
    return bool(
        free.update(
            outcome=Outcome.RUNNING, tries=F("tries") + 1, lease_until=at + LEASE, started_at=at, finished_at=None
        )
    )


def _fail(run: PeriodicRun, error: Exception, *, at: datetime) -> None:
    given_up = run.tries >= MOST_TRIES
    _settle(
        run,
        outcome=Outcome.GIVEN_UP if given_up else Outcome.FAILED,
        note=_told(error),
        finished_at=at,
        try_at=at + FIRST_RETRY * 2 ** (run.tries - 1),
    )


def _settle(run: PeriodicRun, **facts: object) -> None:
    """Only the try that still holds the run may say how it ended."""
    _held(run).update(lease_until=None, **facts)


def _held(run: PeriodicRun) -> PeriodicRunQuerySet:
    return PeriodicRun.objects.filter(pk=run.pk, tries=run.tries, outcome=Outcome.RUNNING)


@contextmanager
def _lease_kept(run: PeriodicRun, now: Now) -> Iterator[None]:
    """Renew the lease as long as the body runs and this process lives."""
    ended = threading.Event()

    def keep() -> None:
        while not ended.wait(RENEW_SECONDS):
            with suppress(DatabaseError):  # the next time will do
                _held(run).update(lease_until=now() + LEASE)
        connections.close_all()

    keeper = threading.Thread(target=keep, name=f"lease of {run}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join(timeout=5)


def _in_words(said: int | str | None) -> str:
    if said is None:
        return ""
    return said[:300] if isinstance(said, str) else f"处理 {said} 条"


def _told(error: Exception) -> str:
    """What went wrong and where, for a page: an error's own words may hold somebody's data, unless they are ours."""
    if isinstance(error, DomainError):
        return error.message[:300]
    frames = traceback.extract_tb(error.__traceback__)
    where = f"（{Path(frames[-1].filename).name} 第 {frames[-1].lineno} 行）" if frames else ""
    return f"{type(error).__name__}{where}"
