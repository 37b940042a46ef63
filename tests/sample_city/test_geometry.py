import re
from collections import Counter
from functools import cache
from itertools import combinations

import pytest
import shapely

from mohe_portal.sample_city.geometry import CENTRE, CityShape, build_city

pytestmark = pytest.mark.once  # knows no database
SQUARE_METRES_PER_SQUARE_DEGREE = 111_320**2 * 0.60222  # at the city's latitude
COMMUNITIES = {
    "232701100001": "松苑社区",
    "232701100002": "阳光社区",
    "232701100003": "桥北社区",
    "232701100005": "明苑社区",
}


@cache
def city(seed: int = 1) -> CityShape:
    return build_city(seed)


def river():
    return next(landmark.geometry for landmark in city().landmarks if landmark.kind == "river")


def test_the_four_real_communities_hold_101_grids():
    assert {community.code: community.name for community in city().communities} == COMMUNITIES
    assert len(city().grids) == 101


def test_grid_codes_are_the_community_and_an_unbroken_serial():
    for community in city().communities:
        serials = [f"{community.code}{serial:03d}" for serial in range(1, len(community.grids) + 1)]
        assert [grid.code for grid in community.grids] == serials


def test_grids_are_numbered_from_the_north_west():
    for community in city().communities:
        first, last = community.grids[0].polygon.centroid, community.grids[-1].polygon.centroid
        assert first.y > last.y


def test_every_grid_has_a_name_of_its_own_that_says_it_is_a_sample():
    names = Counter(grid.name for grid in city().grids)
    assert set(names.values()) == {1}
    assert all(re.fullmatch(r"\S+（示例）", name) for name in names)


def test_the_same_seed_draws_the_same_city_and_another_seed_another():
    assert build_city(1) == city()
    assert [grid.polygon for grid in build_city(2).grids] != [grid.polygon for grid in city().grids]


@pytest.mark.parametrize("seed", [1, 2, 7])
def test_grids_tile_their_community_without_gap_or_overlap(seed):
    for community in city(seed).communities:
        polygons = [grid.polygon for grid in community.grids]
        union = shapely.union_all(polygons)
        assert union.equals(community.polygon)
        assert not community.polygon.interiors
        assert sum(polygon.area for polygon in polygons) == pytest.approx(union.area, rel=1e-12)
        assert sum(polygon.area for polygon in polygons) == pytest.approx(community.polygon.area, rel=1e-12)


@pytest.mark.parametrize("seed", [1, 2, 7])
def test_no_two_grids_share_more_than_an_edge(seed):
    for one, other in combinations([grid.polygon for grid in city(seed).grids], 2):
        assert not shapely.relate_pattern(one, other, "T********")


@pytest.mark.parametrize("seed", [1, 2, 7])
def test_neighbours_share_their_vertices_exactly(seed):
    assert shapely.coverage_is_valid([grid.polygon for grid in city(seed).grids])
    assert shapely.coverage_is_valid([community.polygon for community in city(seed).communities])


@pytest.mark.parametrize("seed", [1, 2, 7])
def test_every_grid_is_one_simple_piece_of_at_least_a_hectare(seed):
    for grid in city(seed).grids:
        assert grid.polygon.is_valid
        assert not grid.polygon.interiors
        assert grid.polygon.area * SQUARE_METRES_PER_SQUARE_DEGREE > 10_000


def test_coordinates_have_six_decimals():
    coordinates = shapely.get_coordinates([grid.polygon for grid in city().grids])
    assert all(value == round(value, 6) for point in coordinates for value in point)


def test_blocks_are_smaller_in_the_centre_than_at_the_edge():
    areas = sorted((grid.polygon.distance(shapely.Point(CENTRE)), grid.polygon.area) for grid in city().grids)
    nearest, farthest = areas[:20], areas[-20:]
    assert sum(area for _, area in farthest) > 2 * sum(area for _, area in nearest)


def test_the_river_is_no_grid_and_only_bridge_north_lies_beyond_it():
    assert all(river().disjoint(grid.polygon) for grid in city().grids)
    middle = {community.name: community.polygon.centroid for community in city().communities}
    bank = {
        name: river().intersection(shapely.LineString([(p.x, 52), (p.x, 54)])).centroid for name, p in middle.items()
    }
    assert {name for name, point in middle.items() if point.y > bank[name].y} == {"桥北社区"}


def test_one_street_crosses_the_river():
    streets = [landmark for landmark in city().landmarks if landmark.kind == "street"]
    assert [street.name for street in streets if street.geometry.intersects(river())] == ["大桥路（示例）"]


def test_the_town_is_centred_where_the_real_one_is_and_has_its_size():
    west, south, east, north = shapely.total_bounds([grid.polygon for grid in city().grids])
    assert west < CENTRE[0] < east and south < CENTRE[1] < north
    assert 4000 < (east - west) * 111_320 * 0.60222 < 5000
    assert 2600 < (north - south) * 111_320 < 3300
