"""Find the grid of a point: an R-tree over the current polygons, built once for each process and revision."""

from dataclasses import dataclass
from enum import StrEnum

from shapely import STRtree
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from common.revisions import remembered
from grids.models import Grid
from grids.plane import east_west, in_metres, point_in_metres

# A phone's position indoors or under trees is easily this far off.
NEAR_METRES = 40.0
# What arithmetic makes of a point on an edge: a billionth of a metre outside is not outside.
_ON_THE_EDGE = 0.01


class Place(StrEnum):
    INSIDE = "inside"
    NEAR = "near"
    OUTSIDE = "outside"


@dataclass(frozen=True)
class Located:
    """Where a point lies: `grid` is None if outside; `metres` is the distance to it, 0 inside.

    The grid is everybody's: to change it, read it anew.
    """

    place: Place
    grid: Grid | None = None
    metres: float = 0.0


@dataclass(frozen=True)
class _Index:
    grids: tuple[Grid, ...]
    tree: STRtree
    shortening: float


def locate(longitude: float, latitude: float) -> Located:
    """Which current grid a WGS-84 point lies in; a point up to NEAR_METRES outside counts as near the closest.

    A point on a shared edge belongs to the grid with the lower code, so that the answer does not depend on chance.
    """
    index = _index()
    if not index.grids:
        return Located(Place.OUTSIDE)
    point = point_in_metres(longitude, latitude, index.shortening)
    found = index.tree.query(point, predicate="dwithin", distance=NEAR_METRES)
    if not len(found):
        return Located(Place.OUTSIDE)
    metres, position = min((_distance(index.tree.geometries[i], point), int(i)) for i in found)
    return Located(Place.INSIDE if metres == 0 else Place.NEAR, index.grids[position], round(metres, 1))


def _distance(polygon: BaseGeometry, point: BaseGeometry) -> float:
    metres = float(polygon.distance(point))
    return 0.0 if metres < _ON_THE_EDGE else metres


@remembered("reference", most=1)
def _index() -> _Index:
    grids = tuple(Grid.objects.current().drawn().order_by("code").select_related("community"))
    shapes = [shape(grid.boundary) for grid in grids]
    latitude = sum(s.centroid.y for s in shapes) / len(shapes) if shapes else 0.0
    shortening = east_west(latitude)
    tree = STRtree([in_metres(drawn, shortening) for drawn in shapes])
    return _Index(grids, tree, shortening)
