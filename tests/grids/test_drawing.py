import json

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from grids.drawing import NotAPolygon, Surroundings, fitted, one_polygon, problems, read_polygon, rounded
from tests.factories.grids import square

pytestmark = pytest.mark.once

WEST, SOUTH, SIZE = 122.528, 52.969, 0.002
EAST, NORTH = WEST + SIZE, SOUTH + SIZE
METRE_EAST, METRE_NORTH = 1 / 67_000, 1 / 111_320
GRID = square(WEST, SOUTH)
TWO_PIECES = {"type": "MultiPolygon", "coordinates": [GRID["coordinates"], square(123, 52)["coordinates"]]}
COMMUNITY = square(WEST - SIZE, SOUTH - SIZE, 3 * SIZE)


def polygon(*corners):
    return {"type": "Polygon", "coordinates": [[list(corner) for corner in (*corners, corners[0])]]}


def moved(metres_east=0.0, metres_north=0.0):
    """A neighbour of GRID in the east that lies so much too far."""
    return square(EAST + metres_east * METRE_EAST, SOUTH + metres_north * METRE_NORTH)


def around(**neighbours):
    return Surroundings("阳光社区", COMMUNITY, neighbours)


# --- reading ---


@pytest.mark.parametrize(
    "wrapped",
    [
        GRID,
        {"type": "Feature", "properties": {}, "geometry": GRID},
        {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": GRID}]},
        {"type": "MultiPolygon", "coordinates": [GRID["coordinates"]]},
    ],
    ids=["bare", "feature", "collection of one", "multipolygon of one"],
)
def test_a_polygon_is_found_in_its_wrapping(wrapped):
    assert read_polygon(json.dumps(wrapped)) == rounded(GRID)


def test_coordinates_are_rounded_to_six_decimals_and_lose_their_height():
    drawn = polygon((122.52812345678, 52.9691, 300.0), (122.53, 52.9691, 300.0), (122.53, 52.971, 300.0))

    assert one_polygon(drawn)["coordinates"][0][0] == [122.528123, 52.9691]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{", "不是完整的 GeoJSON"),
        ("[" * 100_000, "不是完整的 GeoJSON"),
        ('"Polygon"', "要是一个多边形"),
        ('{"type": "Point", "coordinates": [122, 52]}', "要是一个多边形"),
        ('{"type": "FeatureCollection", "features": []}', "不止一个图形"),
        ('{"type": "FeatureCollection", "features": 3}', "不止一个图形"),
        ('{"type": "Polygon"}', "坐标读不出来"),
        ('{"type": "Polygon", "coordinates": 5}', "坐标读不出来"),
        ('{"type": "Polygon", "coordinates": [["a", "b"]]}', "坐标读不出来"),
        ('{"type": "Polygon", "coordinates": [[[122, 52], [123, 52]]]}', "坐标读不出来"),
        ('{"type": "Polygon", "coordinates": []}', "边界是空的"),
        ('{"type": "MultiPolygon", "coordinates": []}', "只能是一整块"),
        (json.dumps(TWO_PIECES), "只能是一整块"),
        (json.dumps(polygon((122.5, 52.9), (122.6, 53.0), (122.6, 52.9), (122.5, 53.0))), "自己和自己交叉"),
        (json.dumps(polygon((52.9, 122.5), (52.9, 122.6), (53.0, 122.6))), "经度和纬度写反了"),
        (json.dumps(polygon((2.3, 48.8), (2.4, 48.8), (2.4, 48.9))), "坐标不在国内"),
        ('{"type": "Polygon", "coordinates": [[[NaN, 52], [123, 52], [123, 53], [NaN, 52]]]}', "坐标"),
        ('{"type": "Polygon", "coordinates": [[[1e999, 52], [123, 52], [123, 53], [1e999, 52]]]}', "国内"),
    ],
)  # fmt: skip
def test_what_is_no_polygon_is_refused_in_words(given, said):
    with pytest.raises(NotAPolygon, match=said):
        read_polygon(given)


