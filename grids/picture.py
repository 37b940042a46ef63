"""Drawing the city on the server: degrees to the pixels of an SVG, north up, no tiles and no script."""

import math
from collections.abc import Iterable
from typing import Any

from shapely.geometry import GeometryCollection, Polygon
from shapely.geometry.base import BaseGeometry, BaseMultipartGeometry

MARGIN = 8.0


class Frame:
    """What the shapes lie in, `width` pixels wide; east-west is shortened as at their latitude."""

    def __init__(self, shapes: list[BaseGeometry], *, width: float) -> None:
        west, south, east, north = GeometryCollection(shapes).bounds
        shortening = math.cos(math.radians((south + north) / 2))
        self.scale = (width - 2 * MARGIN) / ((east - west) * shortening)
        self.shortening, self.west, self.north = shortening, west, north
        self.height = (north - south) * self.scale + 2 * MARGIN

    def pixel(self, longitude: float, latitude: float) -> str:
        x = MARGIN + (longitude - self.west) * self.shortening * self.scale
        y = MARGIN + (self.north - latitude) * self.scale
        return f"{x:.1f} {y:.1f}"

    def path(self, shapes: Iterable[BaseGeometry]) -> str:
        return "".join(self._line(line) for form in shapes for line in _lines(form))

    def _line(self, line: Any) -> str:
        return "M" + "L".join(self.pixel(*point[:2]) for point in line.coords)

    def label_place(self, form: BaseGeometry) -> tuple[str, str]:
        """Where a name stands in an area: x and y."""
        x, y = self.pixel(form.representative_point().x, form.representative_point().y).split()
        return x, y


def _lines(form: BaseGeometry) -> list[Any]:
    """The rings of a polygon, or the lines of what is none."""
    if isinstance(form, Polygon):
        return [form.exterior, *form.interiors]
    if isinstance(form, BaseMultipartGeometry):
        return [line for part in form.geoms for line in _lines(part)]
    return [form]
