"""What the tallies say, joined with the little that only the present moment tells.

Two things come about by time alone, without any event, so they are counted live, among open cases by an index: which
open cases are past their deadline, and which filings nobody answered in time. Their number goes with the work in hand,
not with the number of cases stored. What the tallies say is remembered until they are counted again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cached_property, partial
from typing import Any

from django.db.models import Count, DateTimeField, F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from common.clock import CITY_TIME
from common.composed import Composed
from common.months import Month
from common.revisions import remembered
from complaints.figures import CaseFigures, is_late, late_now
from complaints.models import Complaint
from complaints.workflow import State
from reports.models import Axis, Grain, Tally
from reports.rollups.shares import MEASURES

_OF_CASES = [one.name for one in fields(CaseFigures)]
# The axes that the keys of tallies name.
_AXES = frozenset(Axis.values) - {Axis.ALL}
# How a row of a case names what a tally names.
_FIELD_OF_CASE = {
    "community_id": "grid__community_id",
    "unit_id": "unit_id",
    Axis.GRID: "grid_id",
    Axis.CHANNEL: "channel",
    Axis.GROUP: "group",
    Axis.MAJOR: "category__major_name",
}


@dataclass(frozen=True)
class Scope:
    """The part of the city that figures are wanted of. None is no limit; an empty set is nothing at all."""

    communities: frozenset[int] | None = None
    units: frozenset[int] | None = None

    def of_tallies(self) -> Q:
        return self._limit("community_id", "unit_id")

    def of_cases(self) -> Q:
        return self._limit("grid__community_id", "unit_id")

    def _limit(self, community: str, unit: str) -> Q:
        limit = Q()
        if self.communities is not None:
            limit &= Q(**{f"{community}__in": sorted(self.communities)})
        if self.units is not None:
            limit &= Q(**{f"{unit}__in": sorted(self.units)})
        return limit


CITY = Scope()


@dataclass(frozen=True)
class Summed:
    """The figures of a period and what else was summed with them."""

    cases: CaseFigures = CaseFigures()
    seconds: int = 0
    entered: int = 0
    left: int = 0

    def __add__(self, other: "Summed") -> "Summed":
        return Summed(
            self.cases + other.cases,
            self.seconds + other.seconds,
            self.entered + other.entered,
            self.left + other.left,
        )

    @property
    def average_days(self) -> float | None:
        """From filing to closing; None where nothing was closed."""
        return self.seconds / self.cases.closed / 86400 if self.cases.closed else None


@dataclass(frozen=True)
class Standing:
    """What is open at a moment; `late`: what counts as overdue against the rates of the month of that moment."""

    open: int = 0
    overdue: int = 0
    soon: int = 0
    late: int = 0

    def __add__(self, other: "Standing") -> "Standing":
        pairs = ((getattr(self, one.name), getattr(other, one.name)) for one in fields(self))
        return Standing(*(mine + theirs for mine, theirs in pairs))


# Unit, grid, and the numbers of Standing.
Place = tuple[int | None, int | None, int, int, int, int]


@dataclass(frozen=True)
class OpenNow:
    """Open cases at a moment, by unit and grid. Moments that count the same are equal: what is made of them is kept."""

    places: frozenset[Place]

    @cached_property
    def total(self) -> Standing:
        return sum(self.by_unit.values(), Standing())

    @cached_property
    def by_unit(self) -> dict[int | None, Standing]:
        return self._by(0)

    @cached_property
    def by_grid(self) -> dict[int | None, Standing]:
        return self._by(1)

    def by(self, axis: str) -> Mapping[Any, Standing]:
        """`axis`: "unit_id", Axis.GRID, or nothing, for which the key is None."""
        if not axis:
            return {None: self.total}
        return self.by_grid if axis == Axis.GRID else self.by_unit

    def _by(self, which: int) -> dict[int | None, Standing]:
        found: dict[int | None, Standing] = {}
        for place in self.places:
            found[place[which]] = found.get(place[which], Standing()) + Standing(*place[2:])
        return found


def open_now(*, at: datetime, scope: Scope = CITY) -> OpenNow:
    """In one query."""
    since = Month.of(at).starts_at
    return OpenNow(frozenset(_open_in_city(at=at, since=since) if scope == CITY else _open(scope, at=at, since=since)))


def _open(scope: Scope, *, at: Any, since: Any) -> QuerySet[Complaint, Place]:
    """`at`: a moment, or the place of one; `since`: when its month began."""
    return (
        Complaint.objects.open()
        .filter(scope.of_cases())
        .order_by()
        .values_list("unit_id", "grid_id")
        .annotate(
            Count("pk"),
            overdue=Count("pk", filter=Q(due_at__lt=at)),
            soon=Count("pk", filter=Q(due_at__gte=at, warn_at__lte=at)),
            late=Count("pk", filter=is_late(at=at) & Q(due_at__gte=since)),
        )
    )


_open_in_city = Composed(partial(_open, CITY), at=DateTimeField(), since=DateTimeField())


Keyed = dict[tuple[Month, Any], Summed]


def course(first: Month, last: Month, *, this: Month, now: OpenNow, by: str = "", scope: Scope = CITY) -> Keyed:
    """The months by month and key, as `by_month` tells them; no query while nothing was counted.

    `by`: "unit_id", Axis.GRID, or nothing, for which the key is None. `now` has to be of the same scope: the lateness
    of `this` month, the running one, is taken from it. `answerable` lacks the filings that nobody has answered yet.
    """
    found = dict(_tallied(first, last, this, by, scope))
    if first <= this <= last:
        for key, one in now.by(by).items():
            _add(found, (this, key), overdue=one.late)
    return found


@remembered("figures")
def days(first: date, last: date, scope: Scope = CITY) -> Summed:
    """Some past days as one sum; no query while nothing was counted."""
    rows = Tally.objects.of(Grain.DAY).filter(scope.of_tallies(), starts_on__range=(first, last))
    sums = rows.aggregate(**{f"sum_{name}": Sum(name, default=0) for name in MEASURES})
    return _as_figures([sums[f"sum_{name}"] for name in MEASURES], is_over=True)


@dataclass(frozen=True)
class ByTime:
    """What came about by time alone: what is late of the running month, by key, and filings not answered in time."""

    late: frozenset[tuple[Month, Any, int]]
    unanswered: frozenset[tuple[Month, Any, int]]


def by_time(first: Month, last: Month, *, at: datetime, by: str = "", scope: Scope = CITY) -> ByTime:
    """In two queries."""
    late = _late_this_month(at, by, scope) if first <= Month.of(at) <= last else []
    return ByTime(frozenset(late), frozenset(_unanswered(first, last, at, by, scope)))


def by_month(first: Month, last: Month, *, at: datetime, by: str = "", scope: Scope = CITY) -> Keyed:
    """The figures of each month as they stand at `at`, by month and key, in two queries while nothing was counted.

    `by`: "community_id", "unit_id", a value of Axis, or nothing, for which the key is None.
    """
    return joined(first, last, Month.of(at), by_time(first, last, at=at, by=by, scope=scope), by=by, scope=scope)


def joined(first: Month, last: Month, this: Month, told: ByTime, *, by: str = "", scope: Scope = CITY) -> Keyed:
    """`by_month` of what time has told already."""
    found = dict(_tallied(first, last, this, by, scope))
    for month, key, number in told.late:
        _add(found, (month, key), overdue=number)
    for month, key, number in told.unanswered:
        _add(found, (month, key), answerable=number)
    return found


@remembered("figures", most=32)
def _tallied(first: Month, last: Month, this: Month, by: str, scope: Scope) -> Keyed:
    """What the tallies hold. What is due in `this` month or later is not overdue here: only the moment tells."""
    column = "key" if by in _AXES else by
    keys = [column] if column else []
    tallies = Tally.objects.of(Grain.MONTH, Axis(by) if by in _AXES else Axis.ALL)
    rows = tallies.filter(scope.of_tallies(), starts_on__range=(first.first_day, last.first_day)).order_by()
    counted = rows.values_list("starts_on", *keys).annotate(**{f"sum_{name}": Sum(name) for name in MEASURES})
    found: Keyed = {}
    for starts_on, *told in counted:
        month, numbers = Month.of(starts_on), told[len(keys) :]
        found[month, _key(by, told[0]) if keys else None] = _as_figures(numbers, is_over=month < this)
    return found


def _key(by: str, stored: Any) -> Any:
    """Keys as the cases have them: ids as numbers, nothing as None."""
    if by in _AXES and stored == "":
        return None
    return int(stored) if by == Axis.GRID else stored


def _late_this_month(at: datetime, by: str, scope: Scope) -> Iterable[tuple[Month, Any, int]]:
    this = Month.of(at)
    late = late_now(at=at).filter(scope.of_cases(), due_at__gte=this.starts_at)
    field = _FIELD_OF_CASE.get(by)
    if not field:
        return [(this, None, late.count())]
    return [(this, key, number) for key, number in late.order_by().values_list(field).annotate(number=Count("pk"))]


def _unanswered(first: Month, last: Month, at: datetime, by: str, scope: Scope) -> list[tuple[Month, Any, int]]:
    waiting = Complaint.objects.filter(
        scope.of_cases(), state=State.RECEIVED, due_at__lt=at, filed_at__gte=first.starts_at, filed_at__lt=last.ends_at
    )
    month = TruncMonth("filed_at", tzinfo=CITY_TIME, output_field=DateTimeField())
    field = _FIELD_OF_CASE.get(by)
    names = {"which": F(field)} if field else {}
    rows = waiting.order_by().annotate(month=month, **names).values("month", *names).annotate(number=Count("pk"))
    return [(Month.of(row["month"]), row.get("which"), row["number"]) for row in rows]


def _add(found: dict[Any, Summed], place: Any, **numbers: int) -> None:
    if any(numbers.values()):
        found[place] = found.get(place, Summed()) + Summed(CaseFigures(**numbers))


def _as_figures(numbers: Iterable[int], *, is_over: bool) -> Summed:
    """Of numbers in the order of MEASURES. Once a period is over, what was pending in it is overdue."""
    sums = dict(zip(MEASURES, numbers, strict=True))
    sums["overdue"] = sums["pending"] if is_over else 0
    cases = CaseFigures(**{name: sums[name] for name in _OF_CASES})
    return Summed(cases, sums["seconds"], sums["entered"], sums["left"])
