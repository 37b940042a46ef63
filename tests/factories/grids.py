import datetime

import factory

from grids.models import Community, Grid, GridAssignment, LeaderAssignment, Town
from tests.factories.accounts import LeaderFactory, UnitFactory

START = datetime.date(2026, 1, 1)
CENTRE = (122.5292, 52.9705)


def square(west: float, south: float, size: float = 0.002) -> dict:
    """A GeoJSON square of `size` degrees."""
    east, north = west + size, south + size
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


class TownFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Town
        django_get_or_create = ["code"]

    code = "232701100"
    name = "西林吉镇"


class CommunityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Community
        django_get_or_create = ["code"]

    code = "232701100002"
    name = "阳光社区"
    town = factory.SubFactory(TownFactory)


class GridFactory(factory.django.DjangoModelFactory):
    """A grid without a polygon; GridFactory(boundary=square(...)) gives it one."""

    class Meta:
        model = Grid

    community = factory.SubFactory(CommunityFactory)
    code = factory.LazyAttributeSequence(lambda grid, n: f"{grid.community.code}{n % 1000:03}")
    name = factory.Sequence(lambda n: f"示例小区 {n:05}")
    started_on = START


class GridAssignmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = GridAssignment

    grid = factory.SubFactory(GridFactory)
    unit = factory.SubFactory(UnitFactory)
    kind = GridAssignment.Kind.LEAD
    started_on = START


class LeaderAssignmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LeaderAssignment

    leader = factory.SubFactory(LeaderFactory)
    community = factory.SubFactory(CommunityFactory)
    started_on = START
