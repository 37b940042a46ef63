"""A unit objects to a flag (异议); the office upholds the flag or marks another, with words."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from audit import log
from common.errors import DomainError, StaleRecord
from progress.actions.marking import Statement, mark
from progress.actions.months import MonthClosed, tell_office, tell_unit
from progress.models import Flag, MonthTask, Objection

Outcome = Objection.Outcome


class StaleObjection(StaleRecord):
    """A colleague decided first; the message says who and what."""

    def __init__(self, decided: Objection) -> None:
        super().__init__(f"{decided.decided_by}刚刚答复了：{decided.get_outcome_display()}。您这一次没有保存。")


@transaction.atomic
def object_to_flag(task: MonthTask, *, reason: str, by: User, at: datetime) -> Objection:
    """Say once that the flag as read is wrong; refused when the month is closed or the flag has changed."""
    if not reason.strip():
        raise DomainError("写明为什么不同意这面旗。")
    held = MonthTask.objects.select_for_update().select_related("unit").get(pk=task.pk)
    if held.is_locked:
        raise MonthClosed(held.due_month)
    if held.flag == Flag.UNMARKED:
        raise DomainError("这项任务还没有标旗，标了以后才能提异议。")
    if held.version != task.version:
        raise StaleRecord(f"这面旗刚刚改成了“{held.get_flag_display()}”，异议没有提交。看过最新情况再提。")
    told = {"flag": held.flag, "reason": reason, "by": by, "at": at}
    objection, is_new = Objection.objects.get_or_create(task=held, flag_version=held.version, defaults=told)
    if not is_new:
        raise DomainError("对这面旗已经提过异议，一面旗只能提一次。")
    log.record("对旗提异议", by=by, at=at, target=held, reason=reason)
    tell_office(
        reason=f"objection:{objection.pk}",
        title=f"{held.unit}对 {held.month} 月的{held.get_flag_display()}有异议：{held.content}",
        url=reverse("progress:objection", args=[objection.pk]),
        at=at,
    )
    return objection


@transaction.atomic
def uphold_flag(objection: Objection, *, words: str, by: User, at: datetime) -> None:
    """The flag stays, and why."""
    _decide(objection, Outcome.UPHELD, words=words, by=by, at=at)


@transaction.atomic
def change_flag(
    objection: Objection, flag: Flag, *, statement: Statement | None, words: str, by: User, at: datetime
) -> None:
    """The unit is right: another flag, by the same marking as any other. A closed month is corrected instead."""
    task = MonthTask.objects.get(pk=objection.task_id)
    task.version = objection.flag_version
    if flag == task.flag:
        raise DomainError(f"这面旗现在就是“{flag.label}”。不改的话，请选“维持原旗”。")
    # First the decision: marking would settle the objection by itself, with words that say nothing.
    _decide(objection, Outcome.CHANGED, words=words, by=by, at=at)
    mark(task, flag, statement, by=by, at=at)


def _decide(objection: Objection, outcome: Objection.Outcome, *, words: str, by: User, at: datetime) -> None:
    if not words.strip():
        raise DomainError("写一句答复，单位看得到。")
    waiting = Objection.objects.pending().filter(pk=objection.pk)
    if not waiting.update(outcome=outcome, words=words, decided_by=by, decided_at=at):
        raise StaleObjection(Objection.objects.select_related("decided_by__unit").get(pk=objection.pk))
    task = objection.task
    log.record("答复异议", by=by, at=at, target=task, outcome=outcome.value, words=words)
    tell_unit(
        task.unit,
        reason=f"objection-decided:{objection.pk}",
        title=f"异议{outcome.label}：{task.content}（{words}）",
        url=reverse("progress:history", args=[task.pk]),
        at=at,
    )
