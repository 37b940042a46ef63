"""What a case waits for, across its states: the queues of a role beside the states' own."""

from datetime import datetime, time, timedelta

from django.db.models import DateTimeField, Q, TextChoices

from accounts.models import Role, User
from common.clock import CITY_TIME
from common.composed import Given
from complaints.models import Sight
from complaints.workflow import OPEN_STATES, RequestKind, State

# What a kept statement is asked with: the moment, and the midnight at which its day ends.
MOMENTS = {"at": DateTimeField(), "tomorrow": DateTimeField()}


class Wait(TextChoices):
    MINE = "mine", "等我办"
    TODAY = "today", "今天要办"
    RETURNED = "returned", "退单重派"
    EXTENSION = "extension", "延期申请"
    SUSPENSION = "suspension", "挂账申请"
    SUSPENDED = "suspended", "挂账中"
    SUPERVISED = "supervised", "督办"


# The states whose cases wait for this role to do something.
ACTS_IN = {
    Role.OFFICE: (State.RECEIVED, State.ACCEPTED, State.HANDLED),
    Role.OPERATOR: (State.RECEIVED,),
    Role.GUIDANCE: (State.HANDLED,),
    Role.LIAISON: (State.DISPATCHED, State.HANDLING),
}
_EVERYWHERE = (Wait.SUSPENDED, Wait.SUPERVISED)
# In which order a role is offered them. Those that nobody waits in are not shown.
QUEUES: dict[Role, tuple[Wait, ...]] = {
    Role.OFFICE: (Wait.MINE, Wait.TODAY, Wait.RETURNED, Wait.EXTENSION, Wait.SUSPENSION, *_EVERYWHERE),
    Role.OPERATOR: (Wait.MINE, Wait.TODAY),
    Role.GUIDANCE: (Wait.MINE, Wait.TODAY, Wait.SUPERVISED),
    Role.LIAISON: (Wait.MINE, Wait.TODAY, Wait.EXTENSION, Wait.SUSPENSION, *_EVERYWHERE),
}


def waits_of(role: Role) -> tuple[Wait, ...]:
    """The waits that a role is offered, in their order."""
    return QUEUES.get(role, _EVERYWHERE)


def waiting(wait: Wait, who: User | Sight, *, tomorrow: datetime | Given) -> Q:
    """The condition on a case; `tomorrow` is the midnight at which today ends."""
    return waiting_open(wait, who, tomorrow=tomorrow) & Q(state__in=OPEN_STATES)


def moments(at: datetime) -> dict[str, datetime]:
    return {"at": at, "tomorrow": midnight_after(at)}


def midnight_after(at: datetime) -> datetime:
    today = at.astimezone(CITY_TIME).date()
    return datetime.combine(today + timedelta(days=1), time(), CITY_TIME)


def waiting_open(wait: Wait, who: User | Sight, *, tomorrow: datetime | Given) -> Q:
    """What it asks of an open case."""
    conditions = {
        Wait.MINE: lambda: _mine(who),
        Wait.TODAY: lambda: _mine(who) & Q(due_at__lt=tomorrow),
        Wait.RETURNED: lambda: Q(state=State.ACCEPTED, return_count__gt=0),
        Wait.EXTENSION: lambda: Q(asked_for=RequestKind.EXTENSION),
        Wait.SUSPENSION: lambda: Q(asked_for=RequestKind.SUSPENSION),
        Wait.SUSPENDED: lambda: Q(suspended_until__isnull=False),
        Wait.SUPERVISED: lambda: Q(supervised_at__isnull=False),
    }
    return conditions[wait]()


def _mine(who: User | Sight) -> Q:
    mine = Q(state__in=ACTS_IN.get(Role(who.role), ()))
    if who.role == Role.OFFICE:
        return mine | ~Q(asked_for="")
    if who.role == Role.LIAISON:
        # What the unit only helps with waits for another; a stopped clock waits for its day.
        return mine & Q(unit_id=who.unit_id, suspended_until=None)
    return mine
