"""Counted reads of a year: a unit's on every board, and the city's on the nine boards."""

from collections import defaultdict
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from accounts.models import SpecialGroup, Unit, User
from common.months import Month
from progress.models import Correction, MonthTask, Objection
from progress.stats import (
    COUNTED,
    Cell,
    FlagCounts,
    Streak,
    TaskLine,
    blue_streaks,
    cells,
    counts_of,
    groups_with_board,
    task_line,
)


@dataclass(frozen=True)
class GroupYear:
    """A unit's year on one board."""

    group: SpecialGroup
    cells: list[Cell]

    @property
    def counts(self) -> FlagCounts:
        return FlagCounts.of_marks(cell.mark for cell in self.cells)


@dataclass(frozen=True)
class GroupTasks:
    group: SpecialGroup
    tasks: list[TaskLine]
    in_a_row: int


@dataclass(frozen=True)
class MonthOfUnit:
    """All that a unit had to do in a month, by group."""

    month: Month
    groups: list[GroupTasks]

    @property
    def counts(self) -> FlagCounts:
        return FlagCounts.of_marks(task.mark for one in self.groups for task in one.tasks)


@dataclass(frozen=True)
class UnitYearPage:
    """A unit's year: its boards, and month by month its tasks; those of months ahead apart."""

    unit: Unit
    months: list[Month]
    rows: list[GroupYear]
    past: list[MonthOfUnit]
    ahead: list[MonthOfUnit]
    streaks: list[Streak]

    @property
    def tasks(self) -> FlagCounts:
        """Each task once, of the months that have begun."""
        return sum((one.counts for one in self.past), FlagCounts())

    @property
    def counts(self) -> FlagCounts:
        """Each month of each board once."""
        return sum((row.counts for row in self.rows), FlagCounts())

    @property
    def counts_by_month(self) -> list[FlagCounts]:
        return [FlagCounts.of_marks(row.cells[index].mark for row in self.rows) for index in range(len(self.months))]


@dataclass(frozen=True)
class BoardMonth:
    """A board's month in the city's year: its tasks, and its units' months."""

    month: Month
    tasks: FlagCounts
    units: FlagCounts


@dataclass(frozen=True)
class BoardYear:
    group: SpecialGroup
    months: list[BoardMonth]

    @property
    def tasks(self) -> FlagCounts:
        return sum((one.tasks for one in self.months), FlagCounts())

    @property
    def units(self) -> FlagCounts:
        return sum((one.units for one in self.months), FlagCounts())


def unit_year(unit: Unit, year: int, *, current: Month, with_statements: bool) -> UnitYearPage:
    """The statements leave the database only if they may be read."""
    months = year_months(year)
    streaks = [streak for streak in blue_streaks(until=current, unit=unit) if streak.touches(year)]
    tasks: dict[Month, dict[SpecialGroup, list[MonthTask]]] = {month: defaultdict(list) for month in months}
    found = MonthTask.objects.filter(unit=unit, year=year, group__has_board=True).select_related("group")
    for task in found.order_by("month", "group__position", "group__code", "pk"):
        tasks[task.due_month][task.group].append(task)
    told = [_month_of_unit(unit, month, tasks[month], streaks, with_statements) for month in months if tasks[month]]
    groups = sorted({group for month in tasks.values() for group in month}, key=lambda one: (one.position, one.code))
    return UnitYearPage(
        unit,
        months,
        [GroupYear(group, _cells_of_group(group, tasks, streaks, current)) for group in groups],
        past=[one for one in reversed(told) if one.month <= current],
        ahead=[one for one in told if one.month > current],
        streaks=streaks,
    )


def city_year(year: int, *, current: Month) -> list[BoardYear]:
    """The nine boards in their order, twelve months each; a month ahead is empty, whatever is planned for it."""
    counted: dict[tuple[int, int], list[FlagCounts]] = defaultdict(list)
    tasks = MonthTask.objects.filter(year=year).order_by()
    for row in tasks.values("group_id", "unit_id", "month").annotate(**COUNTED):
        counted[row["group_id"], row["month"]].append(counts_of(row))
    begun = [month for month in year_months(year) if month <= current]
    ahead = [BoardMonth(month, FlagCounts(), FlagCounts()) for month in year_months(year) if month > current]
    return [
        BoardYear(group, [_board_month(month, counted[group.pk, month.month]) for month in begun] + ahead)
        for group in groups_with_board()
    ]


def corrections_of_unit(unit: Unit, year: int) -> QuerySet[Correction]:
    """The corrections of a unit's closed months of a year, oldest first."""
    found = Correction.objects.filter(task__unit=unit, closed__year=year)
    return found.select_related("task__unit", "task__group")


def objections_of_unit(unit: Unit, year: int, user: User | AnonymousUser) -> list[Objection]:
    """The unit's objections to flags of a year, newest first, for those whose business they are: never the public."""
    if not user.is_authenticated:
        return []
    found = Objection.objects.visible_to(user).filter(task__unit=unit, task__year=year)
    return list(found.select_related("task__group"))


def year_months(year: int) -> list[Month]:
    return [Month(year, number) for number in range(1, 13)]


def _cells_of_group(
    group: SpecialGroup,
    tasks: dict[Month, dict[SpecialGroup, list[MonthTask]]],
    streaks: list[Streak],
    current: Month,
) -> list[Cell]:
    counted = {
        month: FlagCounts.of_marks(task.mark for task in of_month.get(group, ())) for month, of_month in tasks.items()
    }
    return cells(counted, (streak for streak in streaks if streak.group_id == group.pk), current=current)


def _month_of_unit(
    unit: Unit,
    month: Month,
    by_group: dict[SpecialGroup, list[MonthTask]],
    streaks: list[Streak],
    with_statements: bool,
) -> MonthOfUnit:
    return MonthOfUnit(
        month,
        [
            GroupTasks(
                group,
                [task_line(task, unit, with_statements) for task in tasks],
                max((streak.place_of(month) for streak in streaks if streak.group_id == group.pk), default=0),
            )
            for group, tasks in by_group.items()
        ],
    )


def _board_month(month: Month, by_unit: list[FlagCounts]) -> BoardMonth:
    return BoardMonth(month, sum(by_unit, FlagCounts()), FlagCounts.of_marks(unit.mark for unit in by_unit))
