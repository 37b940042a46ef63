"""What one case adds to the tallies: a function of its row and its events, and of nothing else.

That is what makes the figures exact: counted again after any change, a case gives back its old share and adds its new
one, and a rebuild that starts from nothing comes to the same sums.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Q

from common.clock import CITY_TIME
from complaints.models.complaint import Satisfaction
from complaints.workflow import OPEN_STATES, Move, State
from reports.models import Axis, Grain

MEASURES = (
    "filed", "answerable", "answered_in_time", "dispatched", "returned", "closed", "closed_in_time", "reworked",
    "pending", "rated", "satisfied", "solved", "seconds", "entered", "left",
)  # fmt: skip
(
    FILED, ANSWERABLE, ANSWERED_IN_TIME, DISPATCHED, RETURNED, CLOSED, CLOSED_IN_TIME, REWORKED,
    PENDING, RATED, SATISFIED, SOLVED, SECONDS, ENTERED, LEFT,
) = range(len(MEASURES))  # fmt: skip

# One number for each measure.
Counts = list[int]
# Day, unit, seconds, then every measure that counts one, as often as it does.
Fact = list[Any]
_SECONDS_OF_FACT = 2
# [community, grid, channel, group, major], then facts …
Share = list[Any]

# Bare values: a member of an enum is slow to compare, and these are compared for every event there is.
_OPEN = frozenset(state.value for state in OPEN_STATES)
_RECEIVED, _HANDLED = State.RECEIVED.value, State.HANDLED.value
_UNANSWERED = frozenset({State.RECEIVED.value, State.WITHDRAWN.value})
_DISPATCHES, _RETURN, _RATE = (
    frozenset({Move.DISPATCH.value, Move.REDISPATCH.value}),
    Move.RETURN.value,
    Move.RATE.value,
)
# The events that add something, or take part in it: a third of all do not.
counting = (
    ~Q(from_state__in=OPEN_STATES, to_state__in=OPEN_STATES)
    | Q(from_state=State.RECEIVED)
    | Q(move__in=[Move.DISPATCH, Move.REDISPATCH, Move.RETURN, Move.RATE])
)
_DAY, _MONTH, _SATISFIED = Grain.DAY.value, Grain.MONTH.value, Satisfaction.SATISFIED.value
_ALL, _GRID, _CHANNEL, _GROUP, _MAJOR = "", Axis.GRID.value, Axis.CHANNEL.value, Axis.GROUP.value, Axis.MAJOR.value


class Case(NamedTuple):
    """The columns of a case that count."""

    id: int
    state: str
    filed_at: datetime
    due_at: datetime | None
    handled_at: datetime | None
    closed_at: datetime | None
    closed_in_time: bool | None
    rework_count: int
    unit_id: int | None
    community_id: int | None
    grid_id: int | None
    channel: str
    group: str
    major: str | None


# The columns of an event that count:
# case_id, move, from_state, to_state, unit_id, at, was_overdue, satisfaction, is_solved.
Step = tuple[Any, ...]


class Cell(NamedTuple):
    """Where a count stands; `starts_on` is the ordinal of the period's first day."""

    grain: str
    starts_on: int
    axis: str
    key: str
    community_id: int | None
    unit_id: int | None

    @classmethod
    def nowhere(cls) -> "Cell":
        """For what is only to be deleted."""
        return cls("", 1, "", "", None, None)

    @property
    def name(self) -> str:
        parts = (self.grain, date.fromordinal(self.starts_on), self.axis, self.key, self.community_id, self.unit_id)
        return "|".join("" if part is None else str(part) for part in parts)


class _Facts(dict[tuple[int, int | None], Fact]):
    """By day and unit, while they are gathered."""

    def on(self, moment: datetime, unit_id: int | None) -> Fact:
        """The fact of this day and unit, for measures to be appended."""
        place = (_city_day(moment), unit_id)
        return self.get(place) or self.setdefault(place, [*place, 0])


def _city_day(moment: datetime) -> int:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # as SQLite gives them
    return aware.astimezone(CITY_TIME).toordinal()