@settings(max_examples=200)
@given(
    st.recursive(
        st.none() | st.floats() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["type", "coordinates", "x"]), inner)
        ),
        max_leaves=20,
    ),
    st.sampled_from(["Polygon", "MultiPolygon", "Feature", "GeometryCollection"]),
)
def test_no_nonsense_gets_through_or_breaks_it(nonsense, kind):
    for read in (nonsense, {"type": kind, "coordinates": nonsense, "geometry": nonsense}):
        with pytest.raises(NotAPolygon):
            one_polygon(read)


# --- fitting ---


def test_a_grid_beside_its_neighbour_within_its_community_is_fine():
    assert problems(GRID, around(隔壁=moved())) == []
    assert fitted(GRID, around(隔壁=moved())) == GRID


def test_a_hand_that_misses_the_edge_by_two_metres_is_no_dispute():
    assert problems(GRID, around(隔壁=moved(-2))) == []


def test_what_lies_two_metres_over_the_edge_is_cut_off():
    cut = shapely.from_geojson(json.dumps(fitted(GRID, around(隔壁=moved(-2)))))
    neighbour = shapely.from_geojson(json.dumps(moved(-2)))

    assert cut.intersection(neighbour).area == pytest.approx(0, abs=1e-12)
    assert cut.area == pytest.approx(SIZE * (SIZE - 2 * METRE_EAST), rel=1e-3)


def test_a_real_overlap_names_the_neighbour_and_its_size():
    (problem,) = problems(GRID, around(阳光社区013网格=moved(-10)))

    assert "阳光社区013网格" in problem
    assert "请把边界挪开" in problem


def test_a_grid_inside_another_overlaps():
    assert len(problems(square(WEST + SIZE / 4, SOUTH + SIZE / 4, SIZE / 2), around(隔壁=GRID))) == 1


def test_a_grid_across_the_border_of_its_community_is_named():
    (problem,) = problems(square(WEST - 2 * SIZE, SOUTH), around())

    assert "画到了阳光社区外面" in problem


def test_two_metres_outside_the_community_are_cut_off():
    drawn = square(WEST - SIZE - 2 * METRE_EAST, SOUTH)

    assert problems(drawn, around()) == []
    assert min(x for x, _ in fitted(drawn, around())["coordinates"][0]) == pytest.approx(WEST - SIZE, abs=1e-6)


@pytest.mark.parametrize("size_in_metres", [(20, 20), (400, 2)], ids=["small", "narrow"])
def test_too_small_or_narrow_is_refused(size_in_metres):
    east, north = WEST + size_in_metres[0] * METRE_EAST, SOUTH + size_in_metres[1] * METRE_NORTH
    (problem,) = problems(polygon((WEST, SOUTH), (east, SOUTH), (east, north), (WEST, north)), around())

    assert "太小或太窄" in problem


def test_every_problem_is_told_at_once():
    drawn = square(WEST - 2 * SIZE, SOUTH)
    neighbours = {"甲": drawn, "乙": square(WEST - 1.5 * SIZE, SOUTH)}

    assert len(problems(drawn, around(**neighbours))) == 3


@settings(max_examples=100, deadline=None)
@given(st.floats(-2.9, 2.9), st.floats(-2.9, 2.9))
def test_what_is_fitted_has_no_problem_and_overlaps_nobody(east, north):
    neighbours = around(东=moved(east, north), 北=square(WEST + north * METRE_EAST, NORTH + east * METRE_NORTH))
    if problems(GRID, neighbours):
        return
    kept = fitted(GRID, neighbours)

    assert problems(kept, neighbours) == []
    for neighbour in neighbours.neighbours.values():
        overlap = shapely.from_geojson(json.dumps(kept)).intersection(shapely.from_geojson(json.dumps(neighbour)))
        assert overlap.area * 67_000 * 111_320 < 50  # rounding to a tenth of a metre along 220 m
