"""What cases and their steps are called by, from memory: every page names it, and it seldom changes.

Nobody may change what is here.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import SpecialGroup, Unit, User
from common.revisions import remembered
from complaints.models import Category, Complaint, Event, LegalHold
from grids.models import Grid


@dataclass(frozen=True)
class Known:
    """All of each, by id, in their usual order; the grids with their communities, without their borders."""

    units: dict[int | None, Unit]
    groups: dict[int | None, SpecialGroup]
    categories: dict[int | None, Category]
    grids: dict[int | None, Grid]


@remembered("reference", most=1)
def known() -> Known:
    return Known(
        units={unit.pk: unit for unit in Unit.objects.all()},
        groups={group.pk: group for group in SpecialGroup.objects.all()},
        categories={category.pk: category for category in Category.objects.select_related("unit")},
        grids={grid.pk: grid for grid in Grid.objects.select_related("community").defer("boundary")},
    )


# What came since the memory was asked is left as it is: it is read where it is named.


def name_case(case: Complaint) -> None:
    """Give a case what it is called by, so that nobody need ask for it."""
    it = known()
    case.unit = it.units.get(case.unit_id) or case.unit
    case.category = it.categories.get(case.category_id) or case.category
    case.grid = it.grids.get(case.grid_id) or case.grid


def name_helpers(case: Complaint) -> None:
    """The same for the units that help; its helpers were read along."""
    it = known()
    for helper in case.helping_units:
        helper.unit = it.units.get(helper.unit_id) or helper.unit


def name_events(events: Iterable[Event]) -> None:
    """The same for steps that came with their actors."""
    events = list(events)
    name_units(events)
    for event in events:
        if event.actor:
            name_person(event.actor)


def name_units(events: Iterable[Event]) -> None:
    """The same for steps of which it is not told who took them."""
    it = known()
    for event in events:
        event.unit = it.units.get(event.unit_id) or event.unit


def name_person(person: User) -> None:
    it = known()
    person.unit = it.units.get(person.unit_id) or person.unit
    person.group = it.groups.get(person.group_id) or person.group


@remembered("holds", most=1)
def running_holds() -> dict[int, LegalHold]:
    """The legal holds (法律保全) that last, by the id of their case: there are few."""
    return {hold.complaint_id: hold for hold in LegalHold.objects.running()}
