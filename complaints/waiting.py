"""What a case waits for, across its states: the queues of a role beside the states' own."""

from datetime import datetime, time, timedelta

from django.db.models import Q, TextChoices

from accounts.models import Role, User
from common.clock import CITY_TIME
from complaints.workflow import OPEN_STATES, RequestKind, State


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


def conditions_of(user: User, *, at: datetime) -> dict[Wait, Q]:
    """The waits that this person's role is offered, in their order, each with what it asks of an open case."""
    return {wait: _of_open(wait, user=user, at=at) for wait in QUEUES.get(Role(user.role), _EVERYWHERE)}


def waiting(wait: Wait, *, user: User, at: datetime) -> Q:
    """The condition on a case."""
    return _of_open(wait, user=user, at=at) & Q(state__in=OPEN_STATES)


def _of_open(wait: Wait, *, user: User, at: datetime) -> Q:
    conditions = {
        Wait.MINE: lambda: _mine(user),
        Wait.TODAY: lambda: _mine(user) & Q(due_at__lt=_tomorrow(at)),
        Wait.RETURNED: lambda: Q(state=State.ACCEPTED, return_count__gt=0),
        Wait.EXTENSION: lambda: Q(asked_for=RequestKind.EXTENSION),
        Wait.SUSPENSION: lambda: Q(asked_for=RequestKind.SUSPENSION),
        Wait.SUSPENDED: lambda: Q(suspended_until__isnull=False),
        Wait.SUPERVISED: lambda: Q(supervised_at__isnull=False),
    }
    return conditions[wait]()


def _mine(user: User) -> Q:
    mine = Q(state__in=ACTS_IN.get(Role(user.role), ()))
    if user.role == Role.OFFICE:
        return mine | ~Q(asked_for="")
    if user.role == Role.LIAISON:
        # What the unit only helps with waits for another; a stopped clock waits for its day.
        return mine & Q(unit_id=user.unit_id, suspended_until=None)
    return mine


def _tomorrow(at: datetime) -> datetime:
    today = at.astimezone(CITY_TIME).date()
    return datetime.combine(today + timedelta(days=1), time(), CITY_TIME)
