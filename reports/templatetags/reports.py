import re
from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from complaints.figures import Rate
from reports.cockpit.tables import Line
from reports.directory import GridEntry
from reports.layout import Cell, Column, Kind

register = template.Library()
NUMERALS = "一二三四五六七八九十"
WIDE = 8  # characters
SHARE = re.compile(r"(\d[\d.]*%（\d+／\d+）)")


@register.filter
def numeral(number: int) -> str:
    return NUMERALS[number - 1]


@register.filter
def of(found: dict[str, Any], key: str) -> Any:
    return found.get(key)


@register.filter
def unbroken(text: str) -> SafeString:
    """A sentence whose shares, like 94.2%（175／186）, stay on one line."""
    parts = SHARE.split(text)
    told = ((format_html('<span class="nw">{}</span>', part) if n % 2 else part,) for n, part in enumerate(parts))
    return format_html_join("", "{}", told)


@register.filter
def cells(row: Sequence[Cell], columns: Sequence[Column]) -> SafeString:
    """The cells of a row. In Python, because a report has some thousands of them and a template takes its time."""
    pairs = enumerate(zip(row, columns, strict=True))
    return format_html_join("", "{}", ((_cell(cell, column, place == 0),) for place, (cell, column) in pairs))


def _cell(cell: Cell, column: Column, is_first: bool) -> SafeString:
    if isinstance(cell, Rate):
        return _rate(cell)
    if isinstance(cell, float):
        cell = f"{cell:.1f}"
    figures = " num" if column.kind != Kind.TEXT else ""
    template = '<th scope="row" class="{}{}">{}</th>' if is_first else '<td class="{}{}">{}</td>'
    return format_html(template, head_class(column, is_first), figures, cell)


@register.filter
def linked_cells(line: Line) -> SafeString:
    """The numbers of a line of the cockpit's table, each a link to its cases where it has any; in Python as above."""
    told = (
        (format_html('<a href="{}">{}</a>', cell.url, cell.text) if cell.url else cell.text,)
        for cell in line.cells.values()
    )
    return format_html_join("", '<td class="r num nw">{}</td>', told)


@register.filter
def shapes(grids: Iterable[tuple[GridEntry, int, int]]) -> SafeString:
    """The grids of a map as (entry, number, level); a hundred, so in Python as well."""
    drawn = ((level, grid.path, grid.title, number) for grid, number, level in grids)
    path = '<path class="map-grid map-level-{}" d="{}"><title>{}：{} 件</title></path>'
    return format_html_join("", path, drawn)


@register.filter
def head_class(column: Column, is_first: bool = False) -> str:
    """How a column stands: figures to the right, a place at the edge, long words with room to be read."""
    if column.kind in {Kind.NUMBER, Kind.RATE}:
        return "report-place" if is_first else "r"
    if column.kind == Kind.DATE:
        return "nw"
    return "report-words" if column.width >= WIDE else ""


def _rate(rate: Rate) -> SafeString:
    if not rate.denominator:
        return format_html('<td class="r num">{}</td>', "—")
    percent = f"{100 * rate.numerator / rate.denominator:.1f}"
    return format_html(
        '<td class="r num">{}%<span class="hint nw">{}／{}</span></td>', percent, rate.numerator, rate.denominator
    )
