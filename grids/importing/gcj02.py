"""GCJ-02 (高德, 腾讯) and WGS-84.

China's map law has map services shift coordinates by some hundred metres in a way that depends on the place. The
shift below is the one in common use since 2010 (Krasovsky 1940 ellipsoid, two sums of sines); it is given from
WGS-84 to GCJ-02 only, so the way back is found by iteration.
"""

from math import cos, pi, sin, sqrt
from typing import Any

SEMI_MAJOR_AXIS = 6378245.0
ECCENTRICITY_SQUARED = 0.00669342162296594323
CLOSE_ENOUGH = 1e-9  # degrees: a tenth of a millimetre
Point = tuple[float, float]


def to_gcj02(longitude: float, latitude: float) -> Point:
    """WGS-84 → GCJ-02. Both systems agree outside China, which callers have ruled out."""
    x, y = longitude - 105.0, latitude - 35.0
    radians = latitude / 180.0 * pi
    flattening = 1 - ECCENTRICITY_SQUARED * sin(radians) ** 2
    north = _north(x, y) * 180.0 / (SEMI_MAJOR_AXIS * (1 - ECCENTRICITY_SQUARED) / (flattening * sqrt(flattening)) * pi)
    east = _east(x, y) * 180.0 / (SEMI_MAJOR_AXIS / sqrt(flattening) * cos(radians) * pi)
    return longitude + east, latitude + north


def to_wgs84(longitude: float, latitude: float) -> Point:
    """GCJ-02 → WGS-84: guess, see where the guess is shifted to, and correct by the miss.

    The shift changes slowly from place to place, so that each round is about a thousand times closer.
    """
    guess = (longitude, latitude)
    for _ in range(10):
        shifted = to_gcj02(*guess)
        miss = (longitude - shifted[0], latitude - shifted[1])
        guess = (guess[0] + miss[0], guess[1] + miss[1])
        if max(abs(miss[0]), abs(miss[1])) < CLOSE_ENOUGH:
            break
    return guess


def geometry_to_wgs84(geometry: dict[str, Any]) -> dict[str, Any]:
    """The same GeoJSON geometry, converted. What is no pair of numbers stays, for the checks that come after."""
    return geometry | {"coordinates": _converted(geometry.get("coordinates"))}


def _converted(part: Any) -> Any:
    if not isinstance(part, list):
        return part
    if len(part) >= 2 and all(isinstance(number, int | float) and abs(number) <= 180 for number in part[:2]):
        return list(to_wgs84(part[0], part[1]))
    return [_converted(inner) for inner in part]


def _north(x: float, y: float) -> float:
    metres = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    metres += _ripple(x)
    metres += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    return metres + (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0


def _east(x: float, y: float) -> float:
    metres = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    metres += _ripple(x)
    metres += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    return metres + (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0


def _ripple(x: float) -> float:
    return (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
