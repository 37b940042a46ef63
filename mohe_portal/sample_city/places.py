"""The sample city on the ground: towns, communities, grids, landmarks, and who answers for them since when."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from accounts.models import Unit
from grids.models import Community, Grid, GridAssignment, Landmark, LeaderAssignment, Town
from mohe_portal.sample_city import words
from mohe_portal.sample_city.cast import SHOWN_UNIT, Cast
from mohe_portal.sample_city.dice import Dice, dice
from mohe_portal.sample_city.geometry import CityShape, GridShape, build_city

LEADING_UNITS = 84  # the other units help only
GRIDS_OF_SHOWN_UNIT = 3
CHANGED_LEADS = 14
SPOTS_PER_GRID = 40

Spot = tuple[float, float]


@dataclass(frozen=True)
class Places:
    """The stored places. `spots`: points (longitude, latitude) inside each grid, by its id."""

    grids: list[Grid]
    spots: dict[int, list[Spot]]
    leads: dict[int, list[GridAssignment]]

    def lead_on(self, grid: Grid, day: date) -> Unit:
        """The unit with the lead on that day, as Grid.lead_on would say, without asking the database."""
        return next(
            lead.unit
            for lead in self.leads[grid.pk]
            if lead.started_on <= day and (lead.ended_on is None or day < lead.ended_on)
        )

    def led_by(self, unit: Unit) -> list[Grid]:
        """The grids whose lead the unit has now."""
        return [grid for grid in self.grids if any(a.unit == unit and not a.ended_on for a in self.leads[grid.pk])]


def settle(seed: int, cast: Cast, *, since: date, until: date) -> Places:
    """Store the city's map and assignments that begin on `since` and hold on `until`."""
    city = build_city(seed)
    communities = _communities(city)
    grids = Grid.objects.bulk_create(
        Grid(code=shape.code, name=shape.name, community=community, boundary=_geojson(shape.polygon), started_on=since)
        for drawn, community in zip(city.communities, communities, strict=True)
        for shape in drawn.grids
    )
    Landmark.objects.bulk_create(
        Landmark(kind=landmark.kind, name=landmark.name, shape=_geojson(landmark.geometry))
        for landmark in city.landmarks
    )
    assignments = GridAssignment.objects.bulk_create(_assignments(seed, cast, grids, since, until))
    LeaderAssignment.objects.bulk_create(_leader_assignments(cast, communities, since))
    chance = dice(seed, "spots")
    spots = {grid.pk: _spots(shape, chance) for grid, shape in zip(grids, city.grids, strict=True)}
    return Places(grids, spots, _leads_by_grid(assignments))


def _communities(city: CityShape) -> list[Community]:
    seat, *_ = Town.objects.bulk_create(Town(code=code, name=name) for code, name in words.TOWNS)
    return Community.objects.bulk_create(
        Community(code=drawn.code, name=drawn.name, town=seat, boundary=_geojson(drawn.polygon))
        for drawn in city.communities
    )


def _geojson(shape: BaseGeometry) -> dict[str, object]:
    """As GeoJSON with lists, as it would come out of the database again."""
    geometry = mapping(shape)
    return {"type": geometry["type"], "coordinates": _listed(geometry["coordinates"])}


def _listed(coordinates: object) -> object:
    return [_listed(part) for part in coordinates] if isinstance(coordinates, tuple | list) else coordinates


def _assignments(seed: int, cast: Cast, grids: list[Grid], since: date, until: date) -> list[GridAssignment]:
    chance = dice(seed, "assignments")
    leads = _leads(cast, grids, chance)
    changes = _lead_changes(grids, chance, since, until)
    rows = []
    for grid, lead in zip(grids, leads, strict=True):
        began_on = since
        if grid.pk in changes:
            predecessor = chance.choice([unit for unit in cast.units if unit != lead])
            began_on = changes[grid.pk]
            rows.append(_lead(grid, predecessor, since, began_on))
        rows.append(_lead(grid, lead, began_on))
    helpers = _helpers(cast, grids, leads, chance)
    rows += [
        GridAssignment(grid=grid, unit=unit, kind=GridAssignment.Kind.HELPER, started_on=since)
        for grid, units in zip(grids, helpers, strict=True)
        for unit in units
    ]
    return rows


