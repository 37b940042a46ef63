import factory

from progress.models import MonthTask
from tests.factories.accounts import SpecialGroupFactory, UnitFactory


class MonthTaskFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MonthTask

    unit = factory.SubFactory(UnitFactory)
    group = factory.SubFactory(SpecialGroupFactory)
    year = 2026
    month = 11
    content = factory.Sequence(lambda n: f"清运无物业楼院垃圾 {n} 次")
