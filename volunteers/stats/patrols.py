"""Counted reads: which grid was patrolled on which day, by whom it was expected, and where it was left out."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from accounts.models import Unit
from common.clock import CITY_TIME
from grids.models import Community, Grid, GridAssignment
from grids.stats import Covered
from volunteers.models import PatrolLog

_DAY = timedelta(days=1)
# Far enough back for a streak worth telling.
STREAK_DAYS = 120


class DayState(StrEnum):
    """How a grid stands on a day. LATE: walked that day, sent on a later one."""

    DONE = "done"
    LATE = "late"
    MISSING = "missing"
    TODAY = "today"
    NONE = "none"


WALKED = frozenset({DayState.DONE, DayState.LATE})


@dataclass(frozen=True)
class Gap:
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class GridRow:
    """A grid's days. `streak`: days in a row up to today (or yesterday, while today is still open)."""

    grid: Grid
    unit: Unit
    states: list[DayState]
    covered: Covered
    streak: int
    gaps: list[Gap]


@dataclass(frozen=True)
class Coverage:
    """Grid-days walked of grid-days expected. `covered` counts the days that are over; today stands apart."""

    days: list[date]
    rows: list[GridRow]
    by_day: list[Covered]
    by_community: list[tuple[Community, Covered]]
    covered: Covered
    today: Covered


@dataclass
class _Ledger:
    """What is needed of the database, read once."""

    leads: dict[int, list[GridAssignment]]
    walked: dict[tuple[int, date], DayState]
    today: date
    grids: dict[int, Grid] = field(default_factory=dict)

    def lead_on(self, grid_id: int, day: date) -> Unit | None:
        for lead in self.leads[grid_id]:
            if lead.started_on <= day and (lead.ended_on is None or day < lead.ended_on):
                return lead.unit
        return None

    def state(self, grid_id: int, day: date, unit: Unit | None) -> DayState:
        """`unit` narrows it to the days on which that unit had the lead."""
        lead, grid = self.lead_on(grid_id, day), self.grids[grid_id]
        is_expected = lead is not None and (unit is None or lead.pk == unit.pk) and grid.started_on <= day <= self.today
        if not is_expected or (grid.ended_on and day >= grid.ended_on):
            return DayState.NONE
        return self.walked.get((grid_id, day)) or (DayState.TODAY if day == self.today else DayState.MISSING)


def patrol_coverage(
    first: date, last: date, *, today: date, unit: Unit | None = None, streaks: bool = True
) -> Coverage:
    """Every grid with a lead wants one patrol a day, whichever unit walks it. Both ends are in it; three queries.

    Without `streaks` the logs of the days before are not read, and every streak counts from `first`.
    """
    since = min(first, min(last, today) - _DAY * STREAK_DAYS) if streaks else first
    ledger = _ledger(first, last, today, since=since)
    days = [first + _DAY * n for n in range((last - first).days + 1)]
    rows = [row for grid in ledger.grids.values() if (row := _row(ledger, grid, days, unit))]
    past = [n for n, day in enumerate(days) if day < today]
    return Coverage(
        days=days,
        rows=rows,
        by_day=[_counted(row.states[n] for row in rows) for n in range(len(days))],
        by_community=_by_community(rows, past),
        covered=_counted(row.states[n] for row in rows for n in past),
        today=_counted(row.states[n] for row in rows for n, day in enumerate(days) if day == today),
    )


def patrolled_today(*, on: date, unit: Unit | None = None) -> Covered:
    """The grids walked on that day of those that should be; of one unit, or of the city."""
    return patrol_coverage(on, on, today=on, unit=unit, streaks=False).today


def missing_patrols(*, on: date) -> dict[Unit, list[Grid]]:
    """Units, by code, with the grids in their lead that nobody has patrolled on that day."""
    missing: dict[Unit, list[Grid]] = defaultdict(list)
    for row in patrol_coverage(on, on, today=on, streaks=False).rows:
        if row.states[0] == DayState.TODAY:
            missing[row.unit].append(row.grid)
    return dict(sorted(missing.items(), key=lambda one: one[0].code))


def _ledger(first: date, last: date, today: date, *, since: date) -> _Ledger:
    leads: dict[int, list[GridAssignment]] = defaultdict(list)
    assignments = GridAssignment.objects.filter(kind=GridAssignment.Kind.LEAD, started_on__lte=last)
    for lead in assignments.exclude(ended_on__lte=first).select_related("unit").order_by("-started_on"):
        leads[lead.grid_id].append(lead)
    grids = Grid.objects.filter(pk__in=list(leads)).select_related("community").defer("boundary", "community__boundary")
    logs = PatrolLog.objects.between(since, last).values_list("grid_id", "on", "received_at")
    walked: dict[tuple[int, date], DayState] = {}
    for grid_id, on, received_at in logs.iterator():
        in_time = received_at.astimezone(CITY_TIME).date() <= on
        if in_time or (grid_id, on) not in walked:
            walked[grid_id, on] = DayState.DONE if in_time else DayState.LATE
    return _Ledger(leads, walked, today, {grid.pk: grid for grid in grids.order_by("code")})


def _row(ledger: _Ledger, grid: Grid, days: list[date], unit: Unit | None) -> GridRow | None:
    states = [ledger.state(grid.pk, day, unit) for day in days]
    if all(state == DayState.NONE for state in states) and (unit is not None or days[-1] >= ledger.today):
        return None
    lead = unit or ledger.lead_on(grid.pk, min(days[-1], ledger.today)) or ledger.leads[grid.pk][0].unit
    past = [state for state, day in zip(states, days, strict=True) if day < ledger.today]
    return GridRow(grid, lead, states, _counted(past), _streak(ledger, grid), _gaps(days, states))


def _streak(ledger: _Ledger, grid: Grid) -> int:
    day = ledger.today if (grid.pk, ledger.today) in ledger.walked else ledger.today - _DAY
    streak = 0
    while (grid.pk, day) in ledger.walked:
        streak, day = streak + 1, day - _DAY
    return streak


def _gaps(days: list[date], states: list[DayState]) -> list[Gap]:
    """Runs of days on which nobody walked the grid."""
    gaps: list[Gap] = []
    for day, state in zip(days, states, strict=True):
        if state != DayState.MISSING:
            continue
        if gaps and gaps[-1].last == day - _DAY:
            gaps[-1] = Gap(gaps[-1].first, day)
        else:
            gaps.append(Gap(day, day))
    return gaps


def _counted(states: Iterable[DayState]) -> Covered:
    expected = [state for state in states if state != DayState.NONE]
    return Covered(sum(state in WALKED for state in expected), len(expected))


def _by_community(rows: list[GridRow], past: list[int]) -> list[tuple[Community, Covered]]:
    of: dict[Community, list[GridRow]] = defaultdict(list)
    for row in rows:
        of[row.grid.community].append(row)
    counted = [(area, _counted(row.states[n] for row in members for n in past)) for area, members in of.items()]
    return sorted(counted, key=lambda one: one[0].code)
