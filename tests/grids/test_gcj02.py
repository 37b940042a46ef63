import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grids.importing.gcj02 import geometry_to_wgs84, to_gcj02, to_wgs84

pytestmark = pytest.mark.once

# Published test points of the common implementations: (WGS-84) → (GCJ-02).
KNOWN = {
    "Beijing": ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    "Shanghai": ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    "Shenzhen": ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
}


def metres(one, other):
    east = (one[0] - other[0]) * 111_320 * math.cos(math.radians(one[1]))
    return math.hypot(east, (one[1] - other[1]) * 111_320)


@pytest.mark.parametrize("city", KNOWN)
def test_known_points(city):
    wgs84, gcj02 = KNOWN[city]

    assert metres(to_gcj02(*wgs84), gcj02) < 0.1
    assert metres(to_wgs84(*gcj02), wgs84) < 0.1


def test_here_the_two_are_some_hundred_metres_apart():
    assert 300 < metres((122.5292, 52.9705), to_gcj02(122.5292, 52.9705)) < 700


@given(st.floats(74, 135), st.floats(18, 53.5))
def test_there_and_back_is_less_than_a_metre(longitude, latitude):
    assert metres(to_wgs84(*to_gcj02(longitude, latitude)), (longitude, latitude)) < 0.01


def test_all_points_of_a_shape_are_converted_and_nonsense_stays_for_the_checks():
    point = list(to_gcj02(122.5, 52.9))
    shape = {"type": "Polygon", "coordinates": [[point, point], ["x", None, [1]]]}
    (ring, rest) = geometry_to_wgs84(shape)["coordinates"]

    assert all(metres(one, (122.5, 52.9)) < 0.01 for one in ring)
    assert rest == ["x", None, [1]]
