"""A table of an official document. Written as XML: python-docx would look for each of some thousand cells anew."""

from typing import Any
from xml.sax.saxutils import escape

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from complaints.figures import Rate
from reports.layout import Cell, Column, Kind, Table

SHEET_WIDTH = 8844  # 156 mm in twentieths of a point
FONTS = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="{}"/>'
FIRST_ROWS = 2
SIZE = '<w:sz w:val="21"/><w:szCs w:val="21"/>'  # 五号
_EDGES = "".join(
    f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def element(table: Table) -> Any:
    widths = _widths(table.columns)
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    labels = [
        _cell(column.label, width, "center", is_head=True, keeps=True) for column, width in _paired(table, widths)
    ]
    head = _row(labels, True)
    # The head and the first rows stay together: no page ends with a head alone.
    rows = [_cells(table, widths, cells, keeps=number < FIRST_ROWS) for number, cells in enumerate(table.rows)]
    total = [_cells(table, widths, table.total, is_head=True)] if table.total else []
    return parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{SHEET_WIDTH}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{_EDGES}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="40" w:type="dxa"/><w:right w:w="40" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>{head}{''.join(rows)}{''.join(total)}</w:tbl>"
    )


def _widths(columns: Any) -> list[int]:
    whole = sum(column.width for column in columns)
    widths = [SHEET_WIDTH * column.width // whole for column in columns]
    return [widths[0] + SHEET_WIDTH - sum(widths), *widths[1:]]


def _paired(table: Table, widths: list[int]) -> list[tuple[Column, int]]:
    return list(zip(table.columns, widths, strict=True))


def _cells(table: Table, widths: list[int], cells: list[Cell], *, is_head: bool = False, keeps: bool = False) -> str:
    told = [
        _cell(_words(cell), width, "left" if column.kind == Kind.TEXT else "center", is_head=is_head, keeps=keeps)
        for (column, width), cell in zip(_paired(table, widths), cells, strict=True)
    ]
    return _row(told, False)


def _row(cells: list[str], is_head: bool) -> str:
    """A row is not torn apart; the head is there again on every page."""
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if is_head else ''}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(words: str, width: int, align: str, *, is_head: bool, keeps: bool) -> str:
    face = FONTS.format("黑体" if is_head else "仿宋_GB2312")
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in words.split("\n"))
    keep = "<w:keepNext/>" if keeps else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr>{keep}'
        f'<w:spacing w:before="20" w:after="20" w:line="280" w:lineRule="exact"/><w:jc w:val="{align}"/></w:pPr>'
        f"<w:r><w:rPr>{face}{SIZE}</w:rPr>{lines}</w:r></w:p></w:tc>"
    )


def _words(cell: Cell) -> str:
    if isinstance(cell, float):
        return f"{cell:.1f}"
    if not isinstance(cell, Rate):
        return str(cell)
    if not cell.denominator:
        return "—"
    return f"{100 * cell.numerator / cell.denominator:.1f}%\n{cell.numerator}／{cell.denominator}"
