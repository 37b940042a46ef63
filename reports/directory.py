"""Names, areas and shapes that every dashboard needs: read together, remembered until one of them changes.

Nothing of it depends on who asks.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from shapely.geometry import shape

from accounts.models import SpecialGroup, Unit
from common.revisions import remembered
from grids.answering import answering_for
from grids.models import Community, Grid, Landmark, LeaderAssignment
from grids.picture import Frame
from progress.models import MonthTask

WIDTH = 800.0


@dataclass(frozen=True)
class Named:
    pk: int
    code: str
    name: str


@dataclass(frozen=True)
class GridEntry:
    """A current grid; `path` draws it, empty where it has no polygon."""

    pk: int
    code: str
    title: str
    name: str
    community_id: int
    lead_id: int | None
    lead: str
    leaders: str
    path: str


@dataclass(frozen=True)
class Label:
    text: str
    x: str
    y: str


@dataclass(frozen=True)
class Picture:
    """What the map shows besides the grids."""

    width: int = int(WIDTH)
    height: int = 0
    rivers: tuple[str, ...] = ()
    streets: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True)
class Directory:
    communities: dict[int, Named]
    units: dict[int, Named]
    groups: dict[int, Named]
    boards: frozenset[int]
    grids: dict[int, GridEntry]
    picture: Picture
    units_of_group: dict[int, frozenset[int]]
    communities_of_leader: dict[int, frozenset[int]]

    def units_leading_in(self, communities: frozenset[int]) -> frozenset[int]:
        return frozenset(g.lead_id for g in self.grids.values() if g.lead_id and g.community_id in communities)


@remembered("reference", "boards", most=2)
def directory(on: date) -> Directory:
    taking_part = MonthTask.objects.filter(year=on.year).values_list("group_id", "unit_id").distinct()
    return replace(_city(on), units_of_group=_gathered(taking_part))


@remembered("reference", most=2)
def _city(on: date) -> Directory:
    """Apart from the boards, since a flag is hung more often than a grid is drawn."""
    grids = list(Grid.objects.current().select_related("community__town").order_by("code"))
    communities = {grid.community_id: grid.community for grid in grids}
    groups = list(SpecialGroup.objects.all())
    entries, picture = _drawn(grids, communities.values(), on)
    return Directory(
        communities={pk: _named(one) for pk, one in sorted(communities.items(), key=lambda pair: pair[1].code)},
        units={unit.pk: _named(unit) for unit in Unit.objects.order_by("code")},
        groups={group.pk: _named(group) for group in groups},
        boards=frozenset(group.pk for group in groups if group.has_board),
        grids=entries,
        picture=picture,
        units_of_group={},
        communities_of_leader=_areas(communities.values(), on),
    )


def _named(row: Community | Unit | SpecialGroup) -> Named:
    return Named(row.pk, row.code, row.name)


def _gathered(pairs: Iterable[tuple[int, int]]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return {key: frozenset(values) for key, values in found.items()}


def _areas(communities: Iterable[Community], on: date) -> dict[int, frozenset[int]]:
    """The communities with grids that each leader answers for, as such or with their town."""
    of_town = _gathered((community.town_id, community.pk) for community in communities)
    pairs: list[tuple[int, int]] = []
    for leader, town, community in LeaderAssignment.objects.on(on).values_list("leader_id", "town_id", "community_id"):
        pairs += [(leader, pk) for pk in ([community] if community else of_town.get(town, ()))]
    return _gathered(pairs)


def _drawn(grids: list[Grid], communities: Iterable[Community], on: date) -> tuple[dict[int, GridEntry], Picture]:
    shapes = {grid.pk: shape(grid.boundary) for grid in grids if grid.boundary}
    if not shapes:
        return _entries(grids, {}, on), Picture()
    frame = Frame(list(shapes.values()), width=WIDTH)
    paths = {pk: frame.path([form]) for pk, form in shapes.items()}
    marks = [(mark.kind, frame.path([shape(mark.shape)])) for mark in Landmark.objects.all()]
    labels = [Label(one.name, *frame.label_place(shape(one.boundary))) for one in communities if one.boundary]
    picture = Picture(
        height=round(frame.height),
        rivers=tuple(path for kind, path in marks if kind == Landmark.Kind.RIVER),
        streets=tuple(path for kind, path in marks if kind != Landmark.Kind.RIVER),
        labels=tuple(labels),
    )
    return _entries(grids, paths, on), picture


def _entries(grids: list[Grid], paths: dict[int, str], on: date) -> dict[int, GridEntry]:
    answering = answering_for(grids, on=on)
    return {
        grid.pk: GridEntry(
            pk=grid.pk,
            code=grid.code,
            title=str(grid),
            name=grid.name,
            community_id=grid.community_id,
            lead_id=told.lead.pk if told.lead else None,
            lead=told.lead.name if told.lead else "",
            leaders="、".join(leader.name for leader in told.leaders),
            path=paths.get(grid.pk, ""),
        )
        for grid in grids
        for told in [answering[grid.pk]]
    }
