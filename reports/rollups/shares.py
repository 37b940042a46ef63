"""What one case adds to the tallies: a function of its row and its events, and of nothing else.

That is what makes the figures exact: counted again after any change, a case gives back its old share and adds its new
one, and a rebuild that starts from nothing comes to the same sums.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from common.clock import CITY_TIME
from complaints.models.complaint import Satisfaction
from complaints.workflow import OPEN_STATES, Move, State
from reports.models import Axis, Grain

MEASURES = (
    "filed", "answerable", "answered_in_time", "dispatched", "returned", "closed", "closed_in_time", "reworked",
    "pending", "rated", "satisfied", "solved", "seconds", "entered", "left",
)  # fmt: skip
_PLACE = {name: place for place, name in enumerate(MEASURES)}

Counts = list[int]
# [community, grid, channel, group, major], then [day, unit, counts without their trailing zeros] …
Share = list[Any]


@dataclass(frozen=True)
class Case:
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


@dataclass(frozen=True)
class Step:
    """The columns of an event that count."""

    case_id: int
    move: str
    from_state: str
    to_state: str
    unit_id: int | None
    at: datetime
    was_overdue: bool
    satisfaction: int | None
    is_solved: bool | None


@dataclass(frozen=True, order=True)
class Cell:
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

    def __str__(self) -> str:
        parts = (self.grain, date.fromordinal(self.starts_on), self.axis, self.key, self.community_id, self.unit_id)
        return "|".join("" if part is None else str(part) for part in parts)


class _Facts:
    """Counts by day and unit, while they are gathered."""

    def __init__(self) -> None:
        self._counts: dict[tuple[int, int | None], Counts] = defaultdict(lambda: [0] * len(MEASURES))

    def add(self, moment: datetime, unit_id: int | None, **numbers: int) -> None:
        counts = self._counts[moment.astimezone(CITY_TIME).toordinal(), unit_id]
        for name, number in numbers.items():
            counts[_PLACE[name]] += number

    def listed(self) -> list[list[Any]]:
        ordered = sorted(self._counts.items(), key=lambda one: (one[0][0], one[0][1] or 0))
        return [[day, unit, _short(counts)] for (day, unit), counts in ordered]


def share_of(case: Case, steps: Sequence[Step]) -> Share:
    """`steps` are all events of the case in their order."""
    facts = _Facts()
    facts.add(case.filed_at, case.unit_id, filed=1)
    for place, step in enumerate(steps):
        _count_step(facts, case, step, steps[place + 1 :])
    if case.closed_at:
        took = max(0, int((case.closed_at - case.filed_at).total_seconds()))
        in_time, reworked = int(bool(case.closed_in_time)), int(case.rework_count > 0)
        facts.add(case.closed_at, case.unit_id, closed=1, closed_in_time=in_time, reworked=reworked, seconds=took)
    if case.due_at and _is_pending(case):
        facts.add(case.due_at, case.unit_id, pending=1)
    return [[case.community_id, case.grid_id, case.channel, case.group, case.major], *facts.listed()]


def _count_step(facts: _Facts, case: Case, step: Step, later: Sequence[Step]) -> None:
    was_open, is_open = step.from_state in OPEN_STATES, step.to_state in OPEN_STATES
    if is_open and not was_open:
        facts.add(step.at, case.unit_id, entered=1)
    elif was_open and not is_open:
        facts.add(step.at, case.unit_id, left=1)
    if step.from_state == State.RECEIVED and step.to_state not in {State.RECEIVED, State.WITHDRAWN}:
        facts.add(case.filed_at, case.unit_id, answerable=1, answered_in_time=int(not step.was_overdue))
    if step.move in {Move.DISPATCH, Move.REDISPATCH}:
        came_back = any(one.move == Move.RETURN and one.unit_id == step.unit_id for one in later)
        facts.add(step.at, step.unit_id, dispatched=1, returned=int(came_back))
    if step.move == Move.RATE and step.satisfaction is not None:
        satisfied = int(step.satisfaction >= Satisfaction.SATISFIED)
        facts.add(step.at, step.unit_id, rated=1, satisfied=satisfied, solved=int(bool(step.is_solved)))


def _is_pending(case: Case) -> bool:
    """Whether it will count as overdue once its deadline has passed; see complaints.figures.open_overdue."""
    if case.state not in OPEN_STATES or case.unit_id is None or case.due_at is None:
        return False
    return not (case.state == State.HANDLED and case.handled_at and case.handled_at <= case.due_at)


def cells(share: Share) -> Iterator[tuple[Cell, Counts]]:
    """Every cell that a share adds to, with what it adds."""
    (community, grid, channel, group, major), *facts = share
    axes = [(Axis.ALL, ""), (Axis.GRID, str(grid or "")), (Axis.CHANNEL, channel), (Axis.GROUP, group)]
    axes.append((Axis.MAJOR, major or ""))
    for day, unit, counts in facts:
        yield Cell(Grain.DAY.value, day, "", "", community, unit), counts
        month = date.fromordinal(day).replace(day=1).toordinal()
        for axis, key in axes:
            yield Cell(Grain.MONTH.value, month, axis.value, key, community, unit), counts


class Sums:
    """Counts by cell, added to and taken from."""

    def __init__(self) -> None:
        self.by_cell: dict[Cell, Counts] = {}

    def add(self, share: Share, sign: int = 1) -> None:
        for cell, counts in cells(share):
            sums = self.by_cell.get(cell)
            if sums is None:
                sums = self.by_cell[cell] = [0] * len(MEASURES)
            for place, number in enumerate(counts):
                sums[place] += sign * number

    def non_zero(self) -> Iterable[tuple[Cell, Counts]]:
        return ((cell, counts) for cell, counts in self.by_cell.items() if any(counts))


def _short(counts: Counts) -> Counts:
    while counts and not counts[-1]:
        counts = counts[:-1]
    return counts
