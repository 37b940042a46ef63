"""From rows of text to records, and from the city as stored to the city as it will be; every fault on the way.

Faults are collected, never raised: a person who mends a file wants to hear of all of them at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from grids.drawing import NotAPolygon, checked, one_polygon, rounded
from grids.importing.city import City, Key, Record, key_of
from grids.importing.reading import Fault, Feature, Files, Layer, Row, Sheet
from grids.importing.tables import BY_NAME, KINDS_OF_LANDMARK, BadCell, Column, Table

LINES = {"LineString", "MultiLineString"}
AREAS = {"Polygon", "MultiPolygon"}


@dataclass(frozen=True)
class Origin:
    """Where in the files something was said."""

    file: str
    row: int


@dataclass
class Draft:
    """The city as it will be, what of it the files speak of, and what is wrong with it."""

    city: City
    faults: list[Fault]
    told: dict[str, dict[Key, Origin]] = field(default_factory=dict)
    shaped: dict[str, dict[Key, Origin]] = field(default_factory=dict)

    def fault(self, origin: Origin, column: str, message: str) -> None:
        self.faults.append(Fault(origin.file, origin.row, column, message))

    def origin(self, table: str, key: Key) -> Origin | None:
        return self.told.get(table, {}).get(key)


def draft(stored: City, files: Files) -> Draft:
    """Lay the files over what is stored, cell by cell; the rules between rows come after (see rules.check)."""
    city = {name: {key: dict(record) for key, record in rows.items()} for name, rows in stored.items()}
    new = Draft(city, list(files.faults))
    for sheet in files.sheets:
        _lay_sheet(new, sheet)
    for layer in files.layers:
        _lay_layer(new, layer)
    return new


# --- tables ---


def _lay_sheet(new: Draft, sheet: Sheet) -> None:
    told = new.told.setdefault(sheet.table.name, {})
    columns = _columns(new, sheet)
    if columns is None:
        return
    for row in sheet.rows:
        origin = Origin(sheet.file, row.number)
        record = _record(new, columns, row, origin)
        if record is None:
            continue
        key = key_of(sheet.table.key, record)
        if key in told:
            titles = "、".join(column.title for column in columns if column.field in sheet.table.key)
            new.fault(origin, titles, f"和第 {told[key].row} 行重复了。请删掉一行。")
            continue
        told[key] = origin
        rows = new.city[sheet.table.name]
        rows[key] = _overlaid(sheet.table, rows.get(key), record)


def _columns(new: Draft, sheet: Sheet) -> list[Column] | None:
    """The columns the sheet has; None where it cannot be read without the missing ones."""
    known = {column.title: column for column in sheet.table.columns}
    whole = Origin(sheet.file, 1)
    for title in sheet.titles:
        if title not in known:
            new.fault(whole, title, f"没有这一列。请删掉它，或者改成这些之一：{'、'.join(known)}。")
    missing = [column.title for column in sheet.table.columns if column.required and column.title not in sheet.titles]
    for title in missing:
        new.fault(whole, title, "缺这一列。请加上，可以照模板填。")
    return None if missing else [known[title] for title in sheet.titles if title in known]


def _record(new: Draft, columns: list[Column], row: Row, origin: Origin) -> Record | None:
    """The row's values by field; None if a cell is wrong. A field that keeps what is stored is left out when empty."""
    record: Record = {}
    is_sound = True
    for column in columns:
        cell = row.cells.get(column.title, "")
        if not cell:
            if column.required:
                new.fault(origin, column.title, f"不能空着。{column.note}。")
                is_sound = False
            elif not column.keeps:
                record[column.field] = column.default
            continue
        try:
            record[column.field] = column.parse(cell)
        except BadCell as reason:
            new.fault(origin, column.title, str(reason))
            is_sound = False
    return record if is_sound else None


def _overlaid(table: Table, stored: Record | None, record: Record) -> Record:
    if stored is not None:
        return stored | record
    blank: Record = {column.field: column.default for column in table.columns}
    if table.shape:
        blank[table.shape] = None
    return blank | record


# --- shapes ---


def _lay_layer(new: Draft, layer: Layer) -> None:
    shaped = new.shaped.setdefault(layer.table.name, {})
    for feature in layer.features:
        origin = Origin(layer.file, feature.number)
        key = _feature_key(new, layer.table, feature, origin)
        geometry = _geometry(new, layer.table, feature, origin, key)
        if key is None or geometry is None:
            continue
        if key in shaped:
            new.fault(origin, _key_property(layer.table), f"和第 {shaped[key].row} 个要素重复了。请删掉一个。")
            continue
        shaped[key] = origin
        if layer.table.columns:
            new.city[layer.table.name][key][layer.table.shape] = geometry
        else:
            new.city[layer.table.name][key] = {"kind": key[0], "name": key[1], "shape": geometry}


def _key_property(table: Table) -> str:
    return "code" if table.columns else "name"


def _feature_key(new: Draft, table: Table, feature: Feature, origin: Origin) -> Key | None:
    return _row_key(new, table, feature, origin) if table.columns else _landmark_key(new, feature, origin)


def _row_key(new: Draft, table: Table, feature: Feature, origin: Origin) -> Key | None:
    code = feature.properties.get("code")
    if isinstance(code, float) and code.is_integer():
        code = int(code)
    key = (str(code).strip() if code is not None else "",)
    if key in new.city[table.name]:
        return key
    what = "编码空着" if not key[0] else f"没有编码是 {key[0][:20]} 的{table.title}"
    new.fault(origin, "code", f"{what}。请写对编码，或者先把它加进 {table.name} 表。")
    return None


def _landmark_key(new: Draft, feature: Feature, origin: Origin) -> Key | None:
    kind = str(feature.properties.get("kind", "")).strip()
    kind = KINDS_OF_LANDMARK.get(kind, kind)
    if kind not in KINDS_OF_LANDMARK.values():
        new.fault(origin, "kind", "应是 river（河流）或 street（街道）。")
        return None
    name = str(feature.properties.get("name") or "").strip()
    try:
        if not name:
            raise BadCell("不能空着。请写河流或街道的名字。")
        return kind, BY_NAME["towns"].columns[1].parse(name)
    except BadCell as reason:
        new.fault(origin, "name", str(reason))
        return None


def _geometry(new: Draft, table: Table, feature: Feature, origin: Origin, key: Key | None) -> dict[str, Any] | None:
    try:
        if table.name == "grids":
            return one_polygon(feature.geometry)
        allowed = LINES if key and key[0] == "street" else AREAS
        if not isinstance(feature.geometry, dict) or str(feature.geometry.get("type")) not in allowed:
            what = "线（LineString）" if allowed is LINES else "多边形（Polygon）"
            raise NotAPolygon(f"形状应是{what}。请改了再传。")
        return checked(feature.geometry)
    except NotAPolygon as reason:
        new.fault(origin, "geometry", str(reason))
        return None


def told_rows(new: Draft, table: str) -> Iterator[tuple[Key, Record, Origin]]:
    """The rows that the files speak of."""
    for key, origin in new.told.get(table, {}).items():
        yield key, new.city[table][key], origin


def same(one: Any, other: Any) -> bool:
    """Equality of what is exported: a shape that was stored with more decimals is still the same shape."""
    if isinstance(one, dict) and isinstance(other, dict):
        return rounded(one) == rounded(other)
    return bool(one == other)
