"""What the pages of a case read: the case with what it has one of, its steps, its photos, what may be the same.

Their statements never change their shape, so each is composed once (docs/adr/0037).
"""

from functools import cache
from typing import Any

from django.db.models import (
    BigAutoField,
    CharField,
    Count,
    DateTimeField,
    Exists,
    F,
    FilteredRelation,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce

from accounts.models import User
from common.composed import Composed
from complaints.known import name_case, name_events, name_helpers, name_units
from complaints.models import (
    Acknowledgement,
    Complaint,
    ComplaintQuerySet,
    Escalation,
    Event,
    HelpingUnit,
    Photo,
    Reporter,
    UnitRequest,
)

_TOLD_OF_EVENTS = (
    "complaint", "version", "move", "unit", "at", "note", "basis", "seconds_used", "was_overdue",
    "actor__name", "actor__role", "actor__unit", "actor__group",
)  # fmt: skip
_TOLD_OF_DUPLICATES = ("number", "state", "filed_at", "longitude", "latitude")


def case_for_page(user: User, number: str) -> Complaint | None:
    """One case that this person may open, with what it has one of, and with whether it has what few have: the page
    looks for that only where there is some.
    """
    for case in _cases_seen_as(user.role)(number=number, unit=user.unit_id):
        # Django sets what is joined only where there is some.
        for name in ("filer", "waiting_request"):
            case.__dict__.setdefault(name, None)
        name_case(case)
        if case.has_helpers:
            prefetch_related_objects([case], "helpers")
            name_helpers(case)
        return case
    return None


def events_of(case: Complaint) -> list[Event]:
    """All of them, oldest first, with their units and whoever did it."""
    events = _events(case=case.pk)
    name_events(events)
    return events


def photos_of(case: Complaint) -> list[Photo]:
    return all_photos_of(case) if case.has_photos else []


def all_photos_of(case: Complaint) -> list[Photo]:
    """Of a case of which it is not known whether it has any."""
    return _photos(case=case.pk)


def reporter_with_case(reporter: int) -> Reporter | None:
    """For the page by which a resident follows it."""
    for found in _reporters(reporter=reporter):
        name_case(found.complaint)
        return found
    return None


def steps_of(case: Complaint) -> list[Event]:
    """All of them, oldest first, with their units, to be told to a resident."""
    steps = _steps(case=case.pk)
    name_units(steps)
    return steps


def same_perhaps(user: User, case: Complaint) -> list[tuple[float, Complaint]]:
    """The others that this person may open and that may be the same thing, nearest first with their metres."""
    around = case.surroundings()
    return case.nearest_of(_near_cases_seen_as(user.role)(unit=user.unit_id, **around)) if around else []


_events = Composed(
    lambda case: Event.objects.filter(complaint=case).select_related("actor").only(*_TOLD_OF_EVENTS),
    case=BigAutoField(),
)
_steps = Composed(lambda case: Event.objects.filter(complaint=case), case=BigAutoField())
_reporters = Composed(
    lambda reporter: Reporter.objects.filter(pk=reporter).select_related("complaint"), reporter=BigAutoField()
)
_photos = Composed(lambda case: Photo.objects.filter(complaint=case), case=BigAutoField())


@cache
def _cases_seen_as(role: str) -> Composed[Complaint]:
    return Composed(
        lambda number, unit: _with_what_it_has(_seen_as(role, unit).filter(number=number)),
        number=CharField(),
        unit=BigAutoField(),
    )


@cache
def _near_cases_seen_as(role: str) -> Composed[Complaint]:
    bounds = dict.fromkeys(("west", "east", "south", "north"), FloatField())
    return Composed(
        lambda unit, **within: _seen_as(role, unit).within(**within).only(*_TOLD_OF_DUPLICATES),
        unit=BigAutoField(),
        case=BigAutoField(),
        group=CharField(),
        since=DateTimeField(),
        until=DateTimeField(),
        **bounds,
    )


def _seen_as(role: str, unit: Any) -> ComplaintQuerySet:
    """What people of one role see differs between them by their unit at most."""
    anyone = User(role=role)
    anyone.unit_id = unit
    return Complaint.objects.visible_to(anyone, few=True)


def _with_what_it_has(cases: ComplaintQuerySet) -> ComplaintQuerySet:
    followers = Reporter.objects.filter(complaint=OuterRef("pk"), is_follower=True).values("complaint")
    extensions = UnitRequest.objects.extensions(round=OuterRef("round"), unit=OuterRef("unit"))
    found: dict[str, Any] = {
        "filer": FilteredRelation("reporters", condition=Q(reporters__is_follower=False)),
        "waiting_request": FilteredRelation("requests", condition=Q(requests__status=UnitRequest.Status.PENDING)),
        "leading_number": F("merged_into__number"),
        "followers": Coalesce(Subquery(followers.annotate(count=Count("pk")).values("count")), 0),
        "has_photos": _has(Photo.objects.all()),
        "has_helpers": _has(HelpingUnit.objects.all()),
        "has_escalations": _has(Escalation.objects.all()),
        "has_acknowledgements": _has(Acknowledgement.objects.all()),
        "has_asked_extension": _has(extensions),
    }
    return cases.annotate(**found).select_related("filer", "waiting_request")  # type: ignore[misc]


def _has(some: QuerySet[Any]) -> Exists:
    return Exists(some.filter(complaint=OuterRef("pk")))
