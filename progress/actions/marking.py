"""What the creation office does to the flag board (挂图作战). A flag changes here and nowhere else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.urls import reverse

from accounts.models import SpecialGroup, User
from audit import log
from common.errors import DomainError, StaleRecord
from common.models import Fact
from common.months import Month
from progress.actions.months import MonthClosed, tell_unit
from progress.models import BOARD_PUBLIC, Flag, Marking, MonthTask, Objection, Publicity


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


class TaskGone(DomainError):
    """An amendment of the unit's plan took the task out after it was read."""

    code = "task_gone"

    def __init__(self) -> None:
        super().__init__("这项任务刚刚按计划调整去掉了，不用再标。刷新这一页，看看最新情况。")


@transaction.atomic
def mark_red(task: MonthTask, *, by: User, at: datetime) -> None:
    """Red flag: the month's task is completed."""
    _mark(task, Flag.RED, None, by=by, at=at)


@transaction.atomic
def mark_blue(task: MonthTask, *, statement: Statement, by: User, at: datetime) -> None:
    """Blue flag: not completed, which needs a whole statement."""
    _mark(task, Flag.BLUE, checked_statement(task, statement), by=by, at=at)


def checked_statement(task: MonthTask, statement: Statement | None) -> Statement:
    """The statement, if it is whole: a blue flag is nothing without it."""
    if statement is None or not (statement.reason.strip() and statement.plan.strip()):
        raise DomainError("蓝旗要写明未完成的原因和下一步怎么办。")
    earliest = task.earliest_new_date
    if statement.new_date < earliest:
        raise DomainError(f"新的完成日期不能早于 {earliest.year} 年 {earliest.month} 月 1 日。")
    return statement


@transaction.atomic
def mark(task: MonthTask, flag: Flag, statement: Statement | None, *, by: User, at: datetime) -> None:
    """Give the flag that is named; blue with its statement."""
    _mark(task, flag, checked_statement(task, statement) if flag == Flag.BLUE else None, by=by, at=at)


@transaction.atomic
def unmark(task: MonthTask, *, by: User, at: datetime) -> None:
    """Take a flag back; the history keeps that it was there."""
    _mark(task, Flag.UNMARKED, None, by=by, at=at)


@transaction.atomic
def mark_all_red(tasks: Iterable[MonthTask], *, by: User, at: datetime) -> list[DomainError]:
    """Red flags for a selection at once; gives back what others changed first, which stays as it is."""
    refused: list[DomainError] = []
    for task in tasks:
        try:
            _mark(task, Flag.RED, None, by=by, at=at)
        except (StaleTask, MonthClosed, TaskGone) as stale:
            refused.append(stale)
    return refused


@transaction.atomic
def undo_marking(group: SpecialGroup, month: Month, *, by: User, at: datetime) -> list[MonthTask]:
    """Take back this person's last marking on a board, a selection as a whole, where nobody has marked since."""
    on_board = Marking.objects.filter(task__in=MonthTask.objects.on_board(group).of_month(month))
    standing = on_board.filter(by=by, is_undo=False, version=F("task__version")).select_related("task")
    last = standing.order_by("-at", "-pk").first()
    if last is None:
        raise DomainError("没有可以撤销的标旗。")
    markings = list(standing.filter(at=last.at))
    for marking in markings:
        _take_back(marking, by=by, at=at)
    return [marking.task for marking in markings]


@transaction.atomic
def publish_boards(publicity: Publicity, *, by: User, at: datetime) -> None:
    """Decide how much of the boards the public may read, from now on."""
    log.record("设定图版公开范围", by=by, at=at, before=Publicity.current().value, after=publicity.value)
    Fact.write(BOARD_PUBLIC, publicity.value)


def _take_back(marking: Marking, *, by: User, at: datetime) -> None:
    statement = None
    if marking.from_flag == Flag.BLUE:
        before = marking.task.markings.filter(version__lt=marking.version).order_by("-version").first()
        if before is None or before.new_date is None:
            raise DomainError("原来的蓝旗说明已经找不到，不能撤销。请重新标旗。")
        statement = Statement(before.reason, before.plan, before.new_date)
    _mark(marking.task, Flag(marking.from_flag), statement, by=by, at=at, is_undo=True)


def _mark(
    task: MonthTask, flag: Flag, statement: Statement | None, *, by: User, at: datetime, is_undo: bool = False
) -> None:
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
        flag=flag, version=F("version") + 1, made_good_on=None, made_good_note="",
        marked_at=at if marked else None, marked_by=by if marked else None, **said,
    ):  # fmt: skip
        raise _refusal(task)
    task.refresh_from_db()
    Marking.objects.create(
        task=task, version=task.version, from_flag=before, to_flag=flag, by=by, at=at, is_undo=is_undo, **said
    )
    _settle_objections(task, by=by, at=at)


def _refusal(task: MonthTask) -> DomainError:
    newest = MonthTask.objects.filter(pk=task.pk).first()
    if newest is None:
        return TaskGone()
    if newest.is_locked:
        return MonthClosed(task.due_month)
    # Where the newest version is no marking's, the words of the task were changed.
    winner = task.markings.select_related("by", "by__unit", "by__group").filter(version=newest.version).first()
    return StaleTask(winner)


def _settle_objections(task: MonthTask, *, by: User, at: datetime) -> None:
    """Marking anew answers an objection that still waited; its unit is told."""
    for objection in Objection.objects.pending().filter(task=task, flag_version__lt=task.version):
        is_same = objection.flag == task.flag
        objection.outcome = Objection.Outcome.UPHELD if is_same else Objection.Outcome.CHANGED
        objection.words = f"已重新标为“{task.get_flag_display()}”。"
        objection.decided_by, objection.decided_at = by, at
        objection.save(update_fields=["outcome", "words", "decided_by", "decided_at"])
        tell_unit(
            task.unit,
            reason=f"objection-decided:{objection.pk}",
            title=f"异议{objection.get_outcome_display()}：{task.content}",
            url=reverse("progress:history", args=[task.pk]),
            at=at,
        )
