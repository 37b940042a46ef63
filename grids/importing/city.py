"""The city as plain values: what is stored, what files say, what will be. Rows are told apart by codes, not by ids."""

from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from accounts.models import Leader, SpecialGroup, Unit
from grids.importing.tables import TABLES
from grids.models import Community, Grid, GridAssignment, Landmark, LeaderAssignment, Town

Key = tuple[Any, ...]
Record = dict[str, Any]
City = dict[str, dict[Key, Record]]


def read_city() -> City:
    """Everything that is stored, in the order in which it is exported. One query a table."""
    rows: dict[str, list[Record]] = {
        "towns": _rows(Town.objects.order_by("code"), "code", "name"),
        "communities": _rows(
            Community.objects.order_by("code"), "code", "name", "town__code", "boundary", town__code="town"
        ),
        "units": _rows(
            Unit.objects.order_by("code"),
            *("code", "name", "kind", "headcount", "contact_name", "contact_phone", "is_active"),
        ),
        "groups": _rows(SpecialGroup.objects.order_by("code"), "code", "name", "has_board", "position"),
        "leaders": _rows(Leader.objects.order_by("code"), "code", "name", "title", "is_active"),
        "grids": _rows(
            Grid.objects.order_by("code"),
            *("code", "name", "community__code", "started_on", "ended_on", "boundary"),
            community__code="community",
        ),
        "assignments": _rows(
            GridAssignment.objects.order_by("grid__code", "started_on", "kind", "unit__code"),
            *("grid__code", "unit__code", "kind", "started_on", "ended_on"),
            grid__code="grid",
            unit__code="unit",
        ),
        "leader_assignments": _leader_assignments(),
        "landmarks": _rows(Landmark.objects.order_by("kind", "name", "pk"), "kind", "name", "shape"),
    }
    return {table.name: {key_of(table.key, row): row for row in rows[table.name]} for table in TABLES}


def _rows(stored: QuerySet[Any], *fields: str, **names: str) -> list[Record]:
    """`names`: a field that goes by another name here."""
    return [{names.get(name, name): value for name, value in row.items()} for row in stored.values(*fields)]


def _leader_assignments() -> list[Record]:
    """`area` is the code of a town (9 figures) or of a community (12)."""
    rows = _rows(
        LeaderAssignment.objects.annotate(area_code=Coalesce("community__code", "town__code")),
        *("leader__code", "area_code", "started_on", "ended_on"),
        leader__code="leader",
        area_code="area",
    )
    return sorted(rows, key=lambda row: (row["area"], row["started_on"], row["leader"]))


def key_of(fields: tuple[str, ...], record: Record) -> Key:
    return tuple(record[name] for name in fields)
