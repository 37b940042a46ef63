"""The figures of the cockpit, composed of what each app counts.

Only the open cases are asked for each time; the rest is remembered until tallies, flags or volunteers' hours change.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.db.models import Count, Q, Sum

from common.months import Month
from common.revisions import remembered
from complaints.behind import Why
from complaints.figures import CaseFigures, Rate
from complaints.models.complaint import Light
from complaints.staff_forms import EVERY
from progress.models import Mark, MonthTask
from progress.stats import COUNTED, FlagCounts, counts_of
from reports.cockpit.choice import Choice
from reports.directory import Directory, Named
from reports.models import PatrolTally
from reports.rollups import reading
from reports.rollups.reading import OpenNow, Scope, Standing, Summed
from volunteers.models import ServiceRecord

ASKED_UNITS = 10
FEWEST_DUE = 3
LOW_PERCENT = 90


@dataclass(frozen=True)
class Flags:
    """Flags of the months by board and unit, and by unit alone."""

    by_board: dict[tuple[Month, int], FlagCounts]
    by_unit: dict[tuple[Month, int], FlagCounts]

    @cached_property
    def _by_month(self) -> dict[Month, FlagCounts]:
        found: dict[Month, FlagCounts] = defaultdict(FlagCounts)
        for (month, _), counts in self.by_board.items():
            found[month] += counts
        return dict(found)

    def of_month(self, month: Month) -> FlagCounts:
        return self._by_month.get(month, FlagCounts())

    def blue_months(self, unit_id: int, until: Month) -> int:
        """How many months in a row, up to this one, the unit had a blue flag anywhere."""
        length = 0
        while self.by_unit.get((until.shifted(-length), unit_id), FlagCounts()).blue:
            length += 1
        return length


@dataclass(frozen=True)
class Patrolled:
    """Walked of expected grid-days that are over; today stands apart."""

    covered: Rate = Rate(0, 0)
    today: Rate = Rate(0, 0)

    @property
    def missing_today(self) -> int:
        return self.today.denominator - self.today.numerator


@dataclass(frozen=True)
class Service:
    """Confirmed volunteer minutes and activities, and the minutes of the time that is compared with."""

    minutes: int = 0
    activities: int = 0
    other_minutes: int = 0


@dataclass(frozen=True)
class BoardLine:
    group: Named
    counts: FlagCounts


@dataclass(frozen=True)
class UnitLine:
    """A unit to ask about, and why: late cases, a low rate, or blue months in a row."""

    choice: Choice
    unit: Named
    standing: Standing
    on_time: Rate
    mark: Mark
    blue_months: int

    @property
    def open_url(self) -> str:
        return self.choice.area.cases(unit=self.unit.code)

    @property
    def overdue_url(self) -> str:
        return self.choice.area.cases(unit=self.unit.code, light=str(Light.OVERDUE))

    @property
    def late_url(self) -> str:
        given = {"state": EVERY, "why": str(Why.LATE), "month": str(self.choice.month)}
        return self.choice.area.cases(unit=self.unit.code, **given)

    @property
    def blue_words(self) -> str:
        return f"连续 {self.blue_months} 月"

    @property
    def is_asked(self) -> bool:
        percent = self.on_time.percent
        is_low = percent is not None and percent < LOW_PERCENT and self.on_time.denominator >= FEWEST_DUE
        return bool(self.standing.overdue) or is_low or self.blue_months > 1

    @property
    def urgency(self) -> tuple[int, int, int]:
        percent = self.on_time.percent
        return -self.standing.overdue, -self.blue_months, percent if percent is not None else 101


@dataclass(frozen=True)
class Cockpit:
    """Everything on the page, read; what is derived stands in properties."""

    choice: Choice
    names: Directory
    now: OpenNow
    by_month: dict[Month, Summed]
    # Of the chosen month.
    by_unit: dict[int | None, Summed]
    same_days: Summed
    flags: Flags
    patrols: dict[Month, Patrolled]
    service: Service

    @cached_property
    def months(self) -> list[Month]:
        """Oldest first, the chosen one last; those before the first case are left out."""
        months = [self.choice.first.shifted(n) for n in range(13)]
        known = [month for month in months if self._summed(month) != Summed() or self.flags.of_month(month).total]
        return [month for month in months if month >= known[0]] if known else [self.choice.month]

    def _summed(self, month: Month) -> Summed:
        return self.by_month.get(month, Summed())

    def cases(self, month: Month) -> CaseFigures:
        return self._summed(month).cases

    @property
    def this(self) -> Summed:
        return self._summed(self.choice.month)

    @property
    def other(self) -> Summed:
        """What is compared with: the same days of the other month while the chosen one is running."""
        return self.same_days if self.choice.is_running else self._summed(self.choice.other)

    @property
    def open_at_end(self) -> int:
        """Open cases at the end of the chosen month; of the running one, now."""
        return self.open_after(self.choice.month)

    def open_after(self, month: Month) -> int:
        """Open cases at the end of a month: back from today, by what came and went since."""
        later = [one for one_month, one in self.by_month.items() if one_month > month]
        return self.now.total.open - sum(one.entered - one.left for one in later)

    @property
    def counts(self) -> FlagCounts:
        return self.flags.of_month(self.choice.month)

    @cached_property
    def flag_months(self) -> list[tuple[Month, FlagCounts, str]]:
        """Newest first, of the months that have tasks, each with its page; a year at most."""
        counted = [(month, self.flags.of_month(month)) for month in reversed(self.months)]
        return [(month, counts, self.choice.flags_url(month)) for month, counts in counted if counts.total][:12]

    @property
    def patrolled(self) -> Patrolled:
        return self.patrols.get(self.choice.month, Patrolled())

    @cached_property
    def boards(self) -> list[BoardLine]:
        """The boards with tasks, those with the most blue flags first."""
        lines = [
            BoardLine(self.names.groups[pk], counts)
            for (month, pk), counts in self.flags.by_board.items()
            if month == self.choice.month and pk in self.names.groups
        ]
        return sorted(lines, key=lambda line: (-line.counts.blue, -line.counts.unmarked, line.group.name))

    @cached_property
    def asked(self) -> list[UnitLine]:
        """The units to ask about, the most urgent first."""
        asked = sorted((line for line in self.unit_lines if line.is_asked), key=lambda line: line.urgency)
        return asked[:ASKED_UNITS]

    @cached_property
    def unit_lines(self) -> list[UnitLine]:
        month, standing = self.choice.month, self.now.by_unit
        units = {*standing, *self.by_unit, *(pk for one, pk in self.flags.by_unit if one == month)}
        return [
            UnitLine(
                choice=self.choice,
                unit=self.names.units[pk],
                standing=standing.get(pk, Standing()) if self.choice.is_running else Standing(),
                on_time=self.by_unit.get(pk, Summed()).cases.on_time,
                mark=self.flags.by_unit.get((month, pk), FlagCounts()).mark,
                blue_months=self.flags.blue_months(pk, month),
            )
            for pk in units
            if pk in self.names.units
        ]


def cockpit(choice: Choice, names: Directory, now: OpenNow) -> Cockpit:
    """`now`: the open cases of the chosen area."""
    area, month, this = choice.area, choice.month, Month.of(choice.today)
    boards = frozenset([area.group.pk]) if area.group else names.boards
    days = _same_days(choice)
    # Up to today, so that what was open at the end of an earlier month is found by going back.
    course = reading.course(choice.first, this, this=this, now=now, scope=area.scope)
    units = reading.course(month, month, this=this, now=now, by="unit_id", scope=area.scope)
    return Cockpit(
        choice=choice,
        names=names,
        now=now,
        by_month={one: summed for (one, _), summed in course.items()},
        by_unit={unit: summed for (_, unit), summed in units.items()},
        same_days=reading.days(*days, scope=area.scope) if choice.is_running else Summed(),
        flags=_flags(choice.first, month, boards, area.flag_units),
        patrols=_patrols(choice.first, month, area.scope),
        service=_service(month, days, area.scope),
    )


def _same_days(choice: Choice) -> tuple[date, date]:
    """The days of the other month: of a running month those that correspond to the days so far."""
    first, last = choice.other.first_day, choice.other.last_day
    return first, min(first + timedelta(days=choice.today.day - 1), last) if choice.is_running else last


@remembered("volunteers", "reference")
def _service(month: Month, days: tuple[date, date], scope: Scope) -> Service:
    """By the day on which it was done, as the volunteers' own figures count it."""
    this, other = Q(year=month.year, month=month.month), Q(served_on__range=days)
    records = ServiceRecord.objects.filter(this | other)
    if scope.communities is not None:
        records = records.filter(activity__grid__community_id__in=scope.communities)
    if scope.units is not None:
        records = records.filter(unit_id__in=scope.units)
    counted = records.order_by().aggregate(
        served=Sum("minutes", filter=this, default=0),
        held=Count("activity", filter=this, distinct=True),
        before=Sum("minutes", filter=other, default=0),
    )
    return Service(counted["served"], counted["held"], counted["before"])


