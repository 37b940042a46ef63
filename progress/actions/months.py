"""What all that makes or takes away month tasks has in common: a closed month stays as it is, and people are told."""

from datetime import datetime

from accounts.models import Role, Unit, User
from common.errors import DomainError
from common.models import Fact
from common.months import Month
from notifications.outbox import notify
from progress.models import ClosedMonth, Flag, MonthTask

MONTH_TASKS_CHANGED_AT = "month_tasks_changed_at"


class MonthClosed(DomainError):
    """The month's flags stay as they are."""

    code = "month_closed"

    def __init__(self, month: Month) -> None:
        super().__init__(f"{month.year} 年 {month.month} 月已经锁定，不能再改。要改一面旗，请写更正。")


def hold_months(*, at: datetime) -> None:
    """One at a time makes month tasks or closes a month: the row written here is held until the transaction ends."""
    Fact.write(MONTH_TASKS_CHANGED_AT, at.isoformat())


def closed_in(year: int) -> set[int]:
    return set(ClosedMonth.objects.filter(year=year).values_list("month", flat=True))


def refuse_closed(month: Month) -> None:
    if ClosedMonth.objects.filter(year=month.year, month=month.month).exists():
        raise MonthClosed(month)


def still_open(task: MonthTask | None) -> MonthTask:
    """The task, its row held, if nobody has marked or reported it: only then may a plan change it."""
    task = MonthTask.objects.select_for_update().filter(pk=task.pk).first() if task else None
    if task is None:
        raise DomainError("这个月的任务已经不在了。刷新这一页，看看最新情况。")
    if task.is_locked:
        raise MonthClosed(task.due_month)
    if task.flag != Flag.UNMARKED:
        raise DomainError(f"{task.month} 月的这项任务已经标了{task.get_flag_display()}，不能再调整。")
    if task.reported:
        raise DomainError(f"{task.month} 月的这项任务单位已经上报，不能再调整。")
    return task


def tell_office(*, reason: str, title: str, url: str, at: datetime) -> None:
    office = User.objects.filter(role=Role.OFFICE, is_active=True)
    notify(office, reason=reason, title=_short(title), url=url, at=at)


def tell_unit(unit: Unit, *, reason: str, title: str, url: str, at: datetime) -> None:
    liaisons = User.objects.filter(role=Role.LIAISON, unit=unit, is_active=True)
    notify(liaisons, reason=reason, title=_short(title), url=url, at=at)


def _short(title: str) -> str:
    return title if len(title) <= 120 else title[:119] + "…"
