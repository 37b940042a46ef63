"""Counted reads: is every grid, unit and area covered (包保全覆盖)."""

from dataclasses import dataclass
from datetime import date

from accounts.models import Unit
from grids.models import Community, Grid, GridAssignment, LeaderAssignment, Town

Area = Town | Community


@dataclass(frozen=True)
class Covered:
    """How many of how many; `count` of `total`."""

    count: int
    total: int

    @property
    def missing(self) -> int:
        return self.total - self.count

    @property
    def percent(self) -> int | None:
        """Rounded down, so that 100 means all of them; None of none."""
        return self.count * 100 // self.total if self.total else None


@dataclass(frozen=True)
class Coverage:
    grids: Covered
    grids_without_lead: list[Grid]
    drawn: Covered
    grids_without_boundary: list[Grid]
    units: Covered
    units_without_grid: list[Unit]
    areas: Covered
    areas_without_leader: list[Area]


def coverage(*, on: date) -> Coverage:
    """Every current grid wants a lead and a polygon, every unit in use a grid, every town and community a leader."""
    grids = Grid.objects.current().select_related("community").order_by("code")
    without_lead, without_boundary = list(grids.without_lead(on=on)), list(grids.filter(boundary__isnull=True))
    grid_count = grids.count()
    units = Unit.objects.filter(is_active=True)
    idle = list(units.exclude(pk__in=GridAssignment.objects.on(on).filter(grid__ended_on=None).values("unit")))
    areas, bare = area_coverage(on=on)
    return Coverage(
        grids=_covered(grid_count, without_lead),
        grids_without_lead=without_lead,
        drawn=_covered(grid_count, without_boundary),
        grids_without_boundary=without_boundary,
        units=_covered(units.count(), idle),
        units_without_grid=idle,
        areas=areas,
        areas_without_leader=bare,
    )


def _covered(total: int, missing: list[Grid] | list[Unit] | list[Area]) -> Covered:
    return Covered(total - len(missing), total)


def area_coverage(*, on: date) -> tuple[Covered, list[Area]]:
    """How many towns and communities have a leader of their own, and those that have none."""
    current = LeaderAssignment.objects.on(on).values_list("town", "community")
    covered = {("town", town) if town else ("community", community) for town, community in current}
    towns, communities = list(Town.objects.all()), list(Community.objects.select_related("town"))
    areas: list[Area] = [*towns, *communities]
    bare = [area for area in areas if (area._meta.model_name, area.pk) not in covered]
    return _covered(len(areas), bare), bare
