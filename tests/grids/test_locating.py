import json
import time

import pytest
import shapely
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grids import locating
from grids.locating import NEAR_METRES, Place, locate
from grids.models import Grid
from grids.plane import METRES_PER_DEGREE, east_west
from mohe_portal.sample_city.geometry import build_city
from tests.factories.grids import START, CommunityFactory, GridFactory, square

WEST, SOUTH, SIZE = 122.528, 52.969, 0.002
EAST = WEST + SIZE
MIDDLE = SOUTH + SIZE / 2
METRE_NORTH = 1 / METRES_PER_DEGREE
METRE_EAST = METRE_NORTH / east_west(MIDDLE)


@pytest.fixture
def grid(db):
    return GridFactory(code="232701100002001", boundary=square(WEST, SOUTH))


@pytest.fixture
def neighbour(grid):
    return GridFactory(code="232701100002002", boundary=square(EAST, SOUTH))


def test_a_point_inside_belongs_to_its_grid(grid):
    located = Grid.locate(WEST + SIZE / 2, MIDDLE)

    assert (located.place, located.grid, located.metres) == (Place.INSIDE, grid, 0)


@pytest.mark.parametrize(
    ("metres", "place"), [(0.001, Place.INSIDE), (1, Place.NEAR), (39, Place.NEAR), (41, Place.OUTSIDE)]
)
def test_a_point_up_to_40_metres_outside_is_near(grid, metres, place):
    assert locate(WEST - metres * METRE_EAST, MIDDLE).place == place
    assert locate(WEST + SIZE / 2, SOUTH - metres * METRE_NORTH).place == place


def test_near_says_how_far(grid):
    located = locate(WEST - 12.3 * METRE_EAST, MIDDLE)

    assert (located.place, located.grid, located.metres) == (Place.NEAR, grid, pytest.approx(12.3, abs=0.1))


def test_outside_there_is_no_grid(grid):
    located = locate(WEST - 0.1, SOUTH)

    assert (located.place, located.grid) == (Place.OUTSIDE, None)


def test_a_shared_edge_belongs_to_the_lower_code(grid, neighbour):
    assert [locate(EAST, SOUTH + part * SIZE).grid for part in (0, 0.1, 0.5, 1)] == [grid] * 4


def test_inside_one_wins_over_near_another(grid, neighbour):
    assert locate(EAST + METRE_EAST, MIDDLE).grid == neighbour


def test_of_two_that_are_near_the_closer_one_is_meant(grid):
    other = GridFactory(code="232701100002002", boundary=square(EAST + 30 * METRE_EAST, SOUTH))

    assert locate(EAST + 10 * METRE_EAST, MIDDLE).grid == grid
    assert locate(EAST + 20 * METRE_EAST, MIDDLE).grid == other


def test_on_an_empty_map_everything_is_outside(db):

    assert locate(WEST, SOUTH).place == Place.OUTSIDE


def test_grids_without_a_polygon_are_never_found(grid):
    GridFactory(boundary=None)

    assert locate(WEST + SIZE / 2, MIDDLE).grid == grid


def test_a_retired_grid_is_not_found(grid):
    Grid.objects.filter(pk=grid.pk).update(ended_on=START.replace(month=6))

    assert locate(WEST + SIZE / 2, MIDDLE).place == Place.OUTSIDE


def test_the_index_is_kept_until_the_map_changes(grid, django_assert_num_queries):
    locate(WEST, SOUTH)
    with django_assert_num_queries(1):  # the revisions
        assert locate(WEST + SIZE / 2, MIDDLE).place == Place.INSIDE

    Grid.objects.filter(pk=grid.pk).update(boundary=square(WEST + 1, SOUTH))
    assert locate(WEST + SIZE / 2, MIDDLE).place == Place.OUTSIDE
    assert locate(WEST + 1 + SIZE / 2, MIDDLE).grid == grid


def test_a_change_that_is_rolled_back_leaves_no_trace(grid):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Grid.objects.filter(pk=grid.pk).update(boundary=square(WEST + 1, SOUTH))
        assert locate(WEST + SIZE / 2, MIDDLE).place == Place.OUTSIDE
        raise ZeroDivisionError

    assert locate(WEST + SIZE / 2, MIDDLE).place == Place.INSIDE


# --- the sample city, against a plain search through all polygons ---


@pytest.fixture(scope="module")
def polygons():
    return {shape.code: shape.polygon for shape in build_city(1).grids}


@pytest.fixture
def city(db, polygons):
    Grid.objects.bulk_create(
        Grid(
            code=code,
            name=code,
            community=CommunityFactory(code=code[:12]),
            boundary=json.loads(shapely.to_geojson(polygon)),
            started_on=START,
        )
        for code, polygon in polygons.items()
    )
    return polygons


def by_brute_force(polygons, point):
    """Distances in metres to every polygon; the nearest one, the lower code first."""
    shortening = locating._index().shortening

    def flat(shape):
        return shapely.transform(shape, lambda xy: xy * [METRES_PER_DEGREE * shortening, METRES_PER_DEGREE])

    distance, code = min((flat(polygon).distance(flat(point)), code) for code, polygon in polygons.items())
    if distance < 0.01:
        return Place.INSIDE, code
    return (Place.NEAR, code) if distance <= NEAR_METRES else (Place.OUTSIDE, None)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(longitude=st.floats(122.48, 122.58), latitude=st.floats(52.95, 52.99))
def test_locating_agrees_with_trying_every_polygon(city, longitude, latitude):
    located = locate(longitude, latitude)

    expected = by_brute_force(city, shapely.Point(longitude, latitude))
    assert (located.place, located.grid and located.grid.code) == expected


def test_ten_thousand_points_are_located_within_a_second(city):
    """The look-up itself; each call asks the database twice besides."""
    index = locating._index()
    points = shapely.points([[122.50 + i * 6e-6, 52.96 + i * 2e-6] for i in range(10_000)])

    started = time.process_time()  # not the clock on the wall: other tests run beside this one
    for point in points:
        index.tree.query(locating.in_metres(point, index.shortening), predicate="dwithin", distance=NEAR_METRES)
    assert time.process_time() - started < 1
