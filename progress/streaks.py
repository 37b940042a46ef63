"""Blue flags in consecutive months (连续蓝旗): the counted read of boards, unit pages, reports and supervision."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import SpecialGroup, Unit
from common.months import Month
from progress.models import Flag, MonthTask

Seat = tuple[int, str, str, int, str, str]
_SEAT = ("unit_id", "unit__code", "unit__name", "group_id", "group__code", "group__name")


@dataclass(frozen=True)
class Streak:
    """Blue months in a row of a unit on a board (连续蓝旗), two or more."""

    unit_id: int
    unit_code: str
    unit_name: str
    group_id: int
    group_code: str
    group_name: str
    first: Month
    length: int
    # It reaches the month it was asked for, or the month before while the unit's flags of that month are not all hung.
    is_going_on: bool

    @property
    def last(self) -> Month:
        return self.first.shifted(self.length - 1)

    @property
    def is_over_a_year(self) -> bool:
        """Its months must be told with their years."""
        return self.first.year != self.last.year

    def touches(self, year: int) -> bool:
        return self.first.year <= year <= self.last.year

    def place_of(self, month: Month) -> int:
        """1 for its first month, 2 for the second, …; 0 for a month that is not one of it."""
        place = (month.year - self.first.year) * 12 + month.month - self.first.month + 1
        return place if 1 <= place <= self.length else 0


def blue_streaks(
    *, until: Month, groups: Sequence[SpecialGroup] | None = None, unit: Unit | None = None
) -> list[Streak]:
    """Every two or more months in a row in which a unit hung blue on a board, up to `until`; in one query.

    What was made good later is blue as before; a month that is red, not marked or without a task ends a row. Those that
    are going on stand first, then the longest.
    """
    narrowed = {name: one for name, one in (("group__in", groups), ("unit", unit)) if one is not None}
    tasks = MonthTask.objects.filter(
        Q(flag=Flag.BLUE) | Q(flag=Flag.UNMARKED, year=until.year, month=until.month), group__has_board=True, **narrowed
    )
    found = tasks.order_by("group__position", "unit__code", "year", "month").distinct()
    blues: dict[Seat, list[Month]] = defaultdict(list)
    not_hung: set[Seat] = set()
    for *seat, year, number, flag in found.values_list(*_SEAT, "year", "month", "flag"):
        if flag == Flag.UNMARKED:
            not_hung.add(tuple(seat))
        elif Month(year, number) <= until:
            blues[tuple(seat)].append(Month(year, number))
    streaks = [
        Streak(*seat, first, length, is_going_on=_goes_on(first.shifted(length), until, seat in not_hung))
        for seat, months in blues.items()
        for first, length in _rows(months)
        if length > 1
    ]
    return sorted(streaks, key=lambda streak: (not streak.is_going_on, -streak.length))


def _rows(months: list[Month]) -> list[tuple[Month, int]]:
    """The first month and the length of each row of months that follow each other."""
    rows: list[tuple[Month, int]] = []
    for month in months:
        if rows and rows[-1][0].shifted(rows[-1][1]) == month:
            rows[-1] = rows[-1][0], rows[-1][1] + 1
        else:
            rows.append((month, 1))
    return rows


def _goes_on(following: Month, until: Month, is_not_hung: bool) -> bool:
    """Whether a row may go on in the month `following` it: that month is still to come, or its flags are."""
    return following > until or (following == until and is_not_hung)
