"""Sheets for the wall (挂图作战图版): how the flags and statements of a board are laid out so that nothing is cut off.

Pure. A sheet is measured in units: an A3 sheet in landscape is 420 × 297 of them, and an A0 sheet is the same sheet
with units 2.83 times as large. The style sheet (assets/scss/wall.scss) keeps to the numbers below.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Generic, TypeVar

from accounts.models import SpecialGroup
from progress.models import ClosedMonth, Mark
from progress.stats import FlagCounts, UnitYear

MOST_UNITS = 30  # on one sheet
BODY = 232  # what header, footer and margins leave of a sheet's height
YEAR_HEAD, YEAR_ROW, FEW_ROWS, YEAR_ROW_OF_FEW = 7, 9.2, 10, 14.5
TILE = 25
SAID_HEAD, SAID_LINE, SAID_PADDING = 17, 5, 3.4
# How many Chinese characters a line of each column of the statements holds.
CHARACTERS = {"unit": 12, "content": 28, "reason": 24, "plan": 22}
LATIN = 0.6  # of the width of a Chinese character


@dataclass(frozen=True)
class Said:
    """A line under the flags: a blue task with its statement, or a correction made after the closing."""

    unit: str
    content: str
    reason: str
    plan: str
    until: str

    @property
    def height(self) -> float:
        lines = max(ceil(_width(getattr(self, column)) / most) for column, most in CHARACTERS.items())
        return SAID_PADDING + max(lines, 1) * SAID_LINE


@dataclass(frozen=True)
class Tile:
    """A unit's month as a large flag."""

    name: str
    mark: Mark
    tasks: FlagCounts
    in_a_row: int


Unit = TypeVar("Unit", UnitYear, Tile)


@dataclass(frozen=True)
class Wall(Generic[Unit]):
    """A board to be hung: a year of its units, or one month of them as tiles. `stamp` grows with each marking."""

    group: SpecialGroup
    counts: FlagCounts
    units: Sequence[Unit]
    said: Sequence[Said]
    stamp: int
    closed: ClosedMonth | None


@dataclass(frozen=True)
class Sheet(Generic[Unit]):
    """One page. `units` may be none on a page that only goes on with statements."""

    wall: Wall[Unit]
    number: int
    of: int
    units: Sequence[Unit]
    said: Sequence[Said]
    goes_on: bool

    @property
    def blocks(self) -> list[Sequence[Unit]]:
        """Rows side by side: one block of up to 15 units, else two halves."""
        size = _rows(self.units)
        return [self.units[start : start + size] for start in range(0, len(self.units), size or 1)]

    @property
    def rows(self) -> int:
        return _rows(self.units)

    @property
    def columns(self) -> int:
        """Of tiles."""
        return _columns(self.units)

    @property
    def tile_rows(self) -> int:
        return ceil(len(self.units) / _columns(self.units))


def sheets_of_year(wall: Wall[UnitYear]) -> list[Sheet[UnitYear]]:
    return _sheets(wall, height_of_rows)


def sheets_of_month(wall: Wall[Tile]) -> list[Sheet[Tile]]:
    return _sheets(wall, lambda units: TILE * ceil(len(units) / _columns(units)))


def height_of_rows(units: Sequence[UnitYear]) -> float:
    rows = _rows(units)
    return YEAR_HEAD + rows * (YEAR_ROW if rows > FEW_ROWS else YEAR_ROW_OF_FEW)


def _rows(units: Sequence[object]) -> int:
    return len(units) if len(units) <= MOST_UNITS // 2 else ceil(len(units) / 2)


def _columns(units: Sequence[object]) -> int:
    return 6 if len(units) > 20 else 5 if len(units) > 12 else 4


def _sheets(wall: Wall[Unit], height: Callable[[Sequence[Unit]], float]) -> list[Sheet[Unit]]:
    """Units first, evenly over as many pages as they need; below the last of them the statements, and on from there."""
    count = max(1, ceil(len(wall.units) / MOST_UNITS))
    size = ceil(len(wall.units) / count)
    pages = [(wall.units[number * size : (number + 1) * size], wall.said[:0]) for number in range(count)]
    left = wall.said
    room = BODY - height(pages[-1][0])
    while left:
        taken = _fitting(left, room)
        pages[-1] = pages[-1][0], left[:taken]
        left, room = left[taken:], BODY
        if left:
            pages.append((wall.units[:0], left))
    last = len(pages)
    return [
        Sheet(wall, number, last, units, said, goes_on=bool(said or number == count) and number < last)
        for number, (units, said) in enumerate(pages, start=1)
    ]


def _fitting(said: Sequence[Said], room: float) -> int:
    """How many of the next lines fit in; at least one on a page of their own."""
    least = 1 if room == BODY else 0
    room -= SAID_HEAD
    for number, line in enumerate(said):
        room -= line.height
        if room < 0:
            return max(number, least)
    return len(said)


def _width(text: str) -> float:
    return sum(LATIN if character.isascii() else 1 for character in text)
