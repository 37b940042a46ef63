"""What the creation office does to a month that is over: closing it, correcting it, noting what was made good."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from audit import log
from common.clock import CITY_TIME
from common.errors import DomainError, StaleRecord
from common.months import Month
from progress.actions.marking import Statement, checked_statement
from progress.actions.months import hold_months
from progress.models import ClosedMonth, Correction, Flag, MonthTask
from progress.snapshot import checksum, snapshot

# The leading group meets in the last third of the month.
FIRST_CLOSING_DAY = 21


@transaction.atomic
def close_month(month: Month, *, by: User | None, at: datetime) -> ClosedMonth:
    """Freeze a month for good. A second call changes nothing and gives back the first one's."""
    if at.astimezone(CITY_TIME).date() < month.first_day.replace(day=FIRST_CLOSING_DAY):
        raise DomainError(f"{month.year} 年 {month.month} 月 {FIRST_CLOSING_DAY} 日以后，领导小组会议开过，才能锁定。")
    hold_months(at=at)
    # First the lock: a marking under way is waited for, a later one finds no row.
    if not MonthTask.objects.of_month(month).update(is_locked=True):
        raise DomainError(f"{month.year} 年 {month.month} 月没有任务，不用锁定。")
    already = ClosedMonth.objects.filter(year=month.year, month=month.month).first()
    if already:
        return already
    content = snapshot(month)
    closed = ClosedMonth.objects.create(
        year=month.year, month=month.month, closed_at=at, closed_by=by, snapshot=content, checksum=checksum(content)
    )
    log.record("锁定月份", by=by, at=at, target=closed, checksum=closed.checksum)
    return closed


@transaction.atomic
def correct_flag(
    task: MonthTask, flag: Flag, *, statement: Statement | None, why: str, number: int, by: User, at: datetime
) -> Correction:
    """Say beside the snapshot what a flag should have been. `number` is how many corrections had been read."""
    closed = ClosedMonth.objects.filter(year=task.year, month=task.month).first()
    if closed is None:
        raise DomainError("这个月还没有锁定，直接标旗就行，不用更正。")
    if not why.strip():
        raise DomainError("写明为什么更正。")
    MonthTask.objects.select_for_update().get(pk=task.pk)
    earlier = list(task.corrections.order_by("number"))
    if len(earlier) != number:
        raise StaleRecord("刚刚有人更正过这一项，您这一次没有保存。看过最新情况再更正。")
    before = Flag(earlier[-1].to_flag if earlier else task.flag)
    if flag == before:
        raise DomainError(f"这一项现在就是“{before.label}”，不用更正。")
    said = vars(checked_statement(task, statement)) if flag == Flag.BLUE else {}
    correction = Correction.objects.create(
        closed=closed, task=task, number=number + 1, from_flag=before, to_flag=flag, why=why, by=by, at=at, **said
    )
    log.record("更正已锁定的旗", by=by, at=at, target=task, before=before.value, after=flag.value, why=why)
    return correction


@transaction.atomic
def make_good(task: MonthTask, *, on: date, note: str, by: User, at: datetime) -> None:
    """Note that a blue task of a past month was completed (补成). It stays blue in its month and in every count."""
    if not task.due_month.last_day < on <= at.astimezone(CITY_TIME).date():
        raise DomainError(f"补成日期应在 {task.due_month.month} 月以后，到今天为止。")
    if not note.strip():
        raise DomainError("写明怎么补成的，一句话就行。")
    as_read = MonthTask.objects.filter(pk=task.pk, version=task.version, flag=Flag.BLUE, made_good_on=None)
    if not as_read.update(made_good_on=on, made_good_note=note):
        raise DomainError("只有还没补成的蓝旗能记补成。刷新这一页，看看最新情况。")
    log.record("记补成", by=by, at=at, target=task, on=on.isoformat(), note=note)