@remembered("boards", most=16)
def _flags(first: Month, last: Month, boards: frozenset[int], units: frozenset[int] | None) -> Flags:
    tasks = MonthTask.objects.filter(group_id__in=boards, year__range=(first.year, last.year))
    if units is not None:
        tasks = tasks.filter(unit_id__in=units)
    by_board: dict[tuple[Month, int], FlagCounts] = defaultdict(FlagCounts)
    by_unit: dict[tuple[Month, int], FlagCounts] = defaultdict(FlagCounts)
    for row in tasks.order_by().values("year", "month", "group_id", "unit_id").annotate(**COUNTED):
        month, counts = Month(row["year"], row["month"]), counts_of(row)
        by_board[month, row["group_id"]] += counts
        by_unit[month, row["unit_id"]] += counts
    return Flags(dict(by_board), dict(by_unit))


@remembered("figures", "reference")
def _patrols(first: Month, last: Month, scope: Scope) -> dict[Month, Patrolled]:
    rows = PatrolTally.objects.filter(month__range=(first.first_day, last.first_day))
    if scope.communities is not None:
        rows = rows.filter(grid__community_id__in=scope.communities)
    if scope.units is not None:
        rows = rows.filter(unit_id__in=scope.units)
    counted = rows.values_list("month").annotate(
        Sum("walked"), Sum("expected"), Sum("walked_today"), Sum("expected_today")
    )
    return {Month.of(day): Patrolled(Rate(a, b), Rate(c, d)) for day, a, b, c, d in counted}
