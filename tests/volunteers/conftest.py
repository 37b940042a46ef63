from datetime import timedelta
from importlib import import_module

import pytest
import time_machine
from django.apps import apps

from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.grids import CENTRE, CommunityFactory, square
from tests.factories.volunteers import NINE, assigned
from volunteers.models import StarLevel


@pytest.fixture
def unit(db):
    return UnitFactory(name="示例单位 07")


@pytest.fixture
def liaison(unit):
    return UserFactory(name="示例人员甲", liaison=True, unit=unit)


@pytest.fixture
def colleague(unit):
    return UserFactory(name="示例人员乙", liaison=True, unit=unit)


@pytest.fixture
def stranger(db):
    return UserFactory(name="示例人员丁", liaison=True, unit__name="示例单位 33")


@pytest.fixture
def office(db):
    return UserFactory(name="示例人员丙")


@pytest.fixture
def grid(unit):
    """A grid around the middle of the town, led by the unit."""
    return assigned(
        unit,
        code="232701100001012",
        community=CommunityFactory(code="232701100001", name="松苑社区"),
        boundary=square(CENTRE[0] - 0.001, CENTRE[1] - 0.001),
    )


@pytest.fixture
def monday_ten():
    """Pages take the time from the clock: it stands at Monday, 23 November 2026, ten in the morning."""
    with time_machine.travel(NINE + timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def stars_and_points(db):
    """As the migration fills them; a test that really committed may have emptied the tables."""
    if not StarLevel.objects.exists():
        import_module("volunteers.migrations.0003_teams_and_activities").fill(apps, None)
