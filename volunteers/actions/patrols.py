from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from accounts.models import Unit, User
from common.clock import CITY_TIME
from common.errors import DomainError
from grids.models import Grid
from volunteers.actions.keys import KeyReused, ensure_same, fingerprint
from volunteers.checklist import CODES, FINE, PROBLEM
from volunteers.models import PatrolLog

__all__ = ["AlreadyPatrolled", "KeyReused", "finish_patrol"]

# A phone's clock is rarely right to the minute; a day off is a mistake that would log the wrong day.
CLOCK_TOLERANCE = timedelta(minutes=10)
OLDEST = timedelta(days=30)
LONGEST = timedelta(hours=12)


class AlreadyPatrolled(DomainError):
    """Somebody else of the unit logged this grid and day; `log` is theirs."""

    code = "already_patrolled"

    def __init__(self, log: PatrolLog) -> None:
        when = log.finished_at.astimezone(CITY_TIME)
        super().__init__(f"{log.by.name} {when:%m 月 %d 日 %H:%M} 已经巡过这个网格。请选：并到那一次，或者不要这一次。")
        self.log = log


def finish_patrol(
    *,
    unit: Unit,
    grid: Grid,
    started_at: datetime,
    finished_at: datetime,
    result: PatrolLog.Result,
    key: str,
    by: User,
    at: datetime,
    checks: dict[str, str] | None = None,
    join: bool = False,
) -> PatrolLog:
    """Log a finished patrol. A second call with the same key gives back the first one's log and changes nothing.

    Where a colleague logged the grid on that day: AlreadyPatrolled, or with `join` their log, with `by` added to it.
    """
    checks = checks or {}
    own_key = f"{by.pk}:{key}"
    # Without the end: the plain page stamps it when it is sent, and a second press comes later.
    print_of = fingerprint(grid=grid.code, started=started_at.timestamp(), result=result, checks=checks)
    earlier = PatrolLog.objects.filter(key=own_key).first()
    if earlier:
        ensure_same(earlier.fingerprint, print_of)
        return earlier
    log = PatrolLog(
        unit=unit, grid=grid, on=started_at.astimezone(CITY_TIME).date(), started_at=started_at,
        finished_at=finished_at, result=result, checks=checks, by=by, received_at=at, key=own_key,
        fingerprint=print_of,
    )  # fmt: skip
    _ensure_sound(log, at=at)
    try:
        with transaction.atomic():
            log.save(force_insert=True)
    except IntegrityError:
        return _other_than(log, own_key, print_of, join=join)
    return log


def _other_than(log: PatrolLog, own_key: str, print_of: str, *, join: bool) -> PatrolLog:
    """The log that stands where this one wanted to: the same submission, a moment faster, or a colleague's."""
    same = PatrolLog.objects.filter(key=own_key).first()
    if same:
        ensure_same(same.fingerprint, print_of)
        return same
    stored = PatrolLog.objects.select_related("by").get(unit=log.unit, grid=log.grid, on=log.on)
    if not join:
        raise AlreadyPatrolled(stored)
    if stored.by_id != log.by_id:
        stored.joined_by.add(log.by)
    return stored


def _ensure_sound(log: PatrolLog, *, at: datetime) -> None:
    if not log.finished_at >= log.started_at:
        raise DomainError("结束时间早于开始时间。请看看手机的时间准不准，再提交一次。")
    if log.finished_at > at + CLOCK_TOLERANCE:
        raise DomainError("这次巡查的时间比现在还晚。请把手机的时间设成自动，再提交一次。")
    if log.finished_at - log.started_at > LONGEST:
        raise DomainError("一次巡查不会超过 12 小时。请重新巡查这个网格。")
    if log.started_at < at - OLDEST:
        raise DomainError("这次巡查已经过去 30 天，不能再补。请把情况告诉创城办。")
    if not Grid.objects.answered_by(log.unit, on=log.on).filter(pk=log.grid.pk).exists():
        raise DomainError(f"{log.grid} 在 {log.on:%m 月 %d 日} 不由{log.unit}包保，不能记它的巡查。")
    if not set(log.checks) <= CODES or not set(log.checks.values()) <= {FINE, PROBLEM}:
        raise DomainError("检查项和现在的清单对不上。请刷新这一页，再提交一次。")
    if log.result == PatrolLog.Result.NO_PROBLEM and PROBLEM in log.checks.values():
        raise DomainError("有一项选了“有问题”。请记下这个问题，或者改成“正常”。")
