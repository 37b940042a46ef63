"""Cases as a table for Excel: which columns, and how they are written. No column tells who filed a case."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

import xlsxwriter

from common.clock import CITY_TIME
from common.masking import hide_phones
from common.sheets import guarded
from complaints.models import Channel, ComplaintQuerySet, ProblemGroup
from complaints.models.complaint import Satisfaction
from complaints.workflow import State

CHUNK = 2000
MOST_ROWS_OF_A_SHEET = 1_048_575
DATE_WIDTH, WORD_WIDTH, TEXT_WIDTH = 16, 14, 40
_CHANNELS, _GROUPS = dict(Channel.choices), dict(ProblemGroup.choices)
_STATES, _GRADES = dict(State.choices), dict(Satisfaction.choices)

Cell = str | int | datetime | None


def _moment(value: datetime | None) -> datetime | None:
    """In the city's time, as Excel knows no zones."""
    return value.astimezone(CITY_TIME).replace(tzinfo=None, microsecond=0) if value else None


def _yes_no(value: bool | None) -> str:
    return "" if value is None else "是" if value else "否"


def _words(value: str | None) -> str:
    return hide_phones(value or "")


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Column:
    title: str
    path: str
    told: Callable[[Any], Cell] = _same
    width: int = WORD_WIDTH


COLUMNS = (
    Column("案件编号", "number"),
    Column("反映时间", "filed_at", _moment, DATE_WIDTH),
    Column("来源", "channel", _CHANNELS.get),
    Column("分组", "group", _GROUPS.get),
    Column("大类", "category__major_name"),
    Column("小类", "category__name", width=20),
    Column("反映内容", "text", _words, TEXT_WIDTH),
    Column("具体地方", "place", _words, 24),
    Column("社区", "grid__community__name"),
    Column("网格编码", "grid__code", width=18),
    Column("责任单位", "unit__name", width=18),
    Column("状态", "state", _STATES.get),
    Column("紧急", "is_urgent", _yes_no, 6),
    Column("办理期限", "due_at", _moment, DATE_WIDTH),
    Column("派遣时间", "dispatched_at", _moment, DATE_WIDTH),
    Column("处理完成时间", "handled_at", _moment, DATE_WIDTH),
    Column("办结时间", "closed_at", _moment, DATE_WIDTH),
    Column("按期办结", "closed_in_time", _yes_no),
    Column("退单次数", "return_count"),
    Column("返工次数", "rework_count"),
    Column("第几次办理", "round"),
    Column("满意度", "satisfaction", _GRADES.get),
    Column("是否解决", "is_solved", _yes_no),
    Column("办理结果", "result", _words, TEXT_WIDTH),
)
TITLES = [column.title for column in COLUMNS]


def rows_of(cases: ComplaintQuerySet, keys: Sequence[int]) -> Iterator[list[Cell]]:
    """A row for each of the keys, in their order, read chunk by chunk; what is no longer among `cases` is left out."""
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        found = cases.filter(pk__in=chunk).order_by().values_list("pk", *(column.path for column in COLUMNS))
        by_key = {row[0]: row[1:] for row in found}
        for key in chunk:
            if key in by_key:
                yield [column.told(value) for column, value in zip(COLUMNS, by_key[key], strict=True)]


def as_csv(rows: Iterable[list[Cell]], *, titles: Sequence[str] = TITLES) -> Iterator[bytes]:
    """Line by line; begins with the mark by which Excel knows UTF-8."""
    line = io.StringIO(newline="")
    writer = csv.writer(line)
    writer.writerow(titles)
    yield ("\ufeff" + line.getvalue()).encode()
    for row in rows:
        line.seek(0)
        line.truncate()
        writer.writerow([_csv_cell(cell) for cell in row])
        yield line.getvalue().encode()


def _csv_cell(cell: Cell) -> Cell:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return guarded(cell) if isinstance(cell, str) else cell


def write_xlsx(into: IO[bytes], rows: Iterable[list[Cell]]) -> None:
    """A workbook written row by row, so that its size costs no memory; no text becomes a formula or a link."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd hh:mm",
    }
    with xlsxwriter.Workbook(into, options) as book:
        sheet = book.add_worksheet("案件")
        bold = book.add_format({"bold": True, "bg_color": "#e9eff0"})
        for place, column in enumerate(COLUMNS):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, column.title, bold)
        sheet.freeze_panes(1, 1)
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                _write(sheet, number, place, cell)


def _write(sheet: Any, row: int, place: int, cell: Cell) -> None:
    if isinstance(cell, str):
        if cell:
            # Guarded although written as text: people copy cells on into other files.
            sheet.write_string(row, place, guarded(cell))
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, place, cell)
    elif cell is not None:
        sheet.write_number(row, place, cell)


def keys_of(cases: ComplaintQuerySet) -> list[int]:
    """What will be written, decided at one moment."""
    return list(cases.values_list("pk", flat=True))
