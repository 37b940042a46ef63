"""The shape of the sample city: four communities, 101 grids, the river and the main streets.

Outlines and streets are drawn by hand (outline.py); the blocks between the streets are cut into grids by chance.
At the end everything is laid on one lattice of a millionth of a degree, on which neighbours share their vertices
exactly: no gap, no overlap.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt
import shapely
from shapely import LineString, MultiLineString, Polygon
from shapely import Point as Spot
from shapely.geometry.base import BaseGeometry
from shapely.ops import linemerge, split

from mohe_portal.sample_city import outline
from mohe_portal.sample_city.dice import Dice, dice
from mohe_portal.sample_city.outline import Point
from mohe_portal.sample_city.words import compound_names

CENTRE: Point = (122.5292, 52.9705)  # WGS-84
METRES_PER_DEGREE_NORTH = 111_320.0
METRES_PER_DEGREE_EAST = METRES_PER_DEGREE_NORTH * math.cos(math.radians(CENTRE[1]))
LATTICE = 1_000_000  # steps a degree: 0.1 m, finer than any survey of a compound
TURN = math.radians(-7)  # the streets of the town do not run exactly east-west
ROW_HEIGHT = 300.0  # metres: grids whose middles lie in one such band are numbered as one row


@dataclass(frozen=True)
class GridShape:
    code: str
    name: str
    polygon: Polygon


@dataclass(frozen=True)
class CommunityShape:
    code: str
    name: str
    polygon: Polygon
    grids: tuple[GridShape, ...]


@dataclass(frozen=True)
class LandmarkShape:
    kind: Literal["river", "street"]
    name: str
    geometry: Polygon | LineString


@dataclass(frozen=True)
class CityShape:
    communities: tuple[CommunityShape, ...]
    landmarks: tuple[LandmarkShape, ...]

    @property
    def grids(self) -> tuple[GridShape, ...]:
        return tuple(grid for community in self.communities for grid in community.grids)


def build_city(seed: int) -> CityShape:
    """Draw the city. The same seed gives the same city to the last decimal."""
    river = _river()
    sides = _built_up_sides()
    streets = {street.name: _street_line(street) for street in outline.STREETS}
    districts = _districts(sides, streets)
    blocks_cut = [
        _grids_of(*district, streets.values(), dice(seed, "grids", district[0].code)) for district in districts
    ]
    names = compound_names(dice(seed, "names"), sum(plan.grids for plan in outline.COMMUNITIES))
    on_lattice = iter(_share_vertices([grid for grids in blocks_cut for grid in grids]))
    communities = tuple(_community(plan, [next(on_lattice) for _ in range(plan.grids)], names) for plan, _ in districts)
    return CityShape(communities, (_river_landmark(river), *_street_landmarks(streets, sides)))


# --- the ground: outlines, river, streets, in metres ---


def _river() -> Polygon:
    rows = _smooth([(x, y, width) for x, y, width in outline.RIVER])
    return _ribbon(rows, 0.0)


def _ribbon(rows: "npt.NDArray[np.float64]", margin: float) -> Polygon:
    """Return the band around a line of x, y, width, widened by a margin on either side."""
    along = np.gradient(rows[:, :2], axis=0)
    across = np.column_stack([-along[:, 1], along[:, 0]]) / np.linalg.norm(along, axis=1)[:, None]
    half = (rows[:, 2:3] / 2) + margin
    return Polygon(np.vstack([rows[:, :2] + across * half, (rows[:, :2] - across * half)[::-1]]))


def _smooth(points: Sequence[Sequence[float]], steps: int = 6) -> "npt.NDArray[np.float64]":
    """Return a Catmull-Rom curve through the points (columns beyond x and y are carried along)."""
    p = np.array([points[0], *points, points[-1]], dtype=float)
    pieces = []
    for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False):
        for t in np.arange(steps) / steps:
            pieces.append(
                0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
            )
    return np.vstack([*pieces, p[-1]])


def _built_up_sides() -> tuple[Polygon, Polygon]:
    """Return the built-up ground south and north of the river, each ending at its embankment."""
    banks = _ribbon(_smooth(outline.RIVER), outline.EMBANKMENT)
    south = max(_polygons(Polygon(outline.SOUTH_SIDE).difference(banks)), key=lambda part: -part.centroid.y)
    north = max(_polygons(Polygon(outline.NORTH_SIDE).difference(banks)), key=lambda part: part.centroid.y)
    return south, north


def _street_line(street: outline.Street) -> LineString:
    return LineString(_smooth(street.line, steps=3))


def _districts(
    sides: tuple[Polygon, Polygon], streets: dict[str, LineString]
) -> list[tuple[outline.CommunityPlan, Polygon]]:
    """Return each community's ground."""
    dividers = [streets[name] for name in outline.DIVIDING_STREETS]
    grounds = [piece for side in sides for piece in _cut(side, dividers)]
    return [
        (plan, next(ground for ground in grounds if ground.contains(Spot(plan.inside)))) for plan in outline.COMMUNITIES
    ]


