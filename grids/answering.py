"""Who answers for a grid on a day: its lead unit, the helping units, the leaders of its community and town."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from accounts.models import Leader, Unit
from grids.models import Grid, GridAssignment, LeaderAssignment


@dataclass
class Answering:
    lead: Unit | None = None
    helpers: list[Unit] = field(default_factory=list)
    leaders: list[Leader] = field(default_factory=list)


def answering_for(grids: Iterable[Grid], *, on: date) -> dict[int, Answering]:
    """By grid id, for grids that came with their community. Two queries, however many grids."""
    grids = list(grids)
    answering = {grid.pk: Answering() for grid in grids}
    for assignment in _assignments(list(answering), on):
        told = answering[assignment.grid_id]
        if assignment.kind == GridAssignment.Kind.LEAD:
            told.lead = assignment.unit
        else:
            told.helpers.append(assignment.unit)
    of_town, of_community = _leaders(on)
    for grid in grids:
        leaders = of_community.get(grid.community_id, []) + of_town.get(grid.community.town_id, [])
        answering[grid.pk].leaders = list(dict.fromkeys(leaders))
    return answering


def _assignments(grid_ids: list[int], on: date) -> Iterable[GridAssignment]:
    current: Iterable[GridAssignment] = (
        GridAssignment.objects.on(on).filter(grid_id__in=grid_ids).select_related("unit").order_by("unit__code")
    )
    return current


def _leaders(on: date) -> tuple[dict[int, list[Leader]], dict[int, list[Leader]]]:
    of_town: dict[int, list[Leader]] = {}
    of_community: dict[int, list[Leader]] = {}
    for assignment in LeaderAssignment.objects.on(on).select_related("leader").order_by("leader__code"):
        if assignment.community_id:
            of_community.setdefault(assignment.community_id, []).append(assignment.leader)
        elif assignment.town_id:
            of_town.setdefault(assignment.town_id, []).append(assignment.leader)
    return of_town, of_community
