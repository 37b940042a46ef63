"""Tables in and out: workbooks read as text, and cells written so that no formula wakes in somebody's Excel."""

import io
import re
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl

MEGABYTE = 1024 * 1024
MOST_UNPACKED = 60 * MEGABYTE  # an archive or a workbook, unpacked
MOST_ROWS = 20_000
MOST_COLUMNS = 40

# Also the full-width forms, which some programs take for the sign itself.
_DANGEROUS = re.compile(r"^'*[=+\-@\t\r＝＋－＠]")


def guarded(text: str) -> str:
    """The text for a cell; an apostrophe in front of what would be read as a formula."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def unguarded(text: str) -> str:
    """What was `guarded`."""
    return text[1:] if text.startswith("'") and _DANGEROUS.match(text[1:]) else text


class Unreadable(ValueError):
    """A file as a whole cannot be used; the message says what to do."""


def xlsx_lines(content: bytes) -> list[list[str]]:
    """The first sheet of a workbook, line by line. Raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked <= MOST_UNPACKED:
            return _cells(openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True))
    except Unreadable:
        raise
    except Exception:  # openpyxl raises whatever the broken part made it stumble over
        raise Unreadable("xlsx 文件打不开，可能传坏了或者加了密码。请在 Excel 里重新保存再传。") from None
    raise Unreadable("表太大。请删掉多余的行和列，或者分成几次导入。")


def _cells(book: Any) -> list[list[str]]:
    lines = []
    for line in book.worksheets[0].iter_rows(values_only=True, max_col=MOST_COLUMNS):
        lines.append([as_text(cell) for cell in line])
        if len(lines) > MOST_ROWS:
            raise Unreadable(f"行数太多，最多 {MOST_ROWS} 行。请分成几次导入。")
    return lines


def as_text(cell: Any) -> str:
    """The cell as a person reads it: a code that Excel took for a number is that code again."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, datetime):
        cell = cell.date()
    written = cell.isoformat() if isinstance(cell, date) else str(cell)
    return unguarded(written.strip())
