"""What an import would change: made from the files and what is stored, shown, then carried out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Literal

from grids.importing import rules
from grids.importing.checking import draft, same
from grids.importing.city import City, Key, Record
from grids.importing.reading import Fault, Source, read_files
from grids.importing.tables import TABLES, Table, cell_of


@dataclass(frozen=True)
class FieldChange:
    title: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One row to add or to change. `record` is the whole row as it will be, `fields` what of it is new."""

    kind: Literal["add", "change"]
    table: Table
    key: Key
    record: Record
    fields: tuple[str, ...]
    told: tuple[FieldChange, ...]

    @property
    def label(self) -> str:
        words = [self.record.get("name", ""), *_key_words(self.table, self.record)]
        return "　".join(dict.fromkeys(word for word in words if word))


@dataclass(frozen=True)
class TablePlan:
    table: Table
    changes: tuple[Change, ...]

    @property
    def added(self) -> int:
        return sum(change.kind == "add" for change in self.changes)

    @property
    def changed(self) -> int:
        return len(self.changes) - self.added


@dataclass(frozen=True)
class Plan:
    """Either faults, or what will change: nothing is done while there is a fault."""

    faults: tuple[Fault, ...]
    tables: tuple[TablePlan, ...]

    @property
    def changes(self) -> int:
        return sum(len(table.changes) for table in self.tables)

    @property
    def digest(self) -> str:
        """A fingerprint of the changes: what was confirmed is what is done."""
        told = [(c.kind, c.table.name, c.key, c.record, c.told) for table in self.tables for c in table.changes]
        return sha256(repr(told).encode()).hexdigest()


def make_plan(sources: Iterable[Source], stored: City, *, today: date, gcj02: bool = False) -> Plan:
    """`gcj02`: the shapes in the files are in GCJ-02."""
    new = draft(stored, read_files(sources, gcj02=gcj02))
    rules.check(new, today=today)
    if new.faults:
        faults = sorted(new.faults, key=lambda fault: (fault.file, fault.row))
        return Plan(tuple(faults), ())
    tables = (TablePlan(table, tuple(_changes(table, stored[table.name], new.city[table.name]))) for table in TABLES)
    return Plan((), tuple(table for table in tables if table.changes))


def _changes(table: Table, stored: dict[Key, Record], wanted: dict[Key, Record]) -> Iterable[Change]:
    for key, record in wanted.items():
        before = stored.get(key)
        if before is None:
            yield Change("add", table, key, record, tuple(record), ())
            continue
        fields = tuple(name for name, value in record.items() if not same(before[name], value))
        if fields:
            yield Change(
                "change", table, key, record, fields, tuple(_told(table, name, before, record) for name in fields)
            )


def _told(table: Table, name: str, before: Record, after: Record) -> FieldChange:
    column = table.column(name)
    if column is None:
        return FieldChange(
            "边界" if table.columns else "形状", "有" if before[name] else "没有", "重画" if before[name] else "画上"
        )
    return FieldChange(column.title, cell_of(column, before[name]) or "空", cell_of(column, after[name]) or "空")


def _key_words(table: Table, record: Record) -> list[str]:
    words = []
    for name in table.key:
        column = table.column(name)
        words.append(cell_of(column, record[name]) if column else str(record[name]))
    return words