# --- cutting a community into grids ---


def _grids_of(plan: outline.CommunityPlan, ground: Polygon, streets: Iterable[LineString], dice: Dice) -> list[Polygon]:
    """Cut a community along its streets into blocks, and the blocks into as many grids as planned."""
    blocks = _cut(ground, streets)
    shares = _apportion(plan.grids, [_crowd(block) for block in blocks])
    return [grid for block, share in zip(blocks, shares, strict=True) for grid in _subdivide(block, share, dice)]


def _cut(ground: Polygon, lines: Iterable[LineString]) -> list[Polygon]:
    # The lines are not clipped first: a clipped end lies a hair beside the edge that it should meet.
    edges = shapely.union_all([ground.exterior, *lines])
    faces = _polygons(shapely.polygonize(_lines(edges)))
    return [face for face in faces if ground.contains(face.representative_point())]


def _crowd(block: Polygon) -> float:
    """Return how many people a block stands for: the middle of town is crowded, its edge is not."""
    x, y = block.centroid.coords[0]
    return float(block.area * (1 + 4.5 * math.exp(-((x / 900) ** 2) - ((y + 160) / 520) ** 2)))


def _apportion(seats: int, weights: Sequence[float]) -> list[int]:
    """Share out seats by weight (Sainte-Laguë), at least one each."""
    shares = [1] * len(weights)
    for _ in range(seats - len(weights)):
        neediest = max(range(len(weights)), key=lambda i: weights[i] / (shares[i] + 0.5))
        shares[neediest] += 1
    return shares


def _subdivide(block: Polygon, count: int, dice: Dice) -> list[Polygon]:
    """Cut a block into so many grids, each time taking the best-shaped of some random cuts."""
    if count == 1:
        return [block]
    cuts = [cut for _ in range(10) if (cut := _random_cut(block, count, dice))]
    first, second, first_count = min(cuts, key=_clumsiness)
    return [*_subdivide(first, first_count, dice), *_subdivide(second, count - first_count, dice)]


