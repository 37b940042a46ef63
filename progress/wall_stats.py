"""Counted reads of the sheets for the wall: a fixed number of queries for one board or for all nine."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.db.models import Sum

from accounts.models import SpecialGroup
from common.months import Month
from progress.closing_stats import closed_month
from progress.models import Correction, Flag, MonthTask, MonthTaskQuerySet
from progress.stats import COUNTED, FlagCounts, UnitYear, blue_streaks, counts_of, year_boards
from progress.wall import Said, Tile, Wall


def year_walls(
    groups: Sequence[SpecialGroup], shown: Month, *, current: Month, with_statements: bool
) -> list[Wall[UnitYear]]:
    """A year's boards, with the statements of the month `shown`."""
    stamps = _stamps(MonthTask.objects.filter(group__in=groups, year=shown.year))
    said, closed = _said(groups, shown, with_statements), closed_month(shown)
    boards = year_boards(groups, shown.year, current=current)
    return [Wall(one.group, one.counts, one.rows, said[one.group.pk], stamps[one.group.pk], closed) for one in boards]


def month_walls(groups: Sequence[SpecialGroup], month: Month, *, with_statements: bool) -> list[Wall[Tile]]:
    """A month's boards, each unit a flag."""
    tasks = MonthTask.objects.of_month(month).filter(group__in=groups)
    stamps, tiles = _stamps(tasks), _tiles(tasks, groups, month)
    said, closed = _said(groups, month, with_statements), closed_month(month)
    return [
        Wall(group, FlagCounts.of_marks(tile.mark for tile in own), own, said[group.pk], stamps[group.pk], closed)
        for group in groups
        for own in [tiles[group.pk]]
    ]


def _tiles(tasks: MonthTaskQuerySet, groups: Sequence[SpecialGroup], month: Month) -> dict[int, list[Tile]]:
    places = {(one.group_id, one.unit_code): one.place_of(month) for one in blue_streaks(until=month, groups=groups)}
    tiles: dict[int, list[Tile]] = defaultdict(list)
    for row in tasks.order_by("unit__code").values("group_id", "unit__code", "unit__name").annotate(**COUNTED):
        group, counts = row["group_id"], counts_of(row)
        tiles[group].append(Tile(row["unit__name"], counts.mark, counts, places.get((group, row["unit__code"]), 0)))
    return tiles


def _stamps(tasks: MonthTaskQuerySet) -> dict[int, int]:
    """How many markings each board has had."""
    return defaultdict(int, tasks.order_by().values_list("group_id").annotate(times=Sum("version")))


def _said(groups: Sequence[SpecialGroup], month: Month, with_statements: bool) -> dict[int, list[Said]]:
    """By group: the statements of the month, then what was corrected after it was closed."""
    said: dict[int, list[Said]] = defaultdict(list)
    if not with_statements:
        return said
    blue = MonthTask.objects.of_month(month).filter(group__in=groups, flag=Flag.BLUE).select_related("unit")
    for task in blue:
        until = _day(task.new_date) + (f"，{_day(task.made_good_on)} 补成" if task.made_good_on else "")
        said[task.group_id].append(Said(task.unit.name, task.content, task.reason, task.plan, until))
    corrected = Correction.objects.filter(task__group__in=groups, closed__year=month.year, closed__month=month.month)
    for one in corrected.select_related("task__unit"):
        change = f"{one.get_from_flag_display()}更正为{one.get_to_flag_display()}"
        said[one.task.group_id].append(
            Said(one.task.unit.name, one.task.content, f"{change}：{one.why}", one.plan or "—", f"{one.at:%m-%d} 更正")
        )
    return said


def _day(day: date | None) -> str:
    return f"{day:%m-%d}" if day else "—"
