"""How many activities, people, hours and teams: of a month or a span, of all, of each type, unit and community.

Only activities whose hours are confirmed count. Each figure is counted in its own scope: people of two types or two
units may be the same people, so a row is never the sum of others.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from accounts.models import Unit, User
from common.months import Month
from grids.models import Community
from grids.stats import Covered
from volunteers.models import Activity, ActivityType, Membership, ServiceRecord, Team, Volunteer
from volunteers.models.service import as_hours
from volunteers.workflow import ActivityState

TARGET_PERCENT = 90


@dataclass(frozen=True)
class Figures:
    """Activities held, different people who served at them, their minutes together, teams that held one."""

    activities: int = 0
    people: int = 0
    minutes: int = 0
    teams: int = 0

    @property
    def hours(self) -> str:
        return as_hours(self.minutes)


@dataclass(frozen=True)
class Ranked:
    """A unit (or a public team's activities, `unit` none) with its figures."""

    unit: Unit | None
    figures: Figures

    @property
    def name(self) -> str:
        return self.unit.name if self.unit else "公开队伍"


@dataclass(frozen=True)
class UnitRate:
    """The unit's registered volunteers of its headcount, against the target of 90 %."""

    unit: Unit
    registered: Covered

    @property
    def reaches_target(self) -> bool:
        return self.registered.total > 0 and self.registered.count * 100 >= TARGET_PERCENT * self.registered.total


@dataclass(frozen=True)
class Waiting:
    """Activities that are over without confirmed hours, and people who ask to join a team."""

    unconfirmed: int
    asked: int


@dataclass(frozen=True)
class MonthFigures:
    """A month of volunteering. `unconfirmed`: activities over whose hours nobody has confirmed, in no other figure.

    `registered`: volunteers at the end of the month. `teams`: teams with an activity, of the active ones.
    """

    month: Month
    total: Figures
    by_type: list[tuple[str, Figures]]
    by_unit: list[Ranked]
    by_community: list[tuple[Community, Figures]]
    unconfirmed: int
    registered: int
    teams: Covered
    units: Covered


def month_figures(month: Month) -> MonthFigures:
    """The figures of the activities that began in the month."""
    records = ServiceRecord.objects.in_month(month)
    activities = Activity.objects.within(month)
    total = figures(records, activities)
    by_unit = rankings(records, activities)
    active_units = Unit.objects.filter(is_active=True).count()
    return MonthFigures(
        month=month,
        total=total,
        by_type=_by_type(records, activities),
        by_unit=by_unit,
        by_community=_by_community(records, activities),
        unconfirmed=activities.filter(state=ActivityState.PUBLISHED, ends_at__lt=timezone.now()).count(),
        registered=Volunteer.objects.filter(
            Q(erased_at=None) | Q(erased_at__gte=month.ends_at), registered_at__lt=month.ends_at
        ).count(),
        teams=Covered(total.teams, Team.objects.open().count()),
        units=Covered(sum(1 for row in by_unit if row.unit and row.unit.is_active), active_units),
    )


def month_total(month: Month) -> Figures:
    """What `month_figures` says of the city as a whole, in two queries."""
    return figures(ServiceRecord.objects.in_month(month), Activity.objects.within(month))


def figures(records: QuerySet[ServiceRecord], activities: QuerySet[Activity]) -> Figures:
    """Of the records and activities given, as one scope."""
    served = records.order_by().aggregate(
        people=Count("volunteer", distinct=True, filter=Q(minutes__gt=0)), minutes=Sum("minutes")
    )
    held = activities.filter(state=ActivityState.CONFIRMED).order_by()
    counted = held.aggregate(activities=Count("pk"), teams=Count("team", distinct=True))
    return Figures(counted["activities"], served["people"], served["minutes"] or 0, counted["teams"])


def rankings(records: QuerySet[ServiceRecord], activities: QuerySet[Activity]) -> list[Ranked]:
    """Each unit that held something, most activities first, equal ones by hours; the public teams last, as one row."""
    of = _grouped(records, activities, "unit", "unit")
    units = Unit.objects.in_bulk([key for key in of if key is not None])
    rows = [Ranked(units[key] if key is not None else None, counted) for key, counted in of.items()]
    return sorted(rows, key=lambda row: (row.unit is None, -row.figures.activities, -row.figures.minutes, row.name))


def _by_type(records: QuerySet[ServiceRecord], activities: QuerySet[Activity]) -> list[tuple[str, Figures]]:
    of = _grouped(records, activities, "type", "type")
    return [(str(type_.label), of[type_.value]) for type_ in ActivityType if type_.value in of]


def _by_community(records: QuerySet[ServiceRecord], activities: QuerySet[Activity]) -> list[tuple[Community, Figures]]:
    of = _grouped(records, activities, "activity__grid__community", "grid__community")
    areas = Community.objects.defer("boundary").in_bulk([key for key in of if key is not None])
    return sorted(((areas[key], of[key]) for key in areas), key=lambda one: one[0].code)


def _grouped(
    records: QuerySet[ServiceRecord], activities: QuerySet[Activity], of_record: str, of_activity: str
) -> dict[Any, Figures]:
    """Figures for each value of a column, two queries; `of_record` and `of_activity` name it from either side."""
    held = activities.filter(state=ActivityState.CONFIRMED).order_by().values(key=F(of_activity))
    served = records.order_by().values(key=F(of_record))
    people = {
        row["key"]: row
        for row in served.annotate(
            people=Count("volunteer", distinct=True, filter=Q(minutes__gt=0)), sum=Sum("minutes")
        )
    }
    empty = {"people": 0, "sum": 0}
    return {
        row["key"]: Figures(
            row["count"], people.get(row["key"], empty)["people"], people.get(row["key"], empty)["sum"], row["teams"]
        )
        for row in held.annotate(count=Count("pk"), teams=Count("team", distinct=True))
    }


def waiting_for_organiser(user: User, *, at: datetime) -> Waiting:
    """Of the teams and activities this person keeps."""
    over = Activity.objects.kept_by(user).filter(state=ActivityState.PUBLISHED, ends_at__lte=at)
    asked = Membership.objects.asked().filter(team__in=Team.objects.kept_by(user))
    return Waiting(over.count(), asked.count())


def registration_rates() -> list[UnitRate]:
    """Each active unit's volunteers (different people in its teams) of its headcount, lowest rate first."""
    members = Membership.objects.members().filter(volunteer__erased_at=None, team__unit__isnull=False)
    counted = dict(
        members.order_by()
        .values("team__unit")
        .annotate(n=Count("volunteer", distinct=True))
        .values_list("team__unit", "n")
    )
    rates = [
        UnitRate(unit, Covered(counted.get(unit.pk, 0), unit.headcount)) for unit in Unit.objects.filter(is_active=True)
    ]
    return sorted(rates, key=lambda rate: (rate.registered.percent or 0, rate.unit.code))


def upcoming_activities(limit: int, *, at: datetime | None = None) -> list[Activity]:
    """The next activities that residents can join, soonest first, with team, unit and grid; for the home page."""
    found = Activity.objects.upcoming(at=at or timezone.now()).named()
    return list(found[:limit])
