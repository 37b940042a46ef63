"""Counted reads of the flag boards (挂图作战): each function asks the database a fixed number of times."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from django.db.models import Count, F, Max, Min, Q, Sum

from accounts.models import SpecialGroup, Unit
from common.clock import CITY_TIME
from common.months import Month
from progress.models import Flag, Mark, Marking, MonthTask, MonthTaskQuerySet
from progress.streaks import Streak as Streak
from progress.streaks import blue_streaks as blue_streaks


@dataclass(frozen=True)
class FlagCounts:
    """How many flags of each kind; the `good` ones are among the `blue` ones."""

    red: int = 0
    blue: int = 0
    good: int = 0
    unmarked: int = 0

    def __add__(self, other: "FlagCounts") -> "FlagCounts":
        return FlagCounts(
            self.red + other.red, self.blue + other.blue, self.good + other.good, self.unmarked + other.unmarked
        )

    @property
    def total(self) -> int:
        return self.red + self.blue + self.unmarked

    @property
    def marked(self) -> int:
        return self.red + self.blue

    @property
    def still_blue(self) -> int:
        return self.blue - self.good

    @property
    def share(self) -> str:
        """红旗／已标, or a dash where nothing is marked."""
        return f"{self.red}／{self.marked}" if self.marked else "—"

    @property
    def mark(self) -> Mark:
        """What a unit's month shows for these tasks: red only if all are red, blue if any is blue.

        Blue whose blue tasks were all completed later shows as made good (补成).
        """
        if not self.total:
            return Mark.NA
        if self.blue:
            return Mark.GOOD if self.good == self.blue else Mark.BLUE
        return Mark.NONE if self.unmarked else Mark.RED

    @classmethod
    def of_marks(cls, marks: Iterable[Mark]) -> "FlagCounts":
        """Counts of what cells show: a unit's month counts once, whatever the number of its tasks."""
        shown = list(marks)
        good = shown.count(Mark.GOOD)
        return cls(shown.count(Mark.RED), shown.count(Mark.BLUE) + good, good, shown.count(Mark.NONE))


@dataclass(frozen=True)
class BoardSummary:
    """A group's board in one month: its tasks, and its units' months."""

    group: SpecialGroup
    tasks: FlagCounts
    units: FlagCounts

    @property
    def flags(self) -> list[Mark]:
        """One mark a task, in the order in which they hang: red, blue, made good, unmarked."""
        counts = self.tasks
        return (
            [Mark.RED] * counts.red
            + [Mark.BLUE] * counts.still_blue
            + [Mark.GOOD] * counts.good
            + [Mark.NONE] * counts.unmarked
        )


@dataclass(frozen=True)
class Cell:
    """A unit's month on a board; `tasks` is empty where it has none."""

    month: Month
    tasks: FlagCounts
    is_ahead: bool
    # The how-manieth blue month in a row this is, where there are two or more; else 0.
    in_a_row: int = 0

    @property
    def mark(self) -> Mark:
        """A month still ahead shows no dashed ring: nothing is late there."""
        mark = self.tasks.mark
        return Mark.NA if self.is_ahead and mark == Mark.NONE else mark


@dataclass(frozen=True)
class UnitYear:
    unit_code: str
    unit_name: str
    cells: list[Cell]

    @property
    def counts(self) -> FlagCounts:
        return FlagCounts.of_marks(cell.mark for cell in self.cells)


@dataclass(frozen=True)
class YearBoard:
    """A group's year: a row per unit, twelve cells each."""

    group: SpecialGroup
    months: list[Month]
    rows: list[UnitYear]
    streaks: list[Streak]

    @property
    def counts_by_month(self) -> list[FlagCounts]:
        return [FlagCounts.of_marks(row.cells[index].mark for row in self.rows) for index in range(len(self.months))]

    @property
    def counts(self) -> FlagCounts:
        return sum((row.counts for row in self.rows), FlagCounts())

    def tasks_in(self, month: Month) -> FlagCounts:
        return sum((row.cells[self.months.index(month)].tasks for row in self.rows), FlagCounts())


