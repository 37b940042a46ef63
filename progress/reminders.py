"""Reminders around the flags: months that end unmarked, and new dates of blue flags that have passed."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count
from django.urls import reverse

from accounts.models import Role, User
from common.clock import CITY_TIME
from common.months import Month
from notifications.models import Kind, Urgency
from notifications.outbox import notify
from progress.models import Flag, MonthTask

DAYS_BEFORE_MONTH_END = 3


@transaction.atomic
def remind_of_unmarked_flags(*, at: datetime) -> int:
    """In a month's last three days: tell the office, once a day, how many of its tasks have no flag; returns that."""
    today = at.astimezone(CITY_TIME).date()
    month = Month.of(at)
    if (month.last_day - today) >= timedelta(days=DAYS_BEFORE_MONTH_END):
        return 0
    unmarked = MonthTask.objects.of_month(month).filter(flag=Flag.UNMARKED, group__has_board=True).count()
    if unmarked:
        notify(
            User.objects.filter(role=Role.OFFICE, is_active=True),
            reason=f"unmarked-flags:{today}",
            title=f"{month.month} 月还有 {unmarked} 项月任务没有标旗",
            url=reverse("progress:marking_home"),
            kind=Kind.REMINDER,
            urgency=Urgency.HIGH if today == month.last_day else Urgency.NORMAL,
            at=at,
        )
    return unmarked


@transaction.atomic
def remind_of_passed_dates(*, at: datetime) -> int:
    """Tell each unit, once a week, how many of its blue flags are past the date it named; returns how many units."""
    today = at.astimezone(CITY_TIME).date()
    late = MonthTask.objects.filter(flag=Flag.BLUE, made_good_on=None, new_date__lt=today)
    counts = dict(late.order_by().values_list("unit").annotate(count=Count("pk")))
    week = today.isocalendar()
    for liaison in User.objects.filter(role=Role.LIAISON, is_active=True, unit__in=counts):
        count = counts[liaison.unit_id]
        notify(
            [liaison],
            reason=f"blue-late:{week.year}-{week.week}",
            title=f"{count} 面蓝旗过了自己定的完成日期，还没有补成",
            url=reverse("progress:tasks"),
            kind=Kind.REMINDER,
            urgency=Urgency.HIGH,
            at=at,
        )
    return len(counts)
