"""The categories as a list to choose from, read again when one of them changes."""

from collections.abc import Iterable
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.listing import Entry, Listing, choices
from common.revisions import remembered
from complaints.known import known
from complaints.models import Category, ProblemGroup, SavedFilter


@remembered("reference", most=1)
def category_listing() -> Listing:
    """Every category by its major class; those in use are offered."""
    return Listing(
        Entry(
            one.pk,
            str(one.pk),
            one.name,
            group=f"{one.get_kind_display()} {one.major_name}",
            name=str(one),
            is_offered=one.is_active,
        )
        for one in Category.objects.all()
    )


@remembered("reference", most=1)
def major_listing() -> Listing:
    """The major classes, by name."""
    names = Category.objects.order_by("major_name").values_list("major_name", flat=True).distinct()
    return choices((name, name) for name in names)


@remembered("reference", most=len(ProblemGroup) + 1)
def category_options(group: ProblemGroup | None) -> list[tuple[str, Any]]:
    """The categories in use as `by_major` puts them."""
    return by_major((one for one in known().categories.values() if one.is_active), group)


@remembered("reference", most=len(ProblemGroup))
def category_choice(group: ProblemGroup) -> Listing:
    """The categories in use, first those of the resident's group."""
    _, *majors = category_options(group)
    return Listing(Entry(pk, str(pk), words, heading) for heading, options in majors for pk, words in options)


@remembered("reference", most=16)
def unit_choice(without: int | None = None) -> Listing:
    """The units in use, but for one."""
    units = [unit for unit in known().units.values() if unit.is_active and unit.pk != without]
    return Listing(Entry(unit.pk, str(unit.pk), unit.name) for unit in units)


@remembered("reference", most=1)
def unit_ticks() -> dict[str, SafeString]:
    """The units in use, each with a box to tick, by the value that is sent."""
    line = '<label class="units-line"><input type="checkbox" name="helpers" value="{}"><span>{}</span></label>'
    return {str(unit.pk): format_html(line, unit.pk, unit.name) for unit in known().units.values() if unit.is_active}


@remembered("saved_filters", most=256)
def saved_filters(owner_id: int) -> tuple[SavedFilter, ...]:
    """Somebody's own filters (我的筛选) in their order."""
    return tuple(SavedFilter.objects.filter(owner_id=owner_id))


def by_major(categories: Iterable[Category], group: ProblemGroup | None) -> list[tuple[str, Any]]:
    """Under the names of their majors; first those of the resident's group, where one is chosen."""
    first = f"居民选的：{group.label}" if group else ""
    choices: dict[str, list[tuple[int, str]]] = {first: []}
    for one in categories:
        heading = first if one.group == group else f"{one.get_kind_display()} {one.major_name}"
        choices.setdefault(heading, []).append((one.pk, named(one)))
    return [("", "请选类别"), *((heading, options) for heading, options in choices.items() if options)]


def named(category: Category) -> str:
    return f"{category.name}（要照片）" if category.needs_photo else category.name
