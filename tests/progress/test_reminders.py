from datetime import date, datetime, timedelta

import pytest

from accounts.models import Role
from common.clock import CITY_TIME
from notifications.models import Notice
from progress import reminders
from progress.models import Flag, MonthTask
from tests.factories.accounts import UserFactory
from tests.factories.progress import MonthTaskFactory

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
