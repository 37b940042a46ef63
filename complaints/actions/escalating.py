"""What happens to a case that stays late: its unit's head hears of it, then the office may put it under 督办.

Nothing here decides for people: supervising is the office's own move. An acknowledgement lets the reminders rest, but
not the carrying up: else a case could be late for ever with a polite note every other day.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from accounts.models import Role, User
from common.clock import CITY_TIME
from common.errors import DomainError, StaleRecord
from complaints.actions.marks import supervise
from complaints.models import Acknowledgement, Complaint, Escalation, Tuning
from complaints.models.escalation import WITH_UNIT
from notifications.models import Kind, Urgency
from notifications.outbox import notify

LONGEST_REST = timedelta(days=3)


@transaction.atomic
def escalate_late_cases(*, at: datetime) -> int:
    """Carry up every case that is late long enough, each step once a deadline; returns how many steps were taken."""
    tuning = Tuning.current()
    since_head = timedelta(days=tuning.list_after_days - tuning.head_after_days)
    return _to_heads(at, timedelta(days=tuning.head_after_days)) + _to_list(at, since_head)


def _to_heads(at: datetime, after: timedelta) -> int:
    late = Complaint.objects.filter(state__in=WITH_UNIT, due_at__lte=at - after).overdue(at=at)
    carried = Escalation.objects.values_list("complaint_id", "due_at")
    known = set(carried.filter(complaint__in=late))
    fresh = [case for case in late.order_by("due_at", "pk") if (case.pk, case.due_at) not in known]
    Escalation.objects.bulk_create(
        [
            Escalation(complaint=case, due_at=case.due_at, unit_id=case.unit_id, head_told_at=at)
            for case in fresh
            if case.due_at and case.unit_id
        ],
        ignore_conflicts=True,
    )
    heads = _heads_of({case.unit_id for case in fresh})
    for case in fresh:
        _tell(heads[case.unit_id], f"case-head:{case.due_at:%Y%m%d%H%M}:{case.number}", _of_head(case), case, at)
    return len(fresh)


def _of_head(case: Complaint) -> str:
    return f"超时没有办结，请负责人过问：{case.title}"


def _heads_of(units: Iterable[int | None]) -> dict[int | None, list[User]]:
    """The heads of the units; where a unit has named none, whoever it has."""
    members: dict[int | None, list[User]] = defaultdict(list)
    for person in User.objects.filter(unit__in=[u for u in units if u], role=Role.LIAISON, is_active=True):
        members[person.unit_id].append(person)
    return defaultdict(
        list, {unit: [one for one in found if one.is_unit_head] or found for unit, found in members.items()}
    )


def _to_list(at: datetime, since_head: timedelta) -> int:
    """Onto the list for the office, who hears of it once a day, however many they are."""
    ready = Escalation.objects.still_late(at=at).filter(listed_at=None, head_told_at__lte=at - since_head)
    count = Escalation.objects.filter(pk__in=list(ready.values_list("pk", flat=True)), listed_at=None).update(
        listed_at=at
    )
    if count:
        waiting = Escalation.objects.to_decide(at=at).count()
        notify(
            User.objects.filter(role=Role.OFFICE, is_active=True),
            reason=f"supervision-list:{at.astimezone(CITY_TIME):%Y%m%d}",
            title=f"{waiting} 件超时案件等您定要不要督办",
            url=reverse("complaints:escalated"),
            kind=Kind.REMINDER,
            urgency=Urgency.HIGH,
            at=at,
        )
    return count


@transaction.atomic
def decide_escalation(
    escalation: Escalation, *, outcome: Escalation.Outcome, reason: str, by: User, at: datetime
) -> None:
    """The office puts the case under supervision, or leaves it for now; either with a reason."""
    if not reason.strip():
        raise DomainError("写一句理由。")
    undecided = Escalation.objects.to_decide(at=at).filter(pk=escalation.pk)
    found = list(undecided.values_list("pk", flat=True))
    decided = Escalation.objects.filter(pk__in=found, decided_at=None).update(
        outcome=outcome, reason=reason.strip(), decided_by=by, decided_at=at
    )
    if not decided:
        raise StaleRecord("这件刚刚有变化：已经定过、办完，或者换了期限。刷新看最新情况。")
    if outcome == Escalation.Outcome.SUPERVISED:
        supervise(escalation.complaint, reason=reason.strip(), by=by, at=at)


@transaction.atomic
def acknowledge(complaint: Complaint, *, note: str, rest: timedelta, by: User, at: datetime) -> Acknowledgement:
    """Say that it is being seen to; reminders of this deadline rest for so long."""
    if not complaint.is_due_soon_or_late(at=at):
        raise DomainError("这件没有快到期，也没有超时，不用停提醒。")
    if not timedelta() < rest <= LONGEST_REST:
        raise DomainError(f"提醒最多停 {LONGEST_REST.days} 天。")
    if not note.strip():
        raise DomainError("写一句正在怎么办。")
    return Acknowledgement.objects.create(complaint=complaint, by=by, at=at, note=note.strip(), until=at + rest)


def _tell(people: Iterable[User], reason: str, title: str, case: Complaint, at: datetime) -> None:
    url = case.get_absolute_url()
    notify(people, reason=reason, title=title, url=url, kind=Kind.REMINDER, urgency=Urgency.HIGH, at=at)
