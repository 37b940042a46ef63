"""Reminders of a case's deadline: before it to who works on it, after it to the office too, each once a day at most."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import Role, User
from common.clock import CITY_TIME
from complaints.models import Acknowledgement, Complaint
from complaints.models.complaint import ComplaintQuerySet, Light
from complaints.models.escalation import WITH_OFFICE, WITH_UNIT
from notifications.models import Kind, Notice, Urgency
from notifications.outbox import notify

JUST_NOW = timedelta(hours=1)


@transaction.atomic
def remind_of_deadlines(*, at: datetime) -> int:
    """Tell of every case that turned yellow, once, and of every one past its deadline, once a day; returns how many.

    Running it again tells nobody anything again. Of a case that somebody acknowledged nobody hears until that is over.
    """
    return _warn(at) + _press(at)


def _warn(at: datetime) -> int:
    """At 80 % of the limit: whoever works on it."""
    cases = _untold(Complaint.objects.filter(state__in=WITH_UNIT).due_soon(at=at), _warned, at=at)
    cast = _Cast(cases)
    for case in cases:
        urgency = Urgency.URGENT if case.is_urgent else Urgency.NORMAL
        _tell(cast.of_unit(case), case, _warned(case), f"快到期：{case.title}", urgency, at)
    return len(cases)


def _press(at: datetime) -> int:
    """Past the deadline: the unit and the office, or the office alone where the case lies with it."""
    today = f"{at.astimezone(CITY_TIME):%Y%m%d}"

    def reason(case: Complaint) -> str:
        return f"case-overdue:{today}:{case.number}"

    cases = _untold(Complaint.objects.filter(state__in=WITH_UNIT + WITH_OFFICE).overdue(at=at), reason, at=at)
    cast = _Cast(cases)
    for case in cases:
        is_news = case.due_at is not None and at - case.due_at < JUST_NOW
        urgency = Urgency.URGENT if case.is_urgent and is_news else Urgency.HIGH
        people = [*cast.of_unit(case), *cast.office]
        _tell(people, case, reason(case), f"已超时：{case.title}", urgency, at)
    return len(cases)


@transaction.atomic
def remind_of_overall(*, at: datetime) -> int:
    """Tell the office once when 80 % of the time from filing to closing is gone, and once when all of it is."""

    def is_late(case: Complaint) -> bool:
        return case.overall_light(at=at) == Light.OVERDUE

    def reason(case: Complaint) -> str:
        return f"case-overall-{'late' if is_late(case) else 'soon'}:{case.overall_due_at:%Y%m%d%H%M}:{case.number}"

    cases = _untold(Complaint.objects.open().filter(overall_warn_at__lte=at), reason, at=at)
    cast = _Cast(cases)
    for case in cases:
        word, urgency = ("已过", Urgency.HIGH) if is_late(case) else ("快到", Urgency.NORMAL)
        _tell(cast.office, case, reason(case), f"总时限{word}：{case.title}", urgency, at)
    return len(cases)


class _Cast:
    """Who is told of these cases: the liaisons of their units, and the office."""

    def __init__(self, cases: Iterable[Complaint]) -> None:
        units = {case.unit_id for case in cases if case.unit_id}
        self._liaisons: dict[int | None, list[User]] = defaultdict(list)
        for liaison in User.objects.filter(unit__in=units, role=Role.LIAISON, is_active=True):
            self._liaisons[liaison.unit_id].append(liaison)
        self.office = list(User.objects.filter(role=Role.OFFICE, is_active=True)) if cases else []

    def of_unit(self, case: Complaint) -> list[User]:
        return self._liaisons[case.unit_id] if case.unit_id else []


def _warned(case: Complaint) -> str:
    # With the deadline in it: a second handling has another, and is warned of again.
    return f"case-warning:{case.due_at:%Y%m%d%H%M}:{case.number}"


def _untold(cases: ComplaintQuerySet, reason: Callable[[Complaint], str], *, at: datetime) -> list[Complaint]:
    """Those whose reason has reached nobody yet and whose reminders do not rest; the most urgent first."""
    resting = Acknowledgement.objects.filter(until__gt=at).values("complaint")
    found = {reason(case): case for case in cases.exclude(pk__in=resting).order_by("due_at", "pk")}
    urls = [case.get_absolute_url() for case in found.values()]
    keys = Notice.objects.filter(url__in=urls, kind=Kind.REMINDER).values_list("dedup_key", flat=True)
    told = {key.rpartition(":")[0] for key in keys}
    return [case for key, case in found.items() if key not in told]


def _tell(people: Iterable[User], case: Complaint, reason: str, title: str, urgency: Urgency, at: datetime) -> None:
    notify(
        people, reason=reason, title=title, url=case.get_absolute_url(), kind=Kind.REMINDER, urgency=urgency, at=at
    )  # fmt: skip
