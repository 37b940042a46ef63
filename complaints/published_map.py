"""Where the published cases lie, drawn on the server: how many in each grid, and never nearer than the grid."""

from dataclasses import dataclass

from shapely.geometry import shape

from common.revisions import remembered
from complaints.public_stats import published_by_grid
from grids.models import Community, Grid, Landmark
from grids.picture import Frame

WIDTH = 640.0
LEVELS = (1, 2, 4, 8)  # from so many on, each a shade darker


@dataclass(frozen=True)
class Area:
    """A grid on the picture: its outline, how many cases, the shade, and where the number stands."""

    grid: Grid
    path: str
    count: int
    level: int
    x: str
    y: str


@dataclass(frozen=True)
class PublishedMap:
    """`listed`: the grids that have any, most first; `elsewhere`: cases that lie in none that is drawn."""

    height: float
    areas: list[Area]
    rivers: list[str]
    names: list[tuple[str, str, str]]
    listed: list[Area]
    elsewhere: int


@remembered("reference", "published", most=1)
def draw() -> PublishedMap | None:
    """The picture, or None where there are no grids to draw or nothing is published."""
    counts = published_by_grid()
    grids = list(Grid.objects.filter(ended_on=None).exclude(boundary=None).select_related("community"))
    if not grids or not counts:
        return None
    shapes = {grid.pk: shape(grid.boundary) for grid in grids}
    frame = Frame(list(shapes.values()), width=WIDTH)
    areas = []
    for grid in grids:
        form, count = shapes[grid.pk], counts.get(grid.pk, 0)
        areas.append(Area(grid, frame.path([form]), count, _level(count), *frame.label_place(form)))
    listed = sorted((area for area in areas if area.count), key=lambda area: (-area.count, area.grid.code))
    rivers = [frame.path([shape(mark.shape)]) for mark in Landmark.objects.filter(kind=Landmark.Kind.RIVER)]
    communities = [(one.name, one.boundary) for one in Community.objects.all()]
    names = [(name, *frame.label_place(shape(boundary))) for name, boundary in communities if boundary]
    elsewhere = sum(counts.values()) - sum(area.count for area in listed)
    return PublishedMap(frame.height, areas, rivers, names, listed, elsewhere)


def _level(count: int) -> int:
    return sum(count >= least for least in LEVELS)
