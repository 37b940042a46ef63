"""Degrees and metres: the town laid flat. Within a few kilometres the error stays under a metre."""

import math

from shapely.affinity import scale
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

METRES_PER_DEGREE = 111_320.0


def east_west(latitude: float) -> float:
    """How much shorter a degree of longitude is there than one of latitude."""
    return math.cos(math.radians(latitude))


def in_metres(geometry: BaseGeometry, shortening: float) -> BaseGeometry:
    return scale(geometry, METRES_PER_DEGREE * shortening, METRES_PER_DEGREE, origin=(0, 0))


def point_in_metres(longitude: float, latitude: float, shortening: float) -> Point:
    """The same of a single point, which is located for every submission."""
    return Point(longitude * (METRES_PER_DEGREE * shortening), latitude * METRES_PER_DEGREE)