@dataclass(frozen=True)
class Statement:
    """Why a task was not completed, for people to read."""

    reason: str
    plan: str
    new_date: date | None


@dataclass(frozen=True)
class TaskLine:
    """A month task as the public may read it: who marked the flag is not there."""

    pk: int
    unit_code: str
    unit_name: str
    content: str
    mark: Mark
    made_good_on: date | None
    statement: Statement | None


@dataclass(frozen=True)
class UnitMonth:
    unit_code: str
    unit_name: str
    tasks: list[TaskLine]
    counts: FlagCounts

    @property
    def mark(self) -> Mark:
        return self.counts.mark


@dataclass(frozen=True)
class MonthBoard:
    """A group's month: its units, each with its tasks."""

    group: SpecialGroup
    month: Month
    units: list[UnitMonth]

    @property
    def tasks(self) -> FlagCounts:
        return sum((unit.counts for unit in self.units), FlagCounts())

    @property
    def counts(self) -> FlagCounts:
        return FlagCounts.of_marks(unit.mark for unit in self.units)


# Months on one line, to find the first and the last.
_MONTH_INDEX = F("year") * 12 + F("month") - 1
COUNTED = {
    "red": Count("pk", filter=Q(flag=Flag.RED)),
    "blue": Count("pk", filter=Q(flag=Flag.BLUE)),
    "good": Count("pk", filter=Q(flag=Flag.BLUE, made_good_on__isnull=False)),
    "unmarked": Count("pk", filter=Q(flag=Flag.UNMARKED)),
}


def count(tasks: MonthTaskQuerySet) -> FlagCounts:
    return FlagCounts(**tasks.aggregate(**COUNTED))


def times_marked(tasks: MonthTaskQuerySet) -> int:
    """How many markings these tasks have had; it grows with each."""
    return cast(int, tasks.aggregate(times=Sum("version", default=0))["times"])


def month_boards(month: Month) -> list[BoardSummary]:
    """The nine boards in one month, in their order; a board without tasks is there with zeros."""
    by_group: dict[int, list[FlagCounts]] = defaultdict(list)
    for row in MonthTask.objects.of_month(month).order_by().values("group_id", "unit_id").annotate(**COUNTED):
        by_group[row["group_id"]].append(counts_of(row))
    return [
        BoardSummary(
            group,
            tasks=sum(by_group[group.pk], FlagCounts()),
            units=FlagCounts.of_marks(unit.mark for unit in by_group[group.pk]),
        )
        for group in groups_with_board()
    ]


def year_board(group: SpecialGroup, year: int, *, current: Month) -> YearBoard:
    """The units that have tasks of `group` in `year`; months after `current` are ahead."""
    return year_boards([group], year, current=current)[0]


def year_boards(groups: Sequence[SpecialGroup], year: int, *, current: Month) -> list[YearBoard]:
    """The year of each group, in two queries however many they are."""
    counted: dict[int, dict[tuple[str, str], dict[int, FlagCounts]]] = {group.pk: {} for group in groups}
    streaks = [streak for streak in blue_streaks(until=current, groups=groups) if streak.touches(year)]
    tasks = MonthTask.objects.filter(group__in=groups, year=year).order_by("unit__code", "month")
    for row in tasks.values("group_id", "unit__code", "unit__name", "month").annotate(**COUNTED):
        unit = row["unit__code"], row["unit__name"]
        counted[row["group_id"]].setdefault(unit, {})[row["month"]] = counts_of(row)
    return [
        _year_board(group, year, counted[group.pk], [one for one in streaks if one.group_id == group.pk], current)
        for group in groups
    ]


