"""What the polygon of a grid has to be; pure geometry. Every refusal is a sentence that says what to do."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import shapely
from shapely.geometry import Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from grids.plane import east_west, in_metres

Json = dict[str, Any]

# Two hands that draw the same edge miss each other by this much; a narrower overlap is no dispute about ground.
THIN_METRES = 3.0
LEAST_SQUARE_METRES = 500.0
LATTICE = 1e-6  # degrees: a tenth of a metre
CHINA = (73.0, 3.0, 136.0, 54.0)  # west, south, east, north


class NotAPolygon(ValueError):
    """What was given cannot be read as the polygon of a grid; the message says why and what to do."""


@dataclass(frozen=True)
class Surroundings:
    """What a polygon has to fit into: its community (None: no boundary known) and its neighbours, by name."""

    community_name: str
    community: Json | None
    neighbours: Mapping[str, Json] = field(default_factory=dict)


def read_polygon(text: str) -> Json:
    """The GeoJSON polygon in `text`, which may be wrapped in a Feature or a collection of one. Raises NotAPolygon."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        raise NotAPolygon("边界不是完整的 GeoJSON 文字。请在地图上重画，或者重新粘贴整段文字。") from None
    return one_polygon(read)


def one_polygon(read: Any) -> Json:
    geometry = _unwrapped(read)
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind == "MultiPolygon":
        parts = geometry.get("coordinates")
        if not isinstance(parts, list) or len(parts) != 1:
            raise NotAPolygon("一个网格只能是一整块。请把分开的几块画成几个网格。")
        geometry = {"type": "Polygon", "coordinates": parts[0]}
    elif kind != "Polygon":
        raise NotAPolygon("边界要是一个多边形（Polygon）。请只留下这个网格的多边形。")
    return checked(geometry)


def checked(geometry: Json) -> Json:
    """The same geometry, flat and with 6 decimals. Raises NotAPolygon for one that is broken or not in China."""
    try:
        drawn = shapely.force_2d(shape(geometry))
    except (TypeError, ValueError, AttributeError, LookupError, OverflowError, shapely.errors.ShapelyError):
        raise NotAPolygon("边界的坐标读不出来。每个点写成 [经度, 纬度]，至少三个点。") from None
    _refuse_far_away(drawn)
    if drawn.is_empty or not drawn.is_valid:
        raise NotAPolygon(_why_invalid(drawn))
    return as_json(drawn)


def _unwrapped(read: Any) -> Any:
    if isinstance(read, dict) and read.get("type") == "FeatureCollection":
        features = read.get("features")
        if not isinstance(features, list) or len(features) != 1:
            raise NotAPolygon("这段文字里有不止一个图形。请只留下这个网格的多边形。")
        read = features[0]
    if isinstance(read, dict) and read.get("type") == "Feature":
        read = read.get("geometry")
    return read


def _refuse_far_away(drawn: BaseGeometry) -> None:
    if drawn.is_empty:
        return
    west, south, east, north = drawn.bounds
    if CHINA[0] <= west <= east <= CHINA[2] and CHINA[1] <= south <= north <= CHINA[3]:
        return
    if CHINA[0] <= south <= north <= CHINA[2] and CHINA[1] <= west <= east <= CHINA[3]:
        raise NotAPolygon("经度和纬度写反了。每个点先写经度（约 122），再写纬度（约 52）。")
    raise NotAPolygon("坐标不在国内。请用 WGS-84 的经纬度，例如 [122.5292, 52.9705]。")


def _why_invalid(drawn: BaseGeometry) -> str:
    if drawn.is_empty:
        return "边界是空的。请至少画三个点。"
    if "Self-intersection" in explain_validity(drawn):
        return "边界自己和自己交叉了。请按一个方向绕一圈画，不要交叉。"
    return "边界不是一个完整的多边形。请在地图上重画一次。"


def as_json(drawn: BaseGeometry) -> Json:
    """GeoJSON with lists and 6 decimals, as it would come out of the database again."""
    return rounded(mapping(drawn))


def rounded(geometry: Json) -> Json:
    """The same geometry with 6 decimals: a tenth of a metre, and a third less to send."""
    return {"type": geometry["type"], "coordinates": _rounded(geometry["coordinates"])}


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates, list | tuple):
        return [_rounded(part) for part in coordinates]
    return round(float(coordinates), 6)


def problems(boundary: Json, around: Surroundings) -> list[str]:
    """What is wrong with where a valid polygon lies; empty if nothing."""
    drawn = shape(boundary)
    flat = _Flat(drawn)
    found = []
    if flat.area(drawn) < LEAST_SQUARE_METRES or not flat.is_wide(drawn):
        found.append(
            f"边界太小或太窄，现在是 {flat.area(drawn):.0f} 平方米，"
            f"至少要 {LEAST_SQUARE_METRES:.0f} 平方米、宽 {THIN_METRES:.0f} 米。看看是不是少画了点。"
        )
    for name, neighbour in around.neighbours.items():
        shared = drawn.intersection(shape(neighbour))
        if flat.is_wide(shared):
            found.append(f"和{name}重叠约 {flat.area(shared):.0f} 平方米。请把边界挪开，或者先改{name}的边界。")
    if around.community:
        outside = drawn.difference(shape(around.community))
        if flat.is_wide(outside):
            found.append(
                f"有约 {flat.area(outside):.0f} 平方米画到了{around.community_name}外面。请把边界收回社区以内。"
            )
    return found


def fitted(boundary: Json, around: Surroundings) -> Json:
    """The polygon without the narrow strips that lie on neighbours or outside the community.

    For a polygon that has no `problems`; what is cut off is narrower than THIN_METRES.
    """
    drawn = kept = shape(boundary)
    if around.community:
        kept = kept.intersection(shape(around.community))
    for neighbour in around.neighbours.values():
        kept = kept.difference(shape(neighbour))
    if kept.equals(drawn):
        return boundary
    return as_json(_largest(shapely.set_precision(_largest(kept), LATTICE)))


def _largest(drawn: BaseGeometry) -> Polygon:
    """The main piece; cutting may leave crumbs beside it."""
    pieces = [piece for piece in shapely.get_parts(drawn) if isinstance(piece, Polygon)]
    return max(pieces, key=lambda piece: piece.area)


class _Flat:
    """Measures in metres around one place."""

    def __init__(self, place: BaseGeometry) -> None:
        self._shortening = east_west(place.centroid.y)

    def area(self, drawn: BaseGeometry) -> float:
        return float(in_metres(drawn, self._shortening).area)

    def is_wide(self, drawn: BaseGeometry) -> bool:
        """Whether anything of it is broader than THIN_METRES."""
        return not in_metres(drawn, self._shortening).buffer(-THIN_METRES / 2).is_empty


def boxes_touch(one: Json, other: Json | None) -> bool:
    """Whether two polygons are close enough to be worth a closer look."""
    if other is None:
        return False
    a, b = shape(one).bounds, shape(other).bounds
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]
