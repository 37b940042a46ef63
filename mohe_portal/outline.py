"""The city's grids as one small picture, for the home page: an SVG drawn on the server, no script, no tiles."""

import math
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe
from shapely.geometry import GeometryCollection, Polygon, shape
from shapely.geometry.base import BaseGeometry, BaseMultipartGeometry

from accounts.access import public
from grids.locating import map_version
from grids.models import Community, Grid, Landmark

WIDTH = 560.0
MARGIN = 8.0
# The picture is an <img>, which sees no style sheet; the values are those of assets/scss/_tokens.scss.
STYLE = (
    ".g{fill:#e8f2f0;stroke:#3f7f7d;stroke-width:.7}.w{fill:#cfe1e8;stroke:#8fb4c3}"
    ".s{fill:none;stroke:#fff;stroke-width:3}"
    "text{font:600 15px 'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;fill:#14242b;text-anchor:middle;"
    "paint-order:stroke;stroke:#fff;stroke-width:4;stroke-linejoin:round}"
)


def _stamp(request: HttpRequest) -> str:
    return f'"{map_version()}"'


@public
@require_safe
@condition(etag_func=_stamp)
def outline(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(_draw(), content_type="image/svg+xml; charset=utf-8")
    response["Cache-Control"] = "public, max-age=300"
    return response


def _draw() -> str:
    current = Grid.objects.filter(ended_on=None).exclude(boundary=None)
    grids = [shape(boundary) for boundary in current.values_list("boundary", flat=True)]
    if not grids:
        return _svg(WIDTH, WIDTH / 2, [])
    frame = _Frame(grids)
    landmarks = [(mark, shape(mark.shape)) for mark in Landmark.objects.all()]
    communities = [(c.name, shape(c.boundary)) for c in Community.objects.all() if c.boundary]
    parts = [f'<path class="g" d="{frame.path(grids)}"/>']
    parts += [
        f'<path class="{"w" if mark.kind == Landmark.Kind.RIVER else "s"}" d="{frame.path([form])}"/>'
        for mark, form in landmarks
    ]
    parts += [frame.label(name, form) for name, form in communities]
    return _svg(WIDTH, frame.height, parts)


def _svg(width: float, height: float, parts: Iterable[str]) -> str:
    box = f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}><style>{STYLE}</style>{"".join(parts)}</svg>'


class _Frame:
    """Turns degrees into the picture's pixels, north up, east-west shortened as at the city's latitude."""

    def __init__(self, shapes: list[BaseGeometry]) -> None:
        west, south, east, north = GeometryCollection(shapes).bounds
        shortening = math.cos(math.radians((south + north) / 2))
        self.scale = (WIDTH - 2 * MARGIN) / ((east - west) * shortening)
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

    def label(self, name: str, form: BaseGeometry) -> str:
        x, y = self.pixel(form.representative_point().x, form.representative_point().y).split()
        return f'<text x="{x}" y="{y}">{name}</text>'


def _lines(form: BaseGeometry) -> list[Any]:
    """The rings of a polygon, or the lines of what is none."""
    if isinstance(form, Polygon):
        return [form.exterior, *form.interiors]
    if isinstance(form, BaseMultipartGeometry):
        return [line for part in form.geoms for line in _lines(part)]
    return [form]
