"""What the creation office does to the flag board (挂图作战). A flag changes here and nowhere else."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from accounts.models import SpecialGroup, Unit, User
from audit import log
from common.errors import DomainError, StaleRecord
from common.models import Fact
from common.months import Month
from progress.models import BOARD_PUBLIC, Flag, Marking, MonthTask, Publicity


@dataclass(frozen=True)
class Statement:
    """Why a month's task was not completed (未完成情况说明): the reason, what is done next, and by when."""

    reason: str
    plan: str
    new_date: date


class StaleTask(StaleRecord):
    """Someone else marked the task first; the message says who and what."""

    def __init__(self, winner: Marking | None) -> None:
        what = f"{winner.by}刚刚把这项标成了“{winner.get_to_flag_display()}”" if winner else "这项刚刚被别人改动"
        super().__init__(f"{what}，您这一次没有保存。请看过最新情况再标。")


@transaction.atomic
def mark_red(task: MonthTask, *, by: User, at: datetime) -> None:
    """Red flag: the month's task is completed."""
    _mark(task, Flag.RED, None, by=by, at=at)


@transaction.atomic
def mark_blue(task: MonthTask, *, statement: Statement, by: User, at: datetime) -> None:
    """Blue flag: not completed, which needs a whole statement."""
    if not (statement.reason.strip() and statement.plan.strip()):
        raise DomainError("蓝旗要写明未完成的原因和下一步怎么办。")
    earliest = task.earliest_new_date
    if statement.new_date < earliest:
        raise DomainError(f"新的完成日期不能早于 {earliest.year} 年 {earliest.month} 月 1 日。")
    _mark(task, Flag.BLUE, statement, by=by, at=at)


@transaction.atomic
def unmark(task: MonthTask, *, by: User, at: datetime) -> None:
    """Take a flag back; the history keeps that it was there."""
    _mark(task, Flag.UNMARKED, None, by=by, at=at)


@transaction.atomic
def plan_task(*, unit: Unit, group: SpecialGroup, month: Month, content: str, by: User, at: datetime) -> MonthTask:
    """Give a unit one more task for a group's board in a month."""
    task = MonthTask.objects.create(unit=unit, group=group, year=month.year, month=month.month, content=content)
    log.record("新增月任务", by=by, at=at, target=task)
    return task


@transaction.atomic
def publish_boards(publicity: Publicity, *, by: User, at: datetime) -> None:
    """Decide how much of the boards the public may read, from now on."""
    log.record("设定图版公开范围", by=by, at=at, before=Publicity.current().value, after=publicity.value)
    Fact.write(BOARD_PUBLIC, publicity.value)


def _mark(task: MonthTask, flag: Flag, statement: Statement | None, *, by: User, at: datetime) -> None:
    before = Flag(task.flag)
    if flag == before and not statement and MonthTask.objects.as_read(task).exists():
        return  # the same key pressed twice is no new marking
    said = {
        "reason": statement.reason if statement else "",
        "plan": statement.plan if statement else "",
        "new_date": statement.new_date if statement else None,
    }
    marked = flag != Flag.UNMARKED
    if not MonthTask.objects.as_read(task).update(
        flag=flag, version=F("version") + 1, made_good_on=None,
        marked_at=at if marked else None, marked_by=by if marked else None, **said,
    ):  # fmt: skip
        raise StaleTask(task.markings.select_related("by", "by__unit", "by__group").order_by("-version").first())
    task.refresh_from_db()
    Marking.objects.create(task=task, version=task.version, from_flag=before, to_flag=flag, by=by, at=at, **said)
