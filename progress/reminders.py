"""Reminders around plans, reports and flags: what is not handed in, not marked, or past the date it named."""

from collections import Counter
from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Count
from django.urls import reverse

from accounts.models import Role, User
from common.clock import CITY_TIME
from common.months import Month
from notifications.models import Kind, Urgency
from notifications.outbox import notify
from progress.models import ClosedMonth, Flag, MonthReport, MonthTask, report_due_on
from progress.plan_stats import units_without_plan

DAYS_BEFORE_MONTH_END = 3
DAYS_BEFORE_REPORT = timedelta(days=5)
# Plans are asked for from this month of the year before, and as overdue in this one of their own.
PLANS_ASKED_FROM, PLANS_OVERDUE_IN = 12, 1


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


@transaction.atomic
def remind_of_reports(*, at: datetime) -> int:
    """Daily from five days before the due day: the units that have not reported; returns how many.

    After it their special groups and the office hear of them, too.
    """
    today, month = at.astimezone(CITY_TIME).date(), Month.of(at)
    due = report_due_on(month)
    closed = ClosedMonth.objects.filter(year=month.year, month=month.month)
    if today < due - DAYS_BEFORE_REPORT or closed.exists():
        return 0
    reported = MonthReport.objects.of_month(month).submitted().values("unit")
    silent = MonthTask.objects.of_month(month).exclude(unit__in=reported).order_by()
    pairs = set(silent.values_list("unit", "group"))
    units = {unit for unit, _ in pairs}
    _remind_units_of_report(units, month, due, today=today, at=at)
    if today > due:
        _tell_of_silent_units(units, Counter(group for _, group in pairs), month, today=today, at=at)
    return len(units)


@transaction.atomic
def remind_of_plans(*, at: datetime) -> int:
    """Once a week in December and, overdue, in January: units whose annual plan is not handed in; returns how many."""
    today = at.astimezone(CITY_TIME).date()
    if today.month not in {PLANS_ASKED_FROM, PLANS_OVERDUE_IN}:
        return 0
    year = today.year if today.month == PLANS_OVERDUE_IN else today.year + 1
    units = units_without_plan(year)
    week = today.isocalendar()
    tell = partial(
        notify,
        reason=f"plan-missing:{year}:{week.year}-{week.week}",
        kind=Kind.REMINDER,
        urgency=Urgency.HIGH if today.year == year else Urgency.NORMAL,
        at=at,
    )
    liaisons = User.objects.filter(role=Role.LIAISON, is_active=True, unit__in=units)
    tell(liaisons, title=f"{year} 年度工作计划还没有交给创城办", url=reverse("progress:plans"))
    count = units.count()
    if count:
        office = User.objects.filter(role=Role.OFFICE, is_active=True)
        url = f"{reverse('progress:plans')}?year={year}&state=missing"
        tell(office, title=f"{count} 个单位还没有交 {year} 年度工作计划", url=url)
    return count


def _remind_units_of_report(units: set[int], month: Month, due: date, *, today: date, at: datetime) -> None:
    last = month.last_day
    if today > due:
        title = f"{month.month} 月报告迟了，{last.month} 月 {last.day} 日以后不再收"
    else:
        when = "今天" if today == due else f"{due.month} 月 {due.day} 日前"
        title = f"{month.month} 月报告还没有上报，{when}要报"
    notify(
        User.objects.filter(role=Role.LIAISON, is_active=True, unit__in=units),
        reason=f"report-due:{today}",
        title=title,
        url=reverse("progress:report", args=[month.year, month.month]),
        kind=Kind.REMINDER,
        urgency=Urgency.HIGH if today >= due else Urgency.NORMAL,
        at=at,
    )


def _tell_of_silent_units(units: set[int], by_group: Counter[int], month: Month, *, today: date, at: datetime) -> None:
    """The office hears how many units there are, a group's head how many of the group's."""
    heads = User.objects.filter(role=Role.GROUP_HEAD, is_active=True, group__in=by_group)
    office = User.objects.filter(role=Role.OFFICE, is_active=True) if units else User.objects.none()
    for person in heads | office:
        count = len(units) if person.role == Role.OFFICE else by_group[person.group_id or 0]
        notify(
            [person],
            reason=f"reports-late:{today}",
            title=f"{count} 个单位还没有上报 {month.month} 月报告",
            url=f"{reverse('progress:reports')}?month={month}",
            kind=Kind.REMINDER,
            at=at,
        )
