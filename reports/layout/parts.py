from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from common.months import Month
from complaints.figures import Rate

Cell = str | int | float | Rate


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    RATE = "rate"
    DATE = "date"


@dataclass(frozen=True)
class Column:
    """`width` is a share of the sheet, in Chinese characters."""

    label: str
    kind: Kind = Kind.NUMBER
    width: int = 4


@dataclass(frozen=True)
class Table:
    """`name` is unique in a document and short: the name of its sheet. `total` is the last row, which adds up.

    An excerpt has its whole table elsewhere in the document.
    """

    name: str
    title: str
    columns: Sequence[Column]
    rows: list[list[Cell]]
    total: list[Cell] | None = None
    note: str = ""
    empty: str = "没有。"
    is_excerpt: bool = False


@dataclass(frozen=True)
class Chart:
    """A line over months; None where there is nothing to show. `table` names the table that has its numbers."""

    title: str
    unit: str
    labels: list[str]
    values: list[float | None]
    table: str
    compared: list[float | None] = field(default_factory=list)
    names: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Section:
    title: str
    paragraphs: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)


@dataclass(frozen=True)
class Document:
    """`annexes` are the long tables that a meeting looks something up in."""

    month: Month
    title_lines: tuple[str, ...]
    standing: str
    issuer: str
    dated: str
    is_sample: bool
    sections: list[Section]
    annexes: list[Section] = field(default_factory=list)

    @property
    def title(self) -> str:
        return "".join(self.title_lines)

    @property
    def tables(self) -> list[Table]:
        return [table for section in (*self.sections, *self.annexes) for table in section.tables]


def month_of(content: dict[str, Any]) -> Month:
    year, month = content["month"].split("-")
    return Month(int(year), int(month))


def standing(content: dict[str, Any]) -> str:
    """As of when the figures are, in words."""
    day, _, time = content["as_of"].partition("T")
    month = month_of(content)
    if content["is_whole_month"]:
        return f"数据截至 {month.last_day:%Y-%m-%d} 24:00"
    return f"预览，不是正式报告。数据截至 {day} {time[:5]}"


def dated(content: dict[str, Any]) -> str:
    """The day an official document carries: the last of its month, or that of the preview."""
    last = month_of(content).last_day
    day = f"{last}" if content["is_whole_month"] else content["as_of"][:10]
    year, month, of_month = day.split("-")
    return f"{year}年{int(month)}月{int(of_month)}日"
