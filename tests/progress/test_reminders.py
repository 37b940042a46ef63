from datetime import date, datetime, timedelta

import pytest

from accounts.models import Role
from common.clock import CITY_TIME
from common.models import Fact
from notifications.models import Notice, Urgency
from progress import reminders
from progress.models import REPORT_DUE_DAY, Flag, MonthReport, MonthTask
from tests.factories.accounts import UserFactory
from tests.factories.progress import AnnualPlanFactory, MonthReportFactory, MonthTaskFactory

pytestmark = pytest.mark.django_db


def on(day: int) -> datetime:
    return datetime(2026, 11, day, 7, 30, tzinfo=CITY_TIME)


def test_in_a_months_last_three_days_the_office_hears_daily_of_what_has_no_flag():
    office = UserFactory()
    UserFactory(liaison=True)
    MonthTaskFactory.create_batch(2, year=2026, month=11)

    assert [reminders.remind_of_unmarked_flags(at=on(day)) for day in (27, 28, 28, 30)] == [0, 2, 2, 2]
    assert [notice.recipient for notice in Notice.objects.all()] == [office, office]
    assert Notice.objects.first().title == "11 月还有 2 项月任务没有标旗"


def test_a_unit_hears_once_a_week_of_its_own_blue_flags_past_their_date():
    late, kept = MonthTaskFactory.create_batch(2, year=2026, month=10)
    liaison = UserFactory(role=Role.LIAISON, unit=late.unit)
    UserFactory(role=Role.LIAISON, unit=kept.unit)
    blue = {"flag": Flag.BLUE, "reason": "缺人", "plan": "补人", "marked_at": on(1)}
    MonthTask.objects.filter(pk=late.pk).update(new_date=date(2026, 11, 10), **blue)
    MonthTask.objects.filter(pk=kept.pk).update(new_date=date(2026, 12, 10), **blue)

    for day in range(3):
        reminders.remind_of_passed_dates(at=on(16) + timedelta(days=day))

    notice = Notice.objects.get()
    assert (notice.recipient, notice.title) == (liaison, "1 面蓝旗过了自己定的完成日期，还没有补成")


def told():
    """Who was told what on which day, by name."""
    notices = Notice.objects.select_related("recipient").order_by("created_at", "recipient__name")
    return [(one.created_at.astimezone(CITY_TIME).day, one.recipient.name, one.title) for one in notices]


@pytest.fixture
def campaign():
    """A unit that has not reported and one that has, on the boards of two groups; everybody who might hear of it."""
    silent, done = MonthTaskFactory(year=2026, month=11), MonthTaskFactory(year=2026, month=11)
    office = UserFactory(name="创城办")
    MonthReportFactory(unit=done.unit, saved_by=office)
    MonthReportFactory(unit=silent.unit, saved_by=office, submitted_at=None)  # a draft is no report
    MonthTaskFactory(unit=silent.unit, group=silent.group)
    for name, task in (("没报的", silent), ("报了的", done)):
        UserFactory(name=f"{name}单位", role=Role.LIAISON, unit=task.unit)
        UserFactory(name=f"{name}组", role=Role.GROUP_HEAD, group=task.group)
    for role in (Role.LEADER, Role.OPERATOR, Role.AUDITOR):
        UserFactory(name="无关的人", role=role)
    UserFactory(name="离开的人", role=Role.LIAISON, unit=silent.unit, is_active=False)
    return silent


def test_who_has_not_reported_hears_daily_from_five_days_before_and_others_only_afterwards(campaign):
    counts = [reminders.remind_of_reports(at=on(day)) for day in (19, 20, 20, 25, 26)]

    assert counts == [0, 1, 1, 1, 1]
    assert told() == [
        (20, "没报的单位", "11 月报告还没有上报，11 月 25 日前要报"),
        (25, "没报的单位", "11 月报告还没有上报，今天要报"),
        (26, "创城办", "1 个单位还没有上报 11 月报告"),
        (26, "没报的单位", "11 月报告迟了，11 月 30 日以后不再收"),
        (26, "没报的组", "1 个单位还没有上报 11 月报告"),
    ]
    MonthReport.objects.update(submitted_at=on(26))
    assert reminders.remind_of_reports(at=on(27)) == 0


def test_the_due_day_moves_with_the_offices_and_a_short_month():
    UserFactory(name="单位", role=Role.LIAISON, unit=MonthTaskFactory(year=2027, month=2).unit)
    Fact.write(REPORT_DUE_DAY, 31)
    february = datetime(2027, 2, 1, 7, 20, tzinfo=CITY_TIME)
    days = [day for day in range(1, 29) if reminders.remind_of_reports(at=february.replace(day=day))]
    assert days == [23, 24, 25, 26, 27, 28]


def test_plans_are_asked_for_once_a_week_in_december_and_in_january_as_overdue():
    UserFactory(name="创城办")
    missing = UserFactory(name="没交的单位", liaison=True)
    handed_in = UserFactory(name="交了的单位", liaison=True)
    AnnualPlanFactory(unit=handed_in.unit, year=2027, submitted=True)
    AnnualPlanFactory(unit=missing.unit, year=2027)  # a draft is not handed in
    moments = [datetime(2026, 11, 30, 7, tzinfo=CITY_TIME) + timedelta(days=day) for day in (0, 1, 2, 7, 35, 70)]

    assert [reminders.remind_of_plans(at=moment) for moment in moments] == [0, 1, 1, 1, 1, 0]
    office = (("创城办", "1 个单位还没有交 2027 年度工作计划"), ("没交的单位", "2027 年度工作计划还没有交给创城办"))
    assert told() == [(day, *line) for day in (1, 7, 4) for line in office]
    assert set(Notice.objects.filter(created_at__month=1).values_list("urgency", flat=True)) == {Urgency.HIGH}