def _year_board(
    group: SpecialGroup,
    year: int,
    counted: dict[tuple[str, str], dict[int, FlagCounts]],
    streaks: list[Streak],
    current: Month,
) -> YearBoard:
    months = [Month(year, number) for number in range(1, 13)]
    rows = []
    for (code, name), by_month in counted.items():
        own = [streak for streak in streaks if streak.unit_code == code]
        tasks = {month: by_month.get(month.month, FlagCounts()) for month in months}
        rows.append(UnitYear(code, name, cells(tasks, own, current=current)))
    return YearBoard(group, months, rows, streaks)


def cells(tasks: Mapping[Month, FlagCounts], streaks: Iterable[Streak], *, current: Month) -> list[Cell]:
    """A row of a board; `streaks` are those of its unit on it."""
    own = list(streaks)
    return [
        Cell(month, counts, is_ahead=month > current, in_a_row=max((one.place_of(month) for one in own), default=0))
        for month, counts in tasks.items()
    ]


def month_board(group: SpecialGroup, month: Month, *, with_statements: bool) -> MonthBoard:
    """All tasks of a group's month; the statements leave the database only if they may be read."""
    by_unit: dict[str, list[TaskLine]] = defaultdict(list)
    for task in MonthTask.objects.on_board(group).of_month(month).select_related("unit"):
        by_unit[task.unit.code].append(task_line(task, task.unit, with_statements))
    return MonthBoard(group, month, [_unit_month(code, tasks) for code, tasks in by_unit.items()])


def blue_statements(group: SpecialGroup, month: Month) -> list[TaskLine]:
    """The blue tasks of a group's month with their statements."""
    tasks = MonthTask.objects.on_board(group).of_month(month).filter(flag=Flag.BLUE).select_related("unit")
    return [task_line(task, task.unit, with_statement=True) for task in tasks]


def groups_with_board() -> list[SpecialGroup]:
    return list(SpecialGroup.objects.filter(has_board=True))


@dataclass(frozen=True)
class MarkingStep:
    """One marking of a task, as a time line shows it."""

    title: str
    time: str
    dot: str
    text: str
    quote: str


def marking_steps(task: MonthTask) -> list[MarkingStep]:
    """Every marking of the task, newest first."""
    markings = task.markings.select_related("by", "by__unit", "by__group").order_by("-version")
    return [_step(marking, is_last=position == 0) for position, marking in enumerate(markings)]


def months_with_tasks() -> list[Month]:
    """Every month from the first with a task to the last, newest first; empty where there is none."""
    ends = MonthTask.objects.aggregate(first=Min(_MONTH_INDEX), last=Max(_MONTH_INDEX))
    if ends["first"] is None:
        return []
    return [Month(index // 12, index % 12 + 1) for index in range(ends["last"], ends["first"] - 1, -1)]


def counts_of(row: Mapping[str, object]) -> FlagCounts:
    return FlagCounts(**{name: cast(int, row[name]) for name in COUNTED})


def task_line(task: MonthTask, unit: Unit, with_statement: bool) -> TaskLine:
    statement = Statement(task.reason, task.plan, task.new_date) if with_statement and task.flag == Flag.BLUE else None
    return TaskLine(task.pk, unit.code, unit.name, task.content, task.mark, task.made_good_on, statement)


def _step(marking: Marking, *, is_last: bool) -> MarkingStep:
    return MarkingStep(
        title=("撤销：" if marking.is_undo else "")
        + f"{marking.get_from_flag_display()} → {marking.get_to_flag_display()}",
        time=f"{marking.at.astimezone(CITY_TIME):%Y-%m-%d %H:%M}",
        dot="now" if is_last else "done",
        text=str(marking.by),
        quote=_told(marking),
    )


def _told(marking: Marking) -> str:
    if not marking.new_date:
        return ""
    return f"原因：{marking.reason}\n下一步：{marking.plan}\n新的完成日期：{marking.new_date:%Y-%m-%d}"


def _unit_month(code: str, tasks: list[TaskLine]) -> UnitMonth:
    return UnitMonth(code, tasks[0].unit_name, tasks, FlagCounts.of_marks(task.mark for task in tasks))