def share_of(case: Case, steps: Sequence[Step]) -> Share:
    """`steps` are the events of the case in their order: all, or those that `counting` leaves."""
    facts, unit = _Facts(), case.unit_id
    filed = facts.on(case.filed_at, unit)
    filed.append(FILED)
    for place, (_, move, from_state, to_state, its_unit, at, was_overdue, satisfaction, is_solved) in enumerate(steps):
        was_open, is_open = from_state in _OPEN, to_state in _OPEN
        if was_open != is_open:
            facts.on(at, unit).append(ENTERED if is_open else LEFT)
        if from_state == _RECEIVED and to_state not in _UNANSWERED:
            filed += [ANSWERABLE] if was_overdue else [ANSWERABLE, ANSWERED_IN_TIME]
        if move in _DISPATCHES:
            came_back = any(later[1] == _RETURN and later[4] == its_unit for later in steps[place + 1 :])
            facts.on(at, its_unit).extend([DISPATCHED, RETURNED] if came_back else [DISPATCHED])
        elif move == _RATE and satisfaction is not None:
            rated = [(RATED, True), (SATISFIED, satisfaction >= _SATISFIED), (SOLVED, is_solved)]
            facts.on(at, its_unit).extend(measure for measure, holds in rated if holds)
    if case.closed_at:
        _count_closing(facts.on(case.closed_at, unit), case, case.closed_at)
    if case.due_at and _is_pending(case):
        facts.on(case.due_at, unit).append(PENDING)
    return [[case.community_id, case.grid_id, case.channel, case.group, case.major], *facts.values()]


def _count_closing(fact: Fact, case: Case, closed_at: datetime) -> None:
    fact[_SECONDS_OF_FACT] = max(0, int((closed_at - case.filed_at).total_seconds()))
    fact.append(CLOSED)
    if case.closed_in_time:
        fact.append(CLOSED_IN_TIME)
    if case.rework_count:
        fact.append(REWORKED)


def _is_pending(case: Case) -> bool:
    """Whether it will count as overdue once its deadline has passed; see complaints.figures.open_overdue."""
    if case.state not in _OPEN or case.unit_id is None or case.due_at is None:
        return False
    return not (case.state == _HANDLED and case.handled_at and case.handled_at <= case.due_at)


# Shares are kept as text: whether one is still right is seen without reading it.
written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
read = json.loads


@lru_cache(maxsize=10_000)
def _first_of_month(day: int) -> int:
    return date.fromordinal(day).replace(day=1).toordinal()


class Sums:
    """Counts by cell, added to and taken from."""

    def __init__(self) -> None:
        # By plain tuples, which equal a Cell and are made in a tenth of the time.
        self._by_cell: dict[tuple[Any, ...], Counts] = {}

    def add(self, share: Share, sign: int = 1) -> None:
        (community, grid, channel, group, major), *facts = share
        axes = ((_ALL, ""), (_GRID, str(grid or "")), (_CHANNEL, channel), (_GROUP, group), (_MAJOR, major or ""))
        months: dict[tuple[int, int | None], tuple[int, list[int]]] = {}
        for day, unit, seconds, *measures in facts:
            self._count((_DAY, day, _ALL, "", community, unit), seconds, measures, sign)
            place = (_first_of_month(day), unit)
            before = months.get(place)
            months[place] = (before[0] + seconds, before[1] + measures) if before else (seconds, measures)
        for (month, unit), (seconds, measures) in months.items():
            for axis, key in axes:
                self._count((_MONTH, month, axis, key, community, unit), seconds, measures, sign)

    def _count(self, cell: tuple[Any, ...], seconds: int, measures: list[int], sign: int) -> None:
        sums = self._by_cell.get(cell)
        if sums is None:
            sums = self._by_cell[cell] = [0] * len(MEASURES)
        sums[SECONDS] += sign * seconds
        for measure in measures:
            sums[measure] += sign

    def non_zero(self) -> Iterable[tuple[Cell, Counts]]:
        return ((Cell._make(cell), counts) for cell, counts in self._by_cell.items() if any(counts))
