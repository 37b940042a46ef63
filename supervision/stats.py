"""Counted reads of inspections (how many, where, what became of what they found) and of referrals."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.db.models.functions import ExtractMonth, ExtractYear

from accounts.models import Role, Unit, User
from common.months import Month
from progress.models import MonthTask
from supervision.models import (
    READS_EVERY_INSPECTION,
    Finding,
    FindingQuerySet,
    Inspection,
    InspectionQuerySet,
    Outcome,
    Referral,
    ReferralQuerySet,
)
from supervision.workflow import State

MONTHS_BACK = 12


@dataclass(frozen=True)
class Tally:
    """How many inspections, and how many of their findings ended each way, as far as somebody sees them."""

    inspections: int = 0
    cases: int = 0
    remarks: int = 0
    referrals: int = 0

    @property
    def findings(self) -> int:
        return self.cases + self.remarks + self.referrals


_COLUMN: dict[str, str] = {Outcome.CASE: "cases", Outcome.REMARK: "remarks", Outcome.REFERRAL: "referrals"}


def by_month(user: User, *, until: Month) -> list[tuple[Month, Tally]]:
    """The last twelve months up to `until`, newest first; in two queries."""
    first = until.shifted(1 - MONTHS_BACK).first_day
    seen = _seen(user).filter(on__range=(first, until.last_day))
    counted: dict[Month, dict[str, int]] = defaultdict(dict)
    months = seen.order_by().values_list(ExtractYear("on"), ExtractMonth("on")).annotate(number=Count("pk"))
    for year, month, number in months:
        counted[Month(year, month)]["inspections"] = number
    found = _found(user).filter(inspection__on__range=(first, until.last_day))
    dated = found.values_list(ExtractYear("inspection__on"), ExtractMonth("inspection__on"), "outcome")
    for year, month, outcome, number in dated.annotate(number=Count("pk")):
        counted[Month(year, month)][_COLUMN[outcome]] = number
    shown = (until.shifted(-back) for back in range(MONTHS_BACK))
    return [(month, Tally(**counted.get(month, {}))) for month in shown]


def by_unit(user: User, month: Month) -> list[tuple[Unit, Tally]]:
    """The units that inspections of the month name, the most findings first; in three queries."""
    counted: dict[int, dict[str, int]] = defaultdict(dict)
    seen = _seen(user).of_month(month).exclude(unit=None)
    for unit, number in seen.order_by().values_list("unit").annotate(number=Count("pk")):
        counted[unit]["inspections"] = number
    found = _found(user).filter(inspection__in=seen).values_list("inspection__unit", "outcome")
    for unit, outcome, number in found.annotate(number=Count("pk")):
        counted[unit][_COLUMN[outcome]] = number
    units = Unit.objects.in_bulk(counted)
    rows = [(units[pk], Tally(**counts)) for pk, counts in counted.items()]
    return sorted(rows, key=lambda row: (-row[1].findings, -row[1].inspections, row[0].code))


def outcomes_of(inspections: Iterable[Inspection], user: User) -> dict[int, Tally]:
    """What became of the findings of each, as far as this person sees them; in one query."""
    counted: dict[int, dict[str, int]] = defaultdict(dict)
    found = _found(user).filter(inspection__in=[one.pk for one in inspections])
    for inspection, outcome, number in found.values_list("inspection", "outcome").annotate(number=Count("pk")):
        counted[inspection][_COLUMN[outcome]] = number
    return {pk: Tally(**counts) for pk, counts in counted.items()}


@dataclass(frozen=True)
class OwnCounts:
    """What somebody wrote: drafts not submitted, and how many were submitted for a day."""

    drafts: int
    submitted: int


def own_counts(user: User, *, on: date) -> OwnCounts:
    """In one query."""
    is_of_day = Q(submitted_at__isnull=False, on=on)
    counted = Inspection.objects.filter(by=user).aggregate(
        drafts=Count("pk", filter=Q(submitted_at=None)), submitted=Count("pk", filter=is_of_day)
    )
    return OwnCounts(**counted)


def remarks_on(tasks: Iterable[MonthTask], user: User) -> dict[int, list[Finding]]:
    """The remarks (提示) that inspections left on each of the tasks, for those who may read them; in one query."""
    keys = [task.pk for task in tasks if _reads_remarks(user, task)]
    remarks: dict[int, list[Finding]] = defaultdict(list)
    found = Finding.objects.filter(
        task__in=keys, outcome=Outcome.REMARK, inspection__submitted_at__isnull=False
    ).select_related("inspection__by__unit", "inspection__by__group")
    for finding in found.order_by("-inspection__on", "-pk") if keys else ():
        remarks[finding.task_id or 0].append(finding)
    return remarks


def _reads_remarks(user: User, task: MonthTask) -> bool:
    return user.role in READS_EVERY_INSPECTION or (user.role == Role.LIAISON and user.unit_id == task.unit_id)


def _seen(user: User) -> InspectionQuerySet:
    return Inspection.objects.visible_to(user).submitted()


def _found(user: User) -> FindingQuerySet:
    return Finding.objects.visible_to(user).filter(inspection__submitted_at__isnull=False).order_by()


def referral_counts(referrals: ReferralQuerySet) -> dict[State, int]:
    """How many are in each state, in one query."""
    counted = dict(referrals.order_by().values_list("state").annotate(number=Count("pk")))
    return {state: counted.get(state, 0) for state in State}


def referral_counts_for(user: User) -> dict[State, int]:
    """Of what this person may know of; leaders know how many there are in all."""
    everything = user.role == Role.LEADER
    return referral_counts(Referral.objects.all() if everything else Referral.objects.visible_to(user))
