import pytest
import time_machine

from tests.factories.accounts import SpecialGroupFactory, UnitFactory, UserFactory
from tests.factories.progress import MARKED_AT, MonthTaskFactory


@pytest.fixture
def office(db):
    return UserFactory(name="示例人员甲")


@pytest.fixture
def liaison(db):
    return UserFactory(name="示例人员乙", liaison=True, unit__name="示例单位 12")


@pytest.fixture
def group(db):
    return SpecialGroupFactory(code="sanitation", name="环境卫生组（示例）")


@pytest.fixture
def task(group):
    return MonthTaskFactory(group=group, unit=UnitFactory(name="示例单位 15"), content="完成 3 处积雪倾倒点围挡")


@pytest.fixture
def on_the_23rd():
    """Pages take the time from the clock: it stands at 23 November 2026, nine in the morning."""
    with time_machine.travel(MARKED_AT, tick=False):
        yield
