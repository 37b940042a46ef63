"""What the tallies say, joined with the little that only the present moment tells.

Two things come about by time alone, without any event, so they are counted live, among open cases by an index: which
open cases are past their deadline, and which filings nobody answered in time. Their number goes with the work in hand,
not with the number of cases stored.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.db.models import Count, DateTimeField, F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from common.clock import CITY_TIME
from common.months import Month
from complaints.figures import CaseFigures, open_overdue
from complaints.models import Complaint
from complaints.workflow import State
from reports.models import Axis, Grain, Tally
from reports.rollups.shares import MEASURES

_OF_CASES = {one.name for one in fields(CaseFigures)}
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


@dataclass(frozen=True)
class OpenNow:
    """Open cases at a moment, by unit and grid."""

    by_place: dict[tuple[int | None, int | None], Standing]

    @property
    def total(self) -> Standing:
        return sum(self.by_place.values(), Standing())

    def by_unit(self) -> dict[int | None, Standing]:
        return self._by(0)

    def by_grid(self) -> dict[int | None, Standing]:
        return self._by(1)

    def _by(self, place: int) -> dict[int | None, Standing]:
        found: dict[int | None, Standing] = defaultdict(Standing)
        for key, standing in self.by_place.items():
            found[key[place]] += standing
        return dict(found)


def open_now(*, at: datetime, scope: Scope = CITY) -> OpenNow:
    """In one query."""
    rows = Complaint.objects.open().filter(scope.of_cases()).order_by().values_list("unit_id", "grid_id")
    counted = rows.annotate(
        open=Count("pk"),
        overdue=Count("pk", filter=Q(due_at__lt=at)),
        soon=Count("pk", filter=Q(due_at__gte=at, warn_at__lte=at)),
        late=Count("pk", filter=Q(pk__in=open_overdue(at=at).filter(due_at__gte=Month.of(at).starts_at).values("pk"))),
    )
    return OpenNow({(unit, grid): Standing(*numbers) for unit, grid, *numbers in counted})


Keyed = dict[tuple[Month, Any], Summed]


def by_month(first: Month, last: Month, *, at: datetime, by: str = "", scope: Scope = CITY) -> Keyed:
    """The figures of each month as they stand at `at`, by month and key, in three queries.

    `by`: "community_id", "unit_id", a value of Axis, or nothing, for which the key is None.
    """
    axis = Axis(by) if by in Axis.values else Axis.ALL
    tallies = Tally.objects.of(Grain.MONTH, axis).filter(
        scope.of_tallies(), starts_on__range=(first.first_day, last.first_day)
    )
    found = _summed(tallies, by)
    this = Month.of(at)
    for (month, _), sums in found.items():
        # What is due this month or later is overdue only where its moment has passed, which is counted below.
        sums["overdue"] = sums["pending"] if month < this else 0
    if first <= this <= last:
        _add(found, _late_this_month(at, by, scope), "overdue")
    _add(found, _unanswered(first, last, at, by, scope), "answerable")
    return {place: _as_figures(sums) for place, sums in found.items()}


@dataclass(frozen=True)
class Course:
    """A run of months by unit, and some days beside it."""

    by_unit: Keyed
    days: Summed

    @property
    def by_month(self) -> dict[Month, Summed]:
        found: dict[Month, Summed] = defaultdict(Summed)
        for (month, _), summed in self.by_unit.items():
            found[month] += summed
        return dict(found)

    def of_unit(self, unit_id: int | None, month: Month) -> Summed:
        return self.by_unit.get((month, unit_id), Summed())


def course(
    first: Month, last: Month, *, at: datetime, now: OpenNow, scope: Scope = CITY, days: tuple[date, date] | None = None
) -> Course:
    """The months from `first` to `last` by unit, and the past `days` (both in it) as one sum; in one query.

    `now` has to be of the same moment and scope: the lateness of this month is taken from it. `answerable` lacks the
    filings that nobody has answered yet.
    """
    wanted = Q(grain=Grain.MONTH, starts_on__range=(first.first_day, last.first_day))
    if days:
        wanted |= Q(grain=Grain.DAY, starts_on__range=days)
    rows = Tally.objects.filter(scope.of_tallies(), wanted, axis=Axis.ALL).order_by()
    counted = rows.values_list("grain", "starts_on", "unit_id").annotate(
        **{f"sum_{name}": Sum(name) for name in MEASURES}
    )
    found: dict[tuple[Month, Any], dict[str, int]] = {}
    of_days: dict[str, int] = defaultdict(int)
    for grain, starts_on, unit_id, *numbers in counted:
        sums = dict(zip(MEASURES, numbers, strict=True))
        if grain == Grain.MONTH:
            month = Month.of(starts_on)
            found[month, unit_id] = sums | {"overdue": sums["pending"] if month < Month.of(at) else 0}
            continue
        for name, number in sums.items():
            of_days[name] += number
    if first <= Month.of(at) <= last:
        _add(found, ((Month.of(at), unit, one.late) for unit, one in now.by_unit().items()), "overdue")
    of_days["overdue"] = of_days["pending"]
    return Course({place: _as_figures(sums) for place, sums in found.items()}, _as_figures(of_days))


def of_month(month: Month, *, at: datetime, by: str, scope: Scope = CITY) -> dict[Any, Summed]:
    return {key: summed for (_, key), summed in by_month(month, month, at=at, by=by, scope=scope).items()}


def _summed(tallies: QuerySet[Tally], by: str) -> dict[tuple[Month, Any], dict[str, int]]:
    column = "key" if by in Axis.values else by
    names = {"which": F(column)} if by else {}
    rows = tallies.order_by().annotate(**names).values("starts_on", *names)
    counted = rows.annotate(**{f"sum_{name}": Sum(name) for name in MEASURES})
    return {
        (Month.of(row["starts_on"]), _key(by, row.get("which"))): {name: row[f"sum_{name}"] for name in MEASURES}
        for row in counted
    }


def _key(by: str, stored: Any) -> Any:
    """Keys as the cases have them: ids as numbers, nothing as None."""
    if by in Axis.values and stored == "":
        return None
    return int(stored) if by == Axis.GRID else stored


def _late_this_month(at: datetime, by: str, scope: Scope) -> Iterable[tuple[Month, Any, int]]:
    this = Month.of(at)
    late = open_overdue(at=at).filter(scope.of_cases(), due_at__gte=this.starts_at)
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


def _add(found: dict[Any, dict[str, int]], counted: Iterable[tuple[Month, Any, int]], name: str) -> None:
    for month, key, number in counted:
        if number:
            sums = found.setdefault((month, key), defaultdict(int))
            sums[name] = sums.get(name, 0) + number


def _as_figures(sums: Mapping[str, int]) -> Summed:
    cases = CaseFigures(**{name: sums.get(name, 0) for name in _OF_CASES})
    return Summed(cases, sums.get("seconds", 0), sums.get("entered", 0), sums.get("left", 0))
