"""Carry out a plan: all of it or, should anything fail, nothing."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import F

from accounts.models import Leader, SpecialGroup, Unit, User
from audit import log
from grids.importing.city import Record
from grids.importing.plan import Change, FieldChange, Plan, TablePlan
from grids.models import Community, Grid, GridAssignment, Landmark, LeaderAssignment, Town

MODELS: dict[str, type[models.Model]] = {
    "towns": Town,
    "communities": Community,
    "units": Unit,
    "groups": SpecialGroup,
    "leaders": Leader,
    "grids": Grid,
    "assignments": GridAssignment,
    "leader_assignments": LeaderAssignment,
    "landmarks": Landmark,
}
# Two units may swap their names in one import: on the way there both are called something else.
UNIQUE_NAMES = {"units", "groups"}
PHONE = "联络电话"


@transaction.atomic
def carry_out(plan: Plan, *, by: User | None, at: datetime) -> None:
    """Write what the plan says into the database and the audit log. The plan has no faults."""
    for table in plan.tables:
        fields = _translator(table.table.name)
        # What ends, ends first: a grid has one open lead at a time.
        _change(table, fields)
        _add(table, fields)
        _record_changes(table, by=by, at=at)
    if plan.changes:
        counts = {table.table.name: [table.added, table.changed] for table in plan.tables}
        log.record("导入城市数据", by=by, at=at, added_and_changed=counts)


def _add(plan: TablePlan, fields: "Translator") -> None:
    model = MODELS[plan.table.name]
    rows = [model(**fields(change.record)) for change in plan.changes if change.kind == "add"]
    model._default_manager.bulk_create(rows, batch_size=200)


def _change(plan: TablePlan, fields: "Translator") -> None:
    changes = [change for change in plan.changes if change.kind == "change"]
    if plan.table.name in UNIQUE_NAMES:
        for change in changes:
            if "name" in change.fields:
                _stored(change).update(name=f"~{change.key[0]}")
    for change in changes:
        told = fields({name: change.record[name] for name in change.fields})
        if plan.table.name == "grids":
            told["version"] = F("version") + 1
        _stored(change).update(**told)


def _stored(change: Change) -> models.QuerySet[Any]:
    """The row that a change is about."""
    keys = {
        "assignments": ("grid__code", "unit__code", "kind", "started_on"),
        "landmarks": ("kind", "name"),
    }.get(change.table.name, ("code",))
    rows = MODELS[change.table.name]._default_manager.all()
    if change.table.name == "leader_assignments":
        leader, area, started_on = change.key
        of_area = {"town__code" if len(area) == 9 else "community__code": area}
        return rows.filter(leader__code=leader, started_on=started_on, **of_area)
    return rows.filter(**dict(zip(keys, change.key, strict=True)))


Translator = Callable[[Record], dict[str, Any]]


def _translator(table: str) -> Translator:
    """From a record with codes to the fields of a row with ids."""
    if table == "communities":
        return _swapping("town", _ids(Town))
    if table == "grids":
        return _swapping("community", _ids(Community))
    if table == "assignments":
        grids, units = _swapping("grid", _ids(Grid)), _swapping("unit", _ids(Unit))
        return lambda record: units(grids(record))
    if table == "leader_assignments":
        towns, communities = _ids(Town), _ids(Community)
        leaders = _swapping("leader", _ids(Leader))
        return lambda record: _with_area(leaders(record), towns, communities)
    return dict


def _swapping(name: str, ids: dict[str, int]) -> Translator:
    def swapped(record: Record) -> dict[str, Any]:
        rest = {field: value for field, value in record.items() if field != name}
        return rest | {f"{name}_id": ids[record[name]]} if name in record else rest

    return swapped


def _with_area(fields: dict[str, Any], towns: dict[str, int], communities: dict[str, int]) -> dict[str, Any]:
    area = fields.pop("area", None)
    if area is None:
        return fields
    return fields | ({"town_id": towns[area]} if len(area) == 9 else {"community_id": communities[area]})


def _ids(model: type[models.Model]) -> dict[str, int]:
    return dict(model._default_manager.values_list("code", "pk"))


def _record_changes(plan: TablePlan, *, by: User | None, at: datetime) -> None:
    """One audit entry for each row that was there before; new rows are counted in the entry of the import."""
    for change in _changed(plan.changes):
        target = _stored(change).first()
        told = {field.title: _loggable(field) for field in change.told}
        log.record("导入修改", by=by, at=at, target=target, changes=told)


def _loggable(field: FieldChange) -> str | list[str]:
    # The log never holds a phone: that it changed is enough.
    return "已更换" if field.title == PHONE else [field.before, field.after]


def _changed(changes: Iterable[Change]) -> Iterable[Change]:
    return (change for change in changes if change.kind == "change")
