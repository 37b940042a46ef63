"""Counted reads of the cases: the queue's tabs, the workbench, the public home page."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Aggregate, Avg, Count, ExpressionWrapper, F, IntegerField, Q, QuerySet, Subquery
from django.db.models.fields import DurationField

from audit.models import Entry
from common.composed import Composed, Given
from common.months import Month
from common.revisions import remembered
from complaints.figures import Rate, open_overdue
from complaints.models import Complaint, ComplaintQuerySet, Sight
from complaints.models.reporter import REVEALED
from complaints.waiting import MOMENTS, Wait, moments, waiting_open, waits_of
from complaints.workflow import FINAL_STATES, OPEN_STATES, State

# An index alone counts so many in no time; where rows have to be looked at, fewer.
MOST_COUNTED, MOST_LOOKED_AT = 10_000, 1_000


@dataclass(frozen=True)
class StateCount:
    """The cases in one state: how many, and of open ones how many past their deadline or close to it."""

    total: int = 0
    overdue: int = 0
    soon: int = 0


@dataclass(frozen=True)
class QueueCounts:
    """What lies in a queue, state by state; final states count in `total` of their state only."""

    states: dict[State, StateCount] = field(default_factory=dict)
    # The final states that hold at least so many, and more than were counted.
    capped: frozenset[State] = frozenset()
    waits: dict[Wait, int] = field(default_factory=dict)

    def of(self, state: State) -> StateCount:
        return self.states.get(state, StateCount())

    @property
    def open_together(self) -> StateCount:
        counts = [self.of(state) for state in OPEN_STATES]
        return StateCount(
            sum(one.total for one in counts), sum(one.overdue for one in counts), sum(one.soon for one in counts)
        )

    @property
    def open(self) -> int:
        return self.open_together.total

    @property
    def overdue(self) -> int:
        return self.open_together.overdue

    @property
    def soon(self) -> int:
        return self.open_together.soon

    @property
    def everything(self) -> int:
        return sum(count.total for count in self.states.values())


@dataclass(frozen=True)
class ClosedFigures:
    """The cases closed in a span of time; `average_days` from filing to closing, None if there are none.

    `on_time` is of what should have been closed: open cases past their deadline count against it.
    """

    closed: int
    on_time: Rate
    average_days: float | None


def queue_counts(sight: Sight, *, at: datetime, most: int = MOST_COUNTED) -> QueueCounts:
    """What lies in the whole of a queue by state: open cases exactly, final ones until there are more than `most`.

    Of open ones also how many wait for what the role is offered. The open ones are asked for each time, by a statement
    that is kept; how many are final is remembered until one becomes final or changes as such.
    """
    return _together(_whole_open(sight)(**moments(at)), _whole_final(sight, most), sight)


def narrowed_counts(cases: ComplaintQuerySet, sight: Sight, *, at: datetime, most: int) -> QueueCounts:
    """The same of some cases of a queue."""
    return _together(list(_open(cases, sight, **moments(at))), _counted_together(cases, most), sight)


def _together(open_rows: list[tuple[Any, ...]], final: "_Final", sight: Sight) -> QueueCounts:
    states, waits = {}, dict.fromkeys(waits_of(sight.role), 0)
    for state, total, overdue, soon, *waiting in open_rows:
        states[State(state)] = StateCount(total, overdue, soon)
        waits = {wait: count + more for (wait, count), more in zip(waits.items(), waiting, strict=True)}
    states |= {state: StateCount(total) for state, total in final.totals.items()}
    return QueueCounts(states, final.capped, waits)


@lru_cache(maxsize=256)
def _whole_open(sight: Sight) -> Composed[tuple[Any, ...]]:
    return Composed(lambda **moments: _open(Complaint.objects.in_sight(sight), sight, **moments), **MOMENTS)


def _open(
    cases: ComplaintQuerySet, sight: Sight, *, at: datetime | Given, tomorrow: datetime | Given
) -> QuerySet[Complaint, tuple[Any, ...]]:
    """For each state the state, how many are in it, late and soon due, and how many are in each wait."""
    counted: dict[str, Aggregate] = {
        "total": Count("pk"),
        "overdue": Count("pk", filter=Q(due_at__lt=at)),
        "soon": Count("pk", filter=Q(due_at__gte=at, warn_at__lte=at)),
        **{wait: Count("pk", filter=waiting_open(wait, sight, tomorrow=tomorrow)) for wait in waits_of(sight.role)},
    }
    return cases.filter(state__in=OPEN_STATES).order_by().values_list("state").annotate(**counted)


@remembered("final_cases", most=256)
def _whole_final(sight: Sight, most: int) -> "_Final":
    return _counted_by_state(Complaint.objects.in_sight(sight), most)


@dataclass(frozen=True)
class _Final:
    totals: dict[State, int]
    capped: frozenset[State]


def _counted_by_state(cases: ComplaintQuerySet, most: int) -> _Final:
    """At most one more than `most` of each final state: nobody reads how many of half a million closed cases there are.

    Nothing but the state is asked for, so that the index of states answers alone.
    """
    counted = [
        Subquery(
            cases.filter(state=state).order_by().values("state")[: most + 1],
            output_field=IntegerField(),
            template="(SELECT COUNT(*) FROM (%(subquery)s) AS counted)",
        )
        for state in FINAL_STATES
    ]
    # Any row will do: the figures are the same beside each.
    for row in Complaint.objects.order_by().values_list(*counted)[:1]:
        totals = {state: total for state, total in zip(FINAL_STATES, row, strict=True) if total}
        return _Final(totals, frozenset(state for state, total in totals.items() if total > most))
    return _Final({}, frozenset())


def _counted_together(cases: ComplaintQuerySet, most: int) -> _Final:
    """At most one more than `most` of all final states: where rows have to be looked at, once is enough.

    As not open: SQLite would take a list of states to its index, and read the whole table out of its order.
    """
    some = cases.exclude(state__in=OPEN_STATES).order_by()[: most + 1]
    counted = some.aggregate(**{state: Count("pk", filter=Q(state=state)) for state in FINAL_STATES})
    totals = {State(name): total for name, total in counted.items() if total}
    return _Final(totals, frozenset(FINAL_STATES if sum(totals.values()) > most else ()))


def closed_this_month(*, at: datetime) -> ClosedFigures:
    """How the city did in the month of `at` so far, in two queries."""
    return closed_between(Month.of(at).starts_at, at + timedelta.resolution)


def closed_between(start: datetime, end: datetime) -> ClosedFigures:
    """The cases closed in [start, end), in two queries; what `complaints.figures` means by it."""
    took = ExpressionWrapper(F("closed_at") - F("filed_at"), output_field=DurationField())
    # Only a closed case has the moment, which is what the index goes by.
    row = Complaint.objects.filter(closed_at__gte=start, closed_at__lt=end).aggregate(
        closed=Count("pk"), on_time=Count("pk", filter=Q(closed_in_time=True)), average=Avg(took)
    )
    average = row["average"] / timedelta(days=1) if row["average"] is not None else None
    overdue = open_overdue(at=end).filter(due_at__gte=start).count()
    return ClosedFigures(row["closed"], Rate(row["on_time"], row["closed"] + overdue), average)


def recently_closed(*, limit: int = 6) -> list[Complaint]:
    """The cases closed last that may be shown in public, with what their cards name."""
    public = Complaint.objects.filter(closed_at__isnull=False, is_confidential=False)
    return list(public.select_related("grid__community", "unit").order_by("-closed_at")[:limit])


def times_revealed(case: Complaint) -> int:
    """How often staff looked at a phone of this case, each time for a reason that they gave."""
    return Entry.objects.filter(target_model=case._meta.label_lower, target_id=str(case.pk), verb=REVEALED).count()
