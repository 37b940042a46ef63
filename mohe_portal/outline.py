"""The city's grids as one small picture, for the home page: an SVG drawn on the server, no script, no tiles."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe
from shapely.geometry import shape

from accounts.access import public
from common.revalidation import same_for_everybody
from common.revisions import remembered, stamp_of
from grids.models import Community, Grid, Landmark
from grids.picture import Frame

WIDTH = 560.0
# The picture is an <img>, which sees no style sheet; the values are those of assets/scss/_tokens.scss.
STYLE = (
    ".g{fill:#e8f2f0;stroke:#3f7f7d;stroke-width:.7}.w{fill:#cfe1e8;stroke:#8fb4c3}"
    ".s{fill:none;stroke:#fff;stroke-width:3}"
    "text{font:600 15px 'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;fill:#14242b;text-anchor:middle;"
    "paint-order:stroke;stroke:#fff;stroke-width:4;stroke-linejoin:round}"
)


def _stamp(request: HttpRequest) -> str:
    return f'"{stamp_of("reference")}"'


@public
@require_safe
@same_for_everybody
@condition(etag_func=_stamp)
def outline(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(_draw(), content_type="image/svg+xml; charset=utf-8")
    response["Cache-Control"] = "public, max-age=300"
    return response


@remembered("reference", most=1)
def _draw() -> str:
    current = Grid.objects.filter(ended_on=None).exclude(boundary=None)
    grids = [shape(boundary) for boundary in current.values_list("boundary", flat=True)]
    if not grids:
        return _svg(WIDTH, WIDTH / 2, [])
    frame = Frame(grids, width=WIDTH)
    landmarks = [(mark, shape(mark.shape)) for mark in Landmark.objects.all()]
    communities = [(c.name, shape(c.boundary)) for c in Community.objects.all() if c.boundary]
    parts = [f'<path class="g" d="{frame.path(grids)}"/>']
    parts += [
        f'<path class="{"w" if mark.kind == Landmark.Kind.RIVER else "s"}" d="{frame.path([form])}"/>'
        for mark, form in landmarks
    ]
    parts += [_label(name, *frame.label_place(form)) for name, form in communities]
    return _svg(WIDTH, frame.height, parts)


def _svg(width: float, height: float, parts: Iterable[str]) -> str:
    box = f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}><style>{STYLE}</style>{"".join(parts)}</svg>'


def _label(name: str, x: str, y: str) -> str:
    return f'<text x="{x}" y="{y}">{name}</text>'
