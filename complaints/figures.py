"""What the rates of cases mean, in one place: dashboards, exports and the month-end report count by this.

A span of time is half-open, and months are the city's. Each thing counts once:

- a filing in the month it came; whether the desk answered in time (响应率) counts there too;
- a dispatch in the month it was made; whether it was returned (退单率) counts there too;
- a closed case in the month it was closed last, with whether it was in time and whether it was reworked (返工率);
- an open case past its deadline in the month of the deadline: it counts against 结案率 and 按期结案率 till closed;
- a rating (满意率, 解决率) in the month it was given; a second result may be rated again.

What is counted by unit is counted for the unit that had the case then. A case with a result that was submitted in time
and waits for its verification is no delay of the unit, so it is not counted as overdue.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import Enum
from typing import Any

from django.db.models import Count, DateTimeField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.db.models.functions.datetime import TruncBase

from common.clock import CITY_TIME
from complaints.models import Complaint, ComplaintQuerySet, Event
from complaints.models.complaint import Satisfaction
from complaints.workflow import Move, State


@dataclass(frozen=True)
class Rate:
    """A share that shows what it is made of; 0 of 0 has no percentage."""

    numerator: int
    denominator: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.numerator / self.denominator) if self.denominator else None


@dataclass(frozen=True)
class CaseFigures:
    """Counts that add up, and the rates made of them."""

    filed: int = 0
    answerable: int = 0
    answered_in_time: int = 0
    dispatched: int = 0
    returned: int = 0
    closed: int = 0
    closed_in_time: int = 0
    reworked: int = 0
    overdue: int = 0
    rated: int = 0
    satisfied: int = 0
    solved: int = 0

    def __add__(self, other: "CaseFigures") -> "CaseFigures":
        return CaseFigures(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def due(self) -> int:
        """What should have been closed (应结案)."""
        return self.closed + self.overdue

    @property
    def response(self) -> Rate:
        """响应率: accepted or refused within the desk's time, of all filings whose time is over or that it answered."""
        return Rate(self.answered_in_time, self.answerable)

    @property
    def closing(self) -> Rate:
        """结案率: closed, of what should have been."""
        return Rate(self.closed, self.due)

    @property
    def on_time(self) -> Rate:
        """按期结案率: closed with the result submitted by its deadline, of what should have been closed."""
        return Rate(self.closed_in_time, self.due)

    @property
    def rework(self) -> Rate:
        """返工率: closed cases that were sent back at least once."""
        return Rate(self.reworked, self.closed)

    @property
    def returning(self) -> Rate:
        """退单率: dispatches that the unit gave back."""
        return Rate(self.returned, self.dispatched)

    @property
    def satisfaction(self) -> Rate:
        """满意率: ratings of 满意 and 非常满意."""
        return Rate(self.satisfied, self.rated)

    @property
    def solution(self) -> Rate:
        """解决率: ratings that say it is solved."""
        return Rate(self.solved, self.rated)


class By(Enum):
    """What the cases are told apart by: the field of a case. A key of None is what has no such thing yet."""

    CITY = ""
    CHANNEL = "channel"
    COMMUNITY = "grid__community"
    MAJOR = "category__major_name"
    UNIT = "unit"


Counted = dict[tuple[date, Any], CaseFigures]
Rows = Iterable[dict[str, Any]]


def figures(
    since: datetime, until: datetime, *, as_of: datetime, by: By = By.CITY, per: type[TruncBase] = TruncMonth
) -> Counted:
    """The figures of [since, until) as they stood at `as_of`, by the first day of each period and by key.

    Seven queries, whatever the span. Without `by` the key is None. Periods and keys without a case are not there.
    """
    end = min(until, as_of)
    found: dict[tuple[date, Any], dict[str, int]] = defaultdict(dict)
    for rows in (
        _filed(since, end, by, per),
        _answered(since, end, by, per),
        _unanswered(since, end, as_of, by, per),
        _dispatched(since, end, by, per),
        _closed(since, end, by, per),
        _overdue(since, end, as_of, by, per),
        _rated(since, end, by, per),
    ):
        for row in rows:
            place = found[row.pop("period").astimezone(CITY_TIME).date(), row.pop("key", None)]
            for name, number in row.items():
                place[name] = place.get(name, 0) + number
    return {place: CaseFigures(**counts) for place, counts in found.items()}


def ratings_of_units(since: datetime, end: datetime) -> dict[int, Rate]:
    """The 满意率 of [since, end) by the unit that had the case then, in one query; only units with a rating."""
    given = Event.objects.filter(move=Move.RATE, satisfaction__isnull=False, at__gte=since, at__lt=end)
    counted = (
        given.exclude(unit=None)
        .order_by()
        .values_list("unit")
        .annotate(satisfied=Count("pk", filter=Q(satisfaction__gte=Satisfaction.SATISFIED)), rated=Count("pk"))
    )
    return {unit: Rate(satisfied, rated) for unit, satisfied, rated in counted}


