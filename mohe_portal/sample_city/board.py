"""A year of month tasks and their flags on the boards of the special groups."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from accounts.models import SpecialGroup, Unit, User
from common.clock import CITY_TIME
from common.months import Month
from mohe_portal.sample_city import words
from mohe_portal.sample_city.cast import Cast
from mohe_portal.sample_city.dice import Dice, dice
from progress.models import Flag, Marking, MonthTask

UNITS_IN_TWO_GROUPS = 18
MADE_GOOD_SHARE = 0.45
MARKED_AT_LEAST = 0.45  # of the current month's tasks, however early in the month it is


@dataclass(frozen=True)
class Seat:
    """A unit on the board of a group; `reliability` is the chance that it completes a task."""

    unit: Unit
    group: SpecialGroup
    reliability: float


def fill_boards(seed: int, cast: Cast, *, until: datetime, months: int) -> int:
    """Store the tasks of the current month, of so many before it and of the year's rest; returns how many."""
    seats = _seats(seed, cast)
    current = Month.of(until)
    marked = [
        _Marked(task, markings)
        for back in range(months, current.month - 13, -1)
        for task, markings in _month(seed, cast, seats, current.shifted(-back), until)
    ]
    MonthTask.objects.bulk_create([one.task for one in marked], batch_size=500)
    for one in marked:
        for marking in one.markings:
            marking.task = one.task
    Marking.objects.bulk_create([marking for one in marked for marking in one.markings], batch_size=500)
    return len(marked)


@dataclass(frozen=True)
class _Marked:
    task: MonthTask
    markings: list[Marking]


def _seats(seed: int, cast: Cast) -> list[Seat]:
    """Put each unit on one board, some on two."""
    chance = dice(seed, "seats")
    boards = [group for group in cast.groups if group.has_board]
    seats = []
    second = set(chance.sample(range(len(cast.units)), UNITS_IN_TWO_GROUPS))
    for number, unit in enumerate(cast.units):
        reliability = chance.choice((0.97, 0.94, 0.9, 0.86, 0.8, 0.62))
        first = boards[number % len(boards)]
        seats.append(Seat(unit, first, reliability))
        if number in second:
            seats.append(Seat(unit, chance.choice([board for board in boards if board != first]), reliability))
    return seats


def _month(
    seed: int, cast: Cast, seats: list[Seat], month: Month, until: datetime
) -> Iterator[tuple[MonthTask, list[Marking]]]:
    chance = dice(seed, "month", month)
    share = {group.pk: _share_marked(month, until, chance) for group in cast.groups}
    for seat in seats:
        if chance.random() < 0.03:  # nothing to do for this group this month
            continue
        for content in chance.sample(_tasks(seat.group, month), chance.choice((1, 1, 2, 2, 3))):
            task = MonthTask(
                unit=seat.unit, group=seat.group, year=month.year, month=month.month, content=_filled(content, chance)
            )
            is_marked = chance.random() < share[seat.group.pk]
            yield task, _mark(task, seat, month, cast, until, chance) if is_marked else []


def _tasks(group: SpecialGroup, month: Month) -> tuple[str, ...]:
    in_season = words.WINTER_TASKS if month.month in words.WINTER else words.SUMMER_TASKS
    return words.MONTH_TASKS[group.code] + in_season.get(group.code, ())


def _filled(content: str, chance: Dice) -> str:
    return content.format(n=chance.randint(6, 40), few=chance.randint(2, 5), many=chance.randrange(50, 400, 10))


def _share_marked(month: Month, until: datetime, chance: Dice) -> float:
    """Return which part of a board is marked: all of it once the month is over, nothing before it begins."""
    if until < month.starts_at:
        return 0.0
    if until >= month.ends_at:
        return 1.0
    gone = (until - month.starts_at) / (month.ends_at - month.starts_at)
    return min(1.0, max(MARKED_AT_LEAST, gone) + chance.uniform(-0.15, 0.2))


def _mark(task: MonthTask, seat: Seat, month: Month, cast: Cast, until: datetime, chance: Dice) -> list[Marking]:
    """Give a task its flag and return how it came by it; now and then a first marking was corrected."""
    by = chance.choice(cast.office)
    at = _marking_moment(month, until, chance)
    flag = Flag.RED if chance.random() < seat.reliability else Flag.BLUE
    markings = []
    if chance.random() < 0.03:
        wrong = Flag.BLUE if flag == Flag.RED else Flag.RED
        markings.append(
            _marking(task, Flag.UNMARKED, wrong, at - timedelta(minutes=chance.randint(3, 50)), by, month, chance)
        )
    markings.append(_marking(task, markings[-1].to_flag if markings else Flag.UNMARKED, flag, at, by, month, chance))
    last = markings[-1]
    task.flag, task.version, task.marked_at, task.marked_by = flag, len(markings), at, by
    task.reason, task.plan, task.new_date = last.reason, last.plan, last.new_date
    if flag == Flag.BLUE and last.new_date and last.new_date < until.date() and chance.random() < MADE_GOOD_SHARE:
        task.made_good_on = last.new_date
    for version, marking in enumerate(markings, start=1):
        marking.version = version
    return markings


def _marking(task: MonthTask, before: str, after: Flag, at: datetime, by: User, month: Month, chance: Dice) -> Marking:
    marking = Marking(from_flag=before, to_flag=after, by=by, at=at)
    if after == Flag.BLUE:
        in_season = words.WINTER_BLUE_REASONS if month.month in words.WINTER else ()
        marking.reason, marking.plan = chance.choice(words.BLUE_REASONS + in_season)
        marking.new_date = month.last_day + timedelta(days=chance.randint(3, 26))
    return marking


def _marking_moment(month: Month, until: datetime, chance: Dice) -> datetime:
    """Return an office hour of the month's last days; in the current month, one that has been."""
    latest = min(until, month.ends_at - timedelta(hours=6))
    earliest = max(month.starts_at, min(_at_eight(month.last_day - timedelta(days=5)), latest - timedelta(days=2)))
    day = (earliest + (latest - earliest) * chance.random()).astimezone(CITY_TIME)
    return min(day.replace(hour=chance.randint(8, 17), microsecond=0), latest)


def _at_eight(day: date) -> datetime:
    return datetime.combine(day, time(8), CITY_TIME)
