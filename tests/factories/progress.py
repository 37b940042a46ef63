import datetime

import factory

from common.clock import CITY_TIME
from common.months import Month
from progress.models import AnnualPlan, Flag, MonthReport, MonthTask, Outcome, PlanTask, ReportLine
from progress.workflow import PlanState
from tests.factories.accounts import SpecialGroupFactory, UnitFactory, UserFactory

NOVEMBER = Month(2026, 11)
MARKED_AT = datetime.datetime(2026, 11, 23, 9, tzinfo=CITY_TIME)


class MonthTaskFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MonthTask

    unit = factory.SubFactory(UnitFactory)
    group = factory.SubFactory(SpecialGroupFactory)
    year = 2026
    month = 11
    content = factory.Sequence(lambda n: f"清运无物业楼院垃圾 {n:05} 次")


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


class MonthReportFactory(factory.django.DjangoModelFactory):
    """A submitted report without lines; `submitted_at=None` makes it a draft."""

    class Meta:
        model = MonthReport

    unit = factory.SubFactory(UnitFactory)
    year = 2026
    month = 11
    version = 1
    saved_at = MARKED_AT
    saved_by = factory.SubFactory(UserFactory)
    submitted_at = MARKED_AT


class ReportLineFactory(factory.django.DjangoModelFactory):
    """A task reported done, in a report of its unit and month."""

    class Meta:
        model = ReportLine

    task = factory.SubFactory(MonthTaskFactory)
    report = factory.LazyAttribute(
        lambda line: (
            MonthReport.objects.filter(unit=line.task.unit, year=line.task.year, month=line.task.month).first()
            or MonthReportFactory(unit=line.task.unit, year=line.task.year, month=line.task.month)
        )
    )
    outcome = Outcome.DONE
    text = "已清运 4 次"


class AnnualPlanFactory(factory.django.DjangoModelFactory):
    """An empty draft; the traits are a plan handed in and one approved, without the month tasks of an approval."""

    class Meta:
        model = AnnualPlan

    class Params:
        submitted = factory.Trait(state=PlanState.SUBMITTED, version=1, submitted_at=MARKED_AT)
        approved = factory.Trait(state=PlanState.APPROVED, version=2, submitted_at=MARKED_AT, approved_at=MARKED_AT)

    unit = factory.SubFactory(UnitFactory)
    year = 2026


class PlanTaskFactory(factory.django.DjangoModelFactory):
    """A task with targets by month: `targets={11: "清运 4 次"}`."""

    class Meta:
        model = PlanTask
        skip_postgeneration_save = True

    plan = factory.SubFactory(AnnualPlanFactory)
    group = factory.SubFactory(SpecialGroupFactory)
    content = factory.Sequence(lambda n: f"清运无物业楼院垃圾 {n:05}")
    measure = "当天清完，社区验收"

    @factory.post_generation
    def targets(task, create, extracted, **kwargs):  # noqa: N805 -- factory-boy calls it with the object
        for month, target in (extracted or {}).items():
            task.months.create(month=month, target=target)
