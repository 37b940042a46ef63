import datetime

import factory

from common.clock import CITY_TIME
from common.months import Month
from progress.models import Flag, MonthTask
from tests.factories.accounts import SpecialGroupFactory, UnitFactory

NOVEMBER = Month(2026, 11)
MARKED_AT = datetime.datetime(2026, 11, 23, 9, tzinfo=CITY_TIME)


class MonthTaskFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MonthTask

    unit = factory.SubFactory(UnitFactory)
    group = factory.SubFactory(SpecialGroupFactory)
    year = 2026
    month = 11
    content = factory.Sequence(lambda n: f"清运无物业楼院垃圾 {n} 次")


class RedTaskFactory(MonthTaskFactory):
    flag = Flag.RED
    version = 1
    marked_at = MARKED_AT


class BlueTaskFactory(MonthTaskFactory):
    """A task with a blue flag and its statement; made_good_on=… makes it 补成."""

    flag = Flag.BLUE
    version = 1
    marked_at = MARKED_AT
    reason = "材料未到货"
    plan = "已与供货方确认到货时间"
    new_date = datetime.date(2026, 12, 3)
