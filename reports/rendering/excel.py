"""A report as a workbook: one sheet a table, numbers as numbers, a rate with what it is made of."""

import io
import math
from datetime import datetime
from typing import Any

from xlsxwriter import Workbook

from complaints.figures import Rate
from reports.layout import Cell, Chart, Column, Document, Kind, Table
from reports.rendering.archive import repacked

HEAD_ROW = 2
FONT = "等线"
CHARACTER = 2.1  # a Chinese character in the width units of a sheet
LINE = 16.5
SAMPLE = "示例数据，内容均为虚构"


def excel(document: Document, *, version: str) -> bytes:
    out = io.BytesIO()
    # What people wrote may begin with "=" or look like an address: it stays text.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(out, options)
    month = document.month
    book.set_properties({"title": document.title, "created": datetime(month.year, month.month, month.last_day.day)})
    formats = _formats(book)
    _cover(book, document, version, formats)
    for table in (table for table in document.tables if not table.is_excerpt):
        charts = [chart for section in document.sections for chart in section.charts if chart.table == table.name]
        _sheet(book, document, table, charts, formats)
    book.close()
    return repacked(out.getvalue())


def _formats(book: Workbook) -> dict[str, Any]:
    base = {"font_name": FONT, "font_size": 11, "valign": "vcenter"}
    boxed = base | {"border": 1, "border_color": "#C9D3D1"}
    return {
        "title": book.add_format(base | {"bold": True, "font_size": 16}),
        "hint": book.add_format(base | {"font_color": "#5B6765"}),
        "words": book.add_format(base | {"text_wrap": True, "valign": "top"}),
        "head": book.add_format(boxed | {"bold": True, "bg_color": "#EEF3F2", "text_wrap": True, "align": "center"}),
        "text": book.add_format(boxed | {"text_wrap": True}),
        "number": book.add_format(boxed | {"num_format": "#,##0"}),
        "hours": book.add_format(boxed | {"num_format": "#,##0.0"}),
        "percent": book.add_format(boxed | {"num_format": "0.0%"}),
        "dash": book.add_format(boxed | {"align": "right"}),
        "total": book.add_format(boxed | {"bold": True}),
        "total_number": book.add_format(boxed | {"bold": True, "num_format": "#,##0"}),
        "total_percent": book.add_format(boxed | {"bold": True, "num_format": "0.0%"}),
    }


def _cover(book: Workbook, document: Document, version: str, formats: dict[str, Any]) -> None:
    sheet = book.add_worksheet("小结")
    sheet.set_column(0, 0, 100)
    sheet.write_string(0, 0, document.title, formats["title"])
    told = "　".join(filter(None, (document.issuer, version, document.standing)))
    sheet.write_string(1, 0, told, formats["hint"])
    row = 2
    if document.is_sample:
        sheet.write_string(row, 0, SAMPLE, formats["hint"])
        row += 1
    for section in document.sections:
        for paragraph in section.paragraphs:
            sheet.write_string(row, 0, paragraph, formats["words"])
            row += 1
    _for_print(sheet, document)


def _sheet(
    book: Workbook, document: Document, table: Table, charts: list[Chart], formats: dict[str, Any]
) -> None:  # fmt: skip
    sheet = book.add_worksheet(table.name)
    sheet.write_string(0, 0, table.title, formats["title"])
    said = [document.standing, *([SAMPLE] if document.is_sample else []), *([table.note] if table.note else [])]
    sheet.write_string(1, 0, "　".join(said), formats["hint"])
    place = 0
    for column in table.columns:
        for label, width in _heads(column):
            sheet.set_column(place, place, width)
            sheet.write_string(HEAD_ROW, place, label, formats["head"])
            place += 1
    rows = [*table.rows, *([table.total] if table.total else [])]
    for number, cells in enumerate(rows, start=HEAD_ROW + 1):
        sheet.set_row(number, _height(table, cells))
        _write_row(sheet, number, cells, formats, is_total=table.total is not None and number == HEAD_ROW + len(rows))
    sheet.freeze_panes(HEAD_ROW + 1, 1)
    if table.rows:
        sheet.autofilter(HEAD_ROW, 0, HEAD_ROW + len(table.rows), place - 1)
    else:
        sheet.write_string(HEAD_ROW + 1, 0, table.empty, formats["hint"])
    sheet.repeat_rows(HEAD_ROW)
    _for_print(sheet, document)
    for index, chart in enumerate(charts):
        _draw(book, sheet, table, chart, at=(HEAD_ROW + len(rows) + 2 + index * 16, 0))


def _height(table: Table, cells: list[Cell]) -> float:
    """Room for the words that wrap: not every program finds it by itself."""
    texts = [(cell, column) for cell, column in zip(cells, table.columns, strict=True) if isinstance(cell, str)]
    lines = [math.ceil(len(cell) * CHARACTER / _heads(column)[0][1]) for cell, column in texts]
    return LINE * max(1, *lines)


def _heads(column: Column) -> list[tuple[str, float]]:
    width = max(column.width * CHARACTER, len(column.label) * CHARACTER + 1)
    if column.kind != Kind.RATE:
        return [(column.label, width)]
    return [(column.label, width), (f"{column.label}分子", width), (f"{column.label}分母", width)]


def _write_row(sheet: Any, row: int, cells: list[Cell], formats: dict[str, Any], *, is_total: bool) -> None:
    prefix = "total_" if is_total else ""
    place = 0
    for cell in cells:
        if isinstance(cell, Rate):
            if cell.denominator:
                sheet.write_number(row, place, cell.numerator / cell.denominator, formats[f"{prefix}percent"])
            else:
                sheet.write_string(row, place, "—", formats["dash"])
            sheet.write_number(row, place + 1, cell.numerator, formats[f"{prefix}number"])
            sheet.write_number(row, place + 2, cell.denominator, formats[f"{prefix}number"])
            place += 3
        elif isinstance(cell, int | float):
            sheet.write_number(row, place, cell, formats[f"{prefix}{'number' if isinstance(cell, int) else 'hours'}"])
            place += 1
        else:
            sheet.write_string(row, place, cell, formats["total" if is_total else "text"])
            place += 1


def _draw(book: Workbook, sheet: Any, table: Table, chart: Chart, *, at: tuple[int, int]) -> None:
    """A chart of Excel's own over the sheet's numbers."""
    drawn = book.add_chart({"type": "line"})
    labels = [column.label for column in table.columns]
    series = [label for label in chart.names if label] or [chart.title]
    last = HEAD_ROW + len(table.rows)
    for label, colour in zip(series, ("#1F6265", "#8A9694"), strict=False):
        place = sum(len(_heads(column)) for column in table.columns[: labels.index(label)])
        drawn.add_series(
            {
                "name": label,
                "categories": [table.name, HEAD_ROW + 1, 0, last, 0],
                "values": [table.name, HEAD_ROW + 1, place, last, place],
                "line": {"color": colour, "width": 2.25},
            }
        )
    drawn.set_title({"name": chart.title, "name_font": {"size": 12}})
    drawn.set_legend({"position": "bottom"} if chart.compared else {"none": True})
    drawn.set_size({"width": 760, "height": 300})
    sheet.insert_chart(*at, drawn, {"description": f"{chart.title}的折线图，数在上面的表里"})


def _for_print(sheet: Any, document: Document) -> None:
    sheet.set_paper(9)  # A4
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.8 if document.is_sample else 0.6, bottom=0.7)
    if document.is_sample:
        sheet.set_header(f"&R{SAMPLE}")
    sheet.set_footer(f"&L{document.issuer}　{document.standing}&R第 &P 页，共 &N 页")
