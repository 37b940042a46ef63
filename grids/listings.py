"""Grids and their communities as lists to choose from and by name, read again when one of them changes."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from common.listing import Entry, Listing
from common.revisions import remembered
from grids.models import Community, Grid


@remembered("reference", most=1)
def community_listing() -> Listing:
    """Every community by its code; those that are, or were, cut into grids are offered."""
    has_grids = Exists(Grid.objects.filter(community=OuterRef("pk")))
    rows = Community.objects.values_list("pk", "code", "name", has_grids)
    return Listing(Entry(pk, code, name, is_offered=offered) for pk, code, name, offered in rows)


@remembered("reference", most=1)
def grid_listing() -> Listing:
    """Every grid by community; those in use are offered."""
    return Listing(
        Entry(
            grid.pk,
            grid.code,
            f"{grid.serial} {grid.name}",
            group=grid.community.name,
            name=str(grid),
            is_offered=grid.ended_on is None,
        )
        for grid in Grid.objects.select_related("community").order_by("code").defer("boundary", "community__boundary")
    )


@dataclass(frozen=True, slots=True)
class _Named:
    pk: int
    code: str
    names: str


@remembered("reference", most=1)
def _names() -> tuple[_Named, ...]:
    rows = Grid.objects.values_list("pk", "code", "name", "community__name")
    # A line break stands in no word.
    return tuple(_Named(pk, code, f"{name}\n{community}".lower()) for pk, code, name, community in rows)


def grids_named(word: str) -> list[int]:
    """The keys of the grids that have the word in their name or their community's, or it is their code."""
    lower = word.lower()
    return [grid.pk for grid in _names() if lower in grid.names or word == grid.code]