def open_overdue(*, at: datetime) -> ComplaintQuerySet:
    """Cases in a unit's hands that were past their deadline and not closed at `at`, without those handled in time."""
    return Complaint.objects.filter(is_late(at=at))


def late_now(*, at: datetime) -> ComplaintQuerySet:
    """The same where `at` is the present: what is late now is open, and an index knows what is open."""
    return Complaint.objects.open().filter(is_late(at=at))


def is_late(*, at: datetime) -> Q:
    """What `open_overdue` finds, as a condition."""
    never_closed = (State.REJECTED, State.MERGED, State.WITHDRAWN)
    in_time = Q(state=State.HANDLED, handled_at__lte=F("due_at")) | Q(state=State.CLOSED, closed_in_time=True)
    in_hand = Q(closed_at=None) | Q(closed_at__gte=at), Q(unit__isnull=False, dispatched_at__lt=at, due_at__lt=at)
    return Q(*in_hand) & ~Q(state__in=never_closed) & ~in_time


def _filed(since: datetime, end: datetime, by: By, per: type[TruncBase]) -> Rows:
    cases = Complaint.objects.filter(filed_at__gte=since, filed_at__lt=end)
    return _grouped(cases, "filed_at", by.value, per, filed=Count("pk"))


def _answered(since: datetime, end: datetime, by: By, per: type[TruncBase]) -> Rows:
    answers = Event.objects.filter(from_state=State.RECEIVED).exclude(to_state__in=[State.RECEIVED, State.WITHDRAWN])
    answers = answers.filter(complaint__filed_at__gte=since, complaint__filed_at__lt=end)
    return _grouped(
        answers,
        "complaint__filed_at",
        _of_case(by),
        per,
        answerable=Count("pk"),
        answered_in_time=Count("pk", filter=Q(was_overdue=False)),
    )


def _unanswered(since: datetime, end: datetime, as_of: datetime, by: By, per: type[TruncBase]) -> Rows:
    waiting = Complaint.objects.filter(state=State.RECEIVED, due_at__lt=as_of, filed_at__gte=since, filed_at__lt=end)
    return _grouped(waiting, "filed_at", by.value, per, answerable=Count("pk"))


def _dispatched(since: datetime, end: datetime, by: By, per: type[TruncBase]) -> Rows:
    later = Event.objects.filter(complaint=OuterRef("complaint"), version__gt=OuterRef("version"))
    given_back = Exists(later.filter(move=Move.RETURN, unit=OuterRef("unit")))
    events = Event.objects.filter(move__in=[Move.DISPATCH, Move.REDISPATCH], at__gte=since, at__lt=end)
    key = "unit" if by is By.UNIT else _of_case(by)
    return _grouped(events, "at", key, per, dispatched=Count("pk"), returned=Count("pk", filter=Q(given_back)))


def _closed(since: datetime, end: datetime, by: By, per: type[TruncBase]) -> Rows:
    cases = Complaint.objects.filter(closed_at__gte=since, closed_at__lt=end)
    return _grouped(
        cases,
        "closed_at",
        by.value,
        per,
        closed=Count("pk"),
        closed_in_time=Count("pk", filter=Q(closed_in_time=True)),
        reworked=Count("pk", filter=Q(rework_count__gt=0)),
    )


def _overdue(since: datetime, end: datetime, as_of: datetime, by: By, per: type[TruncBase]) -> Rows:
    cases = open_overdue(at=as_of).filter(due_at__gte=since, due_at__lt=end)
    return _grouped(cases, "due_at", by.value, per, overdue=Count("pk"))


def _rated(since: datetime, end: datetime, by: By, per: type[TruncBase]) -> Rows:
    events = Event.objects.filter(move=Move.RATE, satisfaction__isnull=False, at__gte=since, at__lt=end)
    key = "unit" if by is By.UNIT else _of_case(by)
    return _grouped(
        events,
        "at",
        key,
        per,
        rated=Count("pk"),
        satisfied=Count("pk", filter=Q(satisfaction__gte=Satisfaction.SATISFIED)),
        solved=Count("pk", filter=Q(is_solved=True)),
    )


def _of_case(by: By) -> str:
    """The field of an event that `by` names on its case."""
    return f"complaint__{by.value}" if by.value else ""


def _grouped(rows: QuerySet[Any], moment: str, key: str, per: type[TruncBase], **counts: Count) -> Rows:
    """The rows counted by period of `moment` and by `key`."""
    period = per(moment, tzinfo=CITY_TIME, output_field=DateTimeField())
    names = {"key": F(key)} if key else {}
    found: Rows = rows.order_by().annotate(period=period, **names).values("period", *names).annotate(**counts)
    return found