def _leads(cast: Cast, grids: list[Grid], chance: Dice) -> list[Unit]:
    """Return each grid's lead unit now: some units lead two, the shown one three neighbouring ones."""
    shown = cast.unit(SHOWN_UNIT)
    units = chance.sample([unit for unit in cast.units if unit != shown], LEADING_UNITS - 1)
    others = len(grids) - GRIDS_OF_SHOWN_UNIT
    pool = units + chance.sample(units, others - len(units))
    chance.shuffle(pool)
    first = next(i for i, grid in enumerate(grids) if grid.code == "232701100002011")
    return [*pool[:first], *[shown] * GRIDS_OF_SHOWN_UNIT, *pool[first:]]


def _lead(grid: Grid, unit: Unit, started_on: date, ended_on: date | None = None) -> GridAssignment:
    return GridAssignment(grid=grid, unit=unit, kind=GridAssignment.Kind.LEAD, started_on=started_on, ended_on=ended_on)


def _lead_changes(grids: list[Grid], chance: Dice, since: date, until: date) -> dict[int, date]:
    """Return the day, by grid, on which some grids were given to another lead."""
    latest = max(41, (until - since).days - 20)
    return {grid.pk: since + timedelta(days=chance.randint(40, latest)) for grid in chance.sample(grids, CHANGED_LEADS)}


def _helpers(cast: Cast, grids: list[Grid], leads: list[Unit], chance: Dice) -> list[list[Unit]]:
    """Return each grid's helping units; whoever leads nothing helps somewhere."""
    helpers: list[list[Unit]] = [[] for _ in grids]
    idle = [unit for unit in cast.units if unit not in leads]
    for unit, index in zip(idle, chance.sample(range(len(grids)), len(idle)), strict=True):
        helpers[index].append(unit)
    for index, lead in enumerate(leads):
        for unit in chance.sample(cast.units, chance.choice((0, 1, 1, 2))):
            if unit != lead and unit not in helpers[index]:
                helpers[index].append(unit)
    return helpers


def _leader_assignments(cast: Cast, communities: list[Community], since: date) -> Iterable[LeaderAssignment]:
    """Every town and community has its leader; the big communities have two."""
    # The first leader signs in, and gets the community that the shown unit's grids are in.
    areas: list[Town | Community] = [communities[1], communities[0], *communities[2:], *Town.objects.order_by("code")]
    areas += communities[:2]
    for leader, area in zip(cast.leaders, areas, strict=True):
        town, community = (area, None) if isinstance(area, Town) else (None, area)
        yield LeaderAssignment(leader=leader, town=town, community=community, started_on=since)


def _leads_by_grid(assignments: Iterable[GridAssignment]) -> dict[int, list[GridAssignment]]:
    leads = defaultdict(list)
    for assignment in assignments:
        if assignment.kind == GridAssignment.Kind.LEAD:
            leads[assignment.grid_id].append(assignment)
    return dict(leads)


def _spots(shape: GridShape, chance: Dice) -> list[Spot]:
    """Return random points inside a grid, away from its edge."""
    inner = shape.polygon.buffer(-0.0001)
    west, south, east, north = inner.bounds
    spots: list[Spot] = []
    while len(spots) < SPOTS_PER_GRID:
        drawn = np.array([(chance.uniform(west, east), chance.uniform(south, north)) for _ in range(80)])
        inside = drawn[shapely.contains_xy(inner, drawn)]
        spots += [(round(float(x), 6), round(float(y), 6)) for x, y in inside]
    return spots[:SPOTS_PER_GRID]
