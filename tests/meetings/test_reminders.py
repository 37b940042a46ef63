from datetime import date, datetime

import pytest

from accounts.models import Role
from common.clock import CITY_TIME
from meetings import reminders
from meetings.models import ActionItem
from notifications.models import Kind, Notice
from tests.factories.accounts import SpecialGroupFactory, UnitFactory, UserFactory
from tests.factories.meetings import MeetingFactory, item

pytestmark = pytest.mark.django_db


def on(day):
    return datetime(2026, 12, day, 7, 45, tzinfo=CITY_TIME)


def test_the_unit_hears_before_and_after_the_day_the_givers_after_it_and_nobody_else():
    group, unit = SpecialGroupFactory(), UnitFactory()
    office = UserFactory(name="创城办")
    UserFactory(name="单位", role=Role.LIAISON, unit=unit)
    UserFactory(name="别的单位", liaison=True)
    UserFactory(name="本组", role=Role.GROUP_HEAD, group=group)
    UserFactory(name="别组", group_head=True)
    UserFactory(name="领导", role=Role.LEADER)
    item(meeting=MeetingFactory(group=group, called_by=office), unit=unit, by=office, due_on=date(2026, 12, 3))
    Notice.objects.all().delete()

    november = datetime(2026, 11, 29, 7, 45, tzinfo=CITY_TIME)
    assert [reminders.remind_of_items(at=at) for at in (november, on(1), on(1), on(3), on(5))] == [0, 1, 1, 1, 1]
    notices = Notice.objects.select_related("recipient").order_by("pk")
    told = [(one.created_at.astimezone(CITY_TIME).day, one.recipient.name, one.title) for one in notices]
    assert told == [
        (1, "单位", "交办事项还有 2 天到期：修好院内路灯"),
        (3, "单位", "交办事项今天到期：修好院内路灯"),
        (5, "单位", "交办事项过期 2 天：修好院内路灯"),
        (5, "创城办", "1 项交办事项过期还没有办结"),
        (5, "本组", "1 项交办事项过期还没有办结"),
    ]
    assert set(Notice.objects.values_list("kind", flat=True)) == {Kind.REMINDER}


def test_several_are_one_line_and_what_was_reported_done_is_the_givers_affair():
    unit = UnitFactory()
    office = UserFactory(name="创城办")
    liaison = UserFactory(name="单位", role=Role.LIAISON, unit=unit)
    meeting = MeetingFactory(called_by=office)
    for day in (3, 4):
        item(meeting=meeting, unit=unit, by=office, due_on=date(2026, 12, day), content=f"{day} 日的事")
    item(meeting=meeting, unit=unit, by=office, due_on=date(2026, 12, 20))
    Notice.objects.all().delete()
    reminders.remind_of_items(at=on(6))
    assert Notice.objects.get(recipient=liaison).title == "2 项交办事项过期了，最早的过期 3 天：3 日的事"

    Notice.objects.all().delete()
    ActionItem.objects.update(is_reported=True)
    assert reminders.remind_of_items(at=on(7)) == 2
    assert [(one.recipient, one.title) for one in Notice.objects.all()] == [(office, "2 项交办事项过期还没有办结")]
