"""The cases behind a figure: which ones a rate counted against the unit, so that a dashboard can lead to them."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, TextChoices

from common.months import Month
from complaints.figures import late_now
from complaints.models import Event
from complaints.models.complaint import Satisfaction
from complaints.workflow import Move, State


class Why(TextChoices):
    """What a case is looked at for, in a month; what each means stands in complaints.figures."""

    FILED = "filed", "收到"
    CLOSED = "closed", "办结"
    LATE = "late", "没有按期办结"
    REWORKED = "reworked", "返过工"
    RETURNED = "returned", "退过单"
    UNSATISFIED = "unsatisfied", "评价不是满意"
    UNSOLVED = "unsolved", "说没有解决"
    UNANSWERED = "unanswered", "没有按时受理"


# What counts for the unit that had the case then: it may have another by now, as after a return.
OF_THE_UNIT_THEN = frozenset({Why.RETURNED, Why.UNSATISFIED, Why.UNSOLVED})


def behind(why: Why, month: Month, *, at: datetime, units: Collection[int] = ()) -> Q:
    """The condition on cases; at most two subqueries by an index. `units`: of these, where they are those of then."""
    filed = Q(filed_at__gte=month.starts_at, filed_at__lt=month.ends_at)
    closed = Q(closed_at__gte=month.starts_at, closed_at__lt=month.ends_at)
    in_month = Event.objects.filter(at__gte=month.starts_at, at__lt=month.ends_at)
    if units:
        in_month = in_month.filter(unit_id__in=units)
    ratings = in_month.filter(move=Move.RATE, satisfaction__isnull=False)
    conditions = {
        Why.FILED: lambda: filed,
        Why.CLOSED: lambda: closed,
        Why.LATE: lambda: (closed & Q(closed_in_time=False)) | _still_late(month, at),
        Why.REWORKED: lambda: closed & Q(rework_count__gt=0),
        Why.RETURNED: lambda: Q(return_count__gt=0) & _of(_came_back(in_month)),
        Why.UNSATISFIED: lambda: _of(ratings.filter(satisfaction__lt=Satisfaction.SATISFIED)),
        Why.UNSOLVED: lambda: _of(ratings.filter(is_solved=False)),
        Why.UNANSWERED: lambda: filed & (_answered_late() | Q(state=State.RECEIVED, due_at__lt=at)),
    }
    return conditions[why]()


def _still_late(month: Month, at: datetime) -> Q:
    late = late_now(at=at).filter(due_at__gte=month.starts_at, due_at__lt=month.ends_at)
    return Q(pk__in=late.values("pk"))


def _came_back(events: QuerySet[Event]) -> QuerySet[Event]:
    """The dispatches that the unit returned."""
    later = Event.objects.filter(complaint=OuterRef("complaint"), version__gt=OuterRef("version"))
    dispatches = events.filter(move__in=[Move.DISPATCH, Move.REDISPATCH])
    return dispatches.filter(Exists(later.filter(move=Move.RETURN, unit=OuterRef("unit"))))


def _of(events: QuerySet[Event]) -> Q:
    return Q(pk__in=events.values("complaint_id"))


def _answered_late() -> Q:
    late = Event.objects.filter(from_state=State.RECEIVED, was_overdue=True)
    late = late.exclude(to_state__in=[State.RECEIVED, State.WITHDRAWN])
    return Q(pk__in=late.values("complaint_id"))
