"""The city as files: what import reads, byte for byte the same for the same city."""

import io
import json
import re
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import xlsxwriter

from common.sheets import guarded
from grids.drawing import rounded
from grids.importing.city import City, Record
from grids.importing.tables import LAYERS, SHEETS, Column, Table, cell_of

# Files remember when they were made; the same city must make the same file.
LONG_AGO = datetime(2000, 1, 1)
EXAMPLE_SQUARE: dict[str, Any] = {
    "type": "Polygon",
    "coordinates": [[[122.528, 52.969], [122.53, 52.969], [122.53, 52.971], [122.528, 52.971], [122.528, 52.969]]],
}
EXAMPLE_LINE: dict[str, Any] = {"type": "LineString", "coordinates": [[122.528, 52.969], [122.535, 52.97]]}


def city_files(city: City) -> dict[str, bytes]:
    """By file name: a workbook for each table, a GeoJSON file for each layer."""
    books = {f"{table.name}.xlsx": _book(table, city[table.name].values()) for table in SHEETS}
    layers = {f"{table.name}.geojson": _layer(table, city[table.name].values()) for table in LAYERS}
    return books | layers


def templates() -> dict[str, bytes]:
    """By file name: the same files with one example line and notes."""
    books = {f"{table.name}.xlsx": _book(table, [], with_notes=True) for table in SHEETS}
    return books | {f"{table.name}.geojson": _example_layer(table) for table in LAYERS}


def archive(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as into:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, LONG_AGO.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            into.writestr(entry, content)
    return packed.getvalue()


# --- tables ---


def _book(table: Table, rows: Iterable[Record], *, with_notes: bool = False) -> bytes:
    written = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(written, options) as book:
        book.set_properties({"created": LONG_AGO})
        _write_table(book, table, rows, with_example=with_notes)
        if with_notes:
            _write_notes(book, table)
    return written.getvalue()


def _write_table(book: Any, table: Table, rows: Iterable[Record], *, with_example: bool) -> None:
    sheet = book.add_worksheet(table.title)
    bold, plain = book.add_format({"bold": True, "bg_color": "#e9eff0"}), book.add_format({"num_format": "@"})
    for position, column in enumerate(table.columns):
        # As text: Excel would write a code of 15 figures as 2.3E+14.
        sheet.set_column(position, position, _width(column), plain)
        sheet.write_string(0, position, column.title, bold)
    sheet.freeze_panes(1, 0)
    if with_example:
        for position, column in enumerate(table.columns):
            sheet.write_string(1, position, f"例：{column.example}" if position == 0 else column.example, plain)
    for number, row in enumerate(rows, start=1):
        for position, column in enumerate(table.columns):
            sheet.write_string(number, position, _cell(column, row[column.field]), plain)


def _cell(column: Column, value: Any) -> str:
    # Reading strips, and refuses what cannot be seen.
    return guarded(re.sub(r"[\x00-\x1f\x7f]+", " ", cell_of(column, value)).strip())


def _width(column: Column) -> int:
    return max(len(column.title) * 2, len(column.example), 10) + 4


def _write_notes(book: Any, table: Table) -> None:
    sheet = book.add_worksheet("说明")
    bold = book.add_format({"bold": True, "bg_color": "#e9eff0"})
    for position, (title, width) in enumerate((("列名", 16), ("必填", 8), ("怎么填", 60), ("例子", 24))):
        sheet.set_column(position, position, width)
        sheet.write_string(0, position, title, bold)
    for number, column in enumerate(table.columns, start=1):
        line = (column.title, "是" if column.required else "", column.note, column.example)
        for position, cell in enumerate(line):
            sheet.write_string(number, position, cell)
    sheet.write_string(len(table.columns) + 2, 0, "“例：”开头的行不会导入，可以留着，也可以删掉。")


# --- shapes ---


def _layer(table: Table, rows: Iterable[Record]) -> bytes:
    features = [
        {"type": "Feature", "properties": _properties(table, row), "geometry": rounded(row[table.shape])}
        for row in rows
        if row[table.shape]
    ]
    return _collection(features)


def _properties(table: Table, row: Record) -> dict[str, str]:
    names = ("code", "name") if table.columns else ("kind", "name")
    return {name: row[name] for name in names}


def _collection(features: list[dict[str, Any]]) -> bytes:
    """A feature a line, so that two versions can be compared."""
    lines = ",\n".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in features)
    return f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n'.encode()


def _example_layer(table: Table) -> bytes:
    codes = {"communities": "232701100002", "grids": "232701100002012"}
    if table.columns:
        example = {"properties": {"code": codes[table.name], "name": "示例"}, "geometry": EXAMPLE_SQUARE}
    else:
        example = {"properties": {"kind": "street", "name": "示例街"}, "geometry": EXAMPLE_LINE}
    return _collection([{"type": "Feature"} | example])


def all_names() -> list[tuple[str, str]]:
    """File name and what is in it, for the list of templates."""
    books = [(f"{table.name}.xlsx", table.title) for table in SHEETS]
    return books + [
        (f"{table.name}.geojson", f"{table.title}的{'边界' if table.columns else '形状'}") for table in LAYERS
    ]