def _random_cut(block: Polygon, count: int, dice: Dice) -> tuple[Polygon, Polygon, int] | None:
    """Cut a block once, roughly square to one of its sides; None if that breaks it into more than two."""
    first_count = dice.choice([count // 2, (count + 1) // 2])
    angle = _heading(block) + dice.choice([0.0, math.pi / 2]) + math.radians(dice.uniform(-6, 6))
    wanted = block.area * first_count / count * dice.uniform(0.85, 1.15)
    across = (-math.sin(angle), math.cos(angle))
    reach = [x * across[0] + y * across[1] for x, y in block.exterior.coords]
    low, high = min(reach), max(reach)
    for _ in range(12):
        middle = (low + high) / 2
        below = shapely.intersection(block, _half_plane(across, middle)).area
        low, high = (middle, high) if below < wanted else (low, middle)
    parts = _polygons(split(block, _line_across(across, (low + high) / 2)))
    if len(parts) != 2:
        return None
    first, second = sorted(parts, key=lambda part: part.centroid.x * across[0] + part.centroid.y * across[1])
    return first, second, first_count


def _heading(block: Polygon) -> float:
    """Return the direction of the long side of the tightest box around a block, in radians."""
    corners = list(shapely.get_coordinates(block.minimum_rotated_rectangle))
    (x0, y0), (x1, y1) = max(zip(corners, corners[1:], strict=False), key=lambda side: math.dist(*side))
    return math.atan2(y1 - y0, x1 - x0)


def _line_across(across: Point, distance: float, reach: float = 9000) -> LineString:
    (a, b), (along_x, along_y) = across, (across[1], -across[0])
    foot = (a * distance, b * distance)
    return LineString([(foot[0] + s * along_x * reach, foot[1] + s * along_y * reach) for s in (-1, 1)])


def _half_plane(across: Point, distance: float) -> Polygon:
    near, far = _line_across(across, distance), _line_across(across, distance - 9000)
    return Polygon([*near.coords, *reversed(far.coords)])


def _clumsiness(cut: tuple[Polygon, Polygon, int]) -> float:
    return sum(part.length**2 / part.area for part in cut[:2])


# --- onto the lattice ---


def _share_vertices(grids: Sequence[Polygon]) -> list[Polygon]:
    """Lay grids on the lattice, so that a vertex on a neighbour's edge becomes a vertex of the neighbour too."""
    laid = [shapely.transform(grid, _to_lattice) for grid in grids]
    edges = shapely.union_all([grid.exterior for grid in laid], grid_size=1)
    faces = _polygons(shapely.polygonize(list(_lines(edges))))
    tree = shapely.STRtree(faces)
    own = [tree.query(grid.representative_point(), predicate="within")[0] for grid in laid]
    whole = _with_slivers([faces[i] for i in own], [face for i, face in enumerate(faces) if i not in set(own)])
    return _polygons([shapely.transform(grid, _to_degrees).normalize() for grid in whole])


def _with_slivers(grids: list[Polygon], slivers: Iterable[Polygon]) -> list[Polygon]:
    """Give each hair-wide gap that the rounding left between grids to the grid along its longest side."""
    for sliver in slivers:
        neighbour = max(range(len(grids)), key=lambda i: grids[i].intersection(sliver).length)
        (grids[neighbour],) = _polygons(shapely.coverage_union(grids[neighbour], sliver))
    return grids


def _to_lattice(metres: "npt.NDArray[np.float64]") -> "npt.NDArray[np.float64]":
    turned = metres @ np.array([[math.cos(TURN), math.sin(TURN)], [-math.sin(TURN), math.cos(TURN)]])
    degrees = turned / [METRES_PER_DEGREE_EAST, METRES_PER_DEGREE_NORTH] + CENTRE
    lattice: npt.NDArray[np.float64] = np.round(degrees * LATTICE)
    return lattice


def _to_degrees(lattice: "npt.NDArray[np.float64]") -> "npt.NDArray[np.float64]":
    return np.round(lattice / LATTICE, 6)


def _degrees(shape: BaseGeometry) -> BaseGeometry:
    return shapely.transform(shape, lambda metres: _to_degrees(_to_lattice(metres)))


# --- names and numbers ---


def _community(plan: outline.CommunityPlan, polygons: Sequence[Polygon], names: Iterator[str]) -> CommunityShape:
    numbered = sorted(polygons, key=partial(_reading_order, top=max(polygon.bounds[3] for polygon in polygons)))
    grids = tuple(
        GridShape(f"{plan.code}{serial:03d}", next(names), polygon) for serial, polygon in enumerate(numbered, start=1)
    )
    (ground,) = _polygons(shapely.coverage_union_all(list(polygons)).normalize())
    return CommunityShape(plan.code, plan.name, ground, grids)


def _reading_order(polygon: Polygon, top: float) -> tuple[int, float]:
    """Sort key: row by row from the north, and within a row from the west."""
    middle = polygon.centroid
    return int((top - middle.y) * METRES_PER_DEGREE_NORTH / ROW_HEIGHT), middle.x


def _river_landmark(river: Polygon) -> LandmarkShape:
    return LandmarkShape("river", outline.RIVER_NAME, _polygons(_degrees(river))[0])


def _street_landmarks(streets: dict[str, LineString], sides: tuple[Polygon, Polygon]) -> Iterator[LandmarkShape]:
    town = shapely.union_all(sides)
    for name, line in streets.items():
        others = shapely.union_all([town.boundary, *(other for key, other in streets.items() if key != name)])
        inside = line if name == outline.BRIDGE_STREET else line.intersection(town)
        yield LandmarkShape("street", name, _lines(_degrees(_without_loose_ends(inside, others)))[0])


def _without_loose_ends(line: BaseGeometry, others: BaseGeometry) -> BaseGeometry:
    """Return a street from its first crossing to its last: what is drawn beyond them is only overshoot."""
    pieces = [piece for part in _lines(line) for piece in _lines(split(part, others))]
    kept = [
        piece for piece in pieces if all(Spot(end).distance(others) < 1 for end in (piece.coords[0], piece.coords[-1]))
    ]
    merged = linemerge(MultiLineString(kept)) if len(kept) > 1 else kept[0]
    return max(_lines(merged), key=lambda part: part.length)


def _polygons(shape: BaseGeometry | Sequence[BaseGeometry]) -> list[Polygon]:
    return [part for part in shapely.get_parts(shape) if isinstance(part, Polygon)]


def _lines(shape: BaseGeometry) -> list[LineString]:
    return [part for part in shapely.get_parts(shape) if isinstance(part, LineString)]
