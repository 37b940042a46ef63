"""A workbook that people filled in by a template: its rows by the names of their columns, every fault by its place."""

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from common.sheets import Unreadable, xlsx_lines

Draft = TypeVar("Draft")
# Begins a line of the template that shows how it is done; it is not read.
EXAMPLE = "例："


@dataclass(frozen=True)
class Fault:
    """What is wrong and what to do. `row` counts as Excel does; 0 is the whole sheet."""

    row: int
    column: str
    message: str


@dataclass
class Found(Generic[Draft]):
    """Either faults, or what the sheet holds: nothing is taken while there is a fault."""

    drafts: list[Draft] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    # The last row that holds anything.
    last_row: int = 0

    def fault(self, row: int, column: str, message: str) -> None:
        self.faults.append(Fault(row, column, message))

    def words(self, cell: str, *, most: int, row: int, column: str) -> str:
        # Enter within a cell is how people write lists there.
        words = " ".join(cell.split())
        if len(words) > most:
            self.fault(row, column, f"太长了，有 {len(words)} 个字，最多 {most} 个。请写短些。")
        if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in words):
            self.fault(row, column, "里面有看不见的字符。请重新打一遍这个格子。")
        return words


def rows_of(
    content: bytes, found: Found[Draft], *, titles: Sequence[str], optional: Collection[str] = ()
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows below the titles, with their numbers. None where the whole sheet cannot be read: a fault says why."""
    try:
        lines = xlsx_lines(content)
    except Unreadable as reason:
        found.fault(0, "", str(reason))
        return
    numbered = [(number, line) for number, line in enumerate(lines, start=1) if any(line)]
    if not numbered:
        found.fault(0, "", "表是空的。请下载模板照着填。")
        return
    (row, written), rows = numbered[0], numbered[1:]
    found.last_row = numbered[-1][0]
    if _has_its_columns(written, row, found, titles=titles, optional=optional):
        for number, line in rows:
            if not line[0].startswith(EXAMPLE):
                yield number, dict(zip(written, line, strict=False))


def _has_its_columns(
    written: list[str], row: int, found: Found[Draft], *, titles: Sequence[str], optional: Collection[str]
) -> bool:
    for title in dict.fromkeys(written):
        if title and title not in titles:
            found.fault(row, title[:20], "模板里没有这一列。请删掉，或者改成模板里的列名。")
        elif title and written.count(title) > 1:
            found.fault(row, title, "这一列有两个。请只留一个。")
    for title in titles:
        if title not in written and title not in optional:
            found.fault(row, title, "缺这一列。请加上，可以照模板填。")
    return not found.faults
