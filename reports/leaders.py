"""Counted reads of leaders' areas (领导包保): what each answers for, its grids, units, cases and flags."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse

from accounts.models import Leader, Unit, User
from common.clock import CITY_TIME
from common.months import Month
from complaints.behind import Why
from complaints.models import Complaint
from complaints.models.complaint import ComplaintQuerySet, Light
from complaints.staff_forms import EVERY, as_set
from complaints.workflow import OPEN_STATES
from grids.answering import Answering, answering_for
from grids.models import Community, DatedQuerySet, Grid, LeaderAssignment, Town
from progress.models import MonthTask
from progress.stats import COUNTED, FlagCounts, blue_streaks, counts_of

MOST_CASES = 10


@dataclass(frozen=True)
class LeaderLine:
    """A leader in the list: the areas and how many grids lie in them."""

    leader: Leader
    areas: list[Town | Community]
    grids: int


@dataclass(frozen=True)
class CaseCounts:
    open: int = 0
    overdue: int = 0
    closed: int = 0  # in the month

    def __add__(self, other: "CaseCounts") -> "CaseCounts":
        return CaseCounts(self.open + other.open, self.overdue + other.overdue, self.closed + other.closed)


@dataclass(frozen=True)
class AreaLine:
    area: Town | Community
    since: date
    grids: int
    units: int
    cases: CaseCounts
    communities: str
    month: Month

    @property
    def open_url(self) -> str:
        return self._cases()

    @property
    def overdue_url(self) -> str:
        return self._cases(light=str(Light.OVERDUE))

    @property
    def closed_url(self) -> str:
        return self._cases(state=EVERY, why=str(Why.CLOSED), month=str(self.month))

    def _cases(self, **filters: str) -> str:
        return f"{reverse('complaints:queue')}?{urlencode({'communities': self.communities} | filters)}"


@dataclass(frozen=True)
class UnitLine:
    """A unit that leads grids of the area: which, its flags of the month, and the rows of blue it is in."""

    unit: Unit
    grids: list[Grid]
    flags: FlagCounts
    in_a_row: int


@dataclass(frozen=True)
class LeaderPage:
    leader: Leader
    month: Month
    areas: list[AreaLine]
    grids: list[tuple[Grid, Answering]]
    units: list[UnitLine]
    cases: CaseCounts
    overdue: list[Complaint]

    @property
    def flags(self) -> FlagCounts:
        return sum((line.flags for line in self.units), FlagCounts())

    @property
    def without_lead(self) -> int:
        return sum(answering.lead is None for _, answering in self.grids)


def leader_lines(*, on: date) -> list[LeaderLine]:
    """Every leader in office, also one without an area, in two queries."""
    by_community = dict(Grid.objects.current().order_by().values_list("community").annotate(grids=Count("pk")))
    communities = {one.pk: one for one in Community.objects.select_related("town")}
    held: dict[int, list[Town | Community]] = defaultdict(list)
    for assignment in _current(on).select_related("town", "community"):
        held[assignment.leader_id].append(assignment.area)
    return [
        LeaderLine(
            leader, held[leader.pk], sum(by_community.get(pk, 0) for pk in _within(held[leader.pk], communities))
        )
        for leader in Leader.objects.filter(is_active=True)
    ]


def leader_page(leader: Leader, user: User, *, at: datetime) -> LeaderPage:
    """The area of a leader; of the cases those that `user` may see."""
    on, month = at.astimezone(CITY_TIME).date(), Month.of(at)
    communities = {one.pk: one for one in Community.objects.select_related("town")}
    held = list(_current(on).filter(leader=leader).select_related("town", "community"))
    within = _within([assignment.area for assignment in held], communities)
    grids = list(Grid.objects.current().filter(community__in=within).select_related("community__town").order_by("code"))
    answering = answering_for(grids, on=on)
    cases = Complaint.objects.visible_to(user).filter(grid__community__in=within)
    counted = _by_community(cases, month, at)
    late = cases.overdue(at=at).select_related("unit", "grid__community").order_by("due_at", "pk")
    return LeaderPage(
        leader,
        month,
        [_area(one, communities, grids, answering, counted, month) for one in held],
        [(grid, answering[grid.pk]) for grid in grids],
        _units(grids, answering, month),
        sum(counted.values(), CaseCounts()),
        list(late[:MOST_CASES]),
    )


def _current(on: date) -> DatedQuerySet:
    return LeaderAssignment.objects.on(on).order_by("town__code", "community__code")


def _within(areas: Iterable[Town | Community], communities: dict[int, Community]) -> list[int]:
    """The communities of the areas, each once: those named, and all of the towns named."""
    held = list(areas)
    towns = {area.pk for area in held if isinstance(area, Town)}
    named = {area.pk for area in held if isinstance(area, Community)}
    return [pk for pk, community in communities.items() if pk in named or community.town_id in towns]


def _by_community(cases: ComplaintQuerySet, month: Month, at: datetime) -> dict[int, CaseCounts]:
    is_open = Q(state__in=OPEN_STATES)
    found = (
        cases.order_by()
        .values_list("grid__community")
        .annotate(
            open=Count("pk", filter=is_open),
            overdue=Count("pk", filter=is_open & Q(due_at__lt=at)),
            closed=Count("pk", filter=Q(closed_at__gte=month.starts_at, closed_at__lt=month.ends_at)),
        )
    )
    return {community: CaseCounts(*counts) for community, *counts in found}


def _area(
    held: LeaderAssignment,
    communities: dict[int, Community],
    grids: list[Grid],
    answering: dict[int, Answering],
    counted: dict[int, CaseCounts],
    month: Month,
) -> AreaLine:
    within = _within([held.area], communities)
    own = [grid for grid in grids if grid.community_id in within]
    leads = {lead.pk for grid in own if (lead := answering[grid.pk].lead)}
    cases = sum((counted[pk] for pk in within if pk in counted), CaseCounts())
    return AreaLine(held.area, held.started_on, len(own), len(leads), cases, as_set(within), month)


def _units(grids: list[Grid], answering: dict[int, Answering], month: Month) -> list[UnitLine]:
    """The units that lead a grid there; those with blue flags first."""
    led: dict[Unit, list[Grid]] = defaultdict(list)
    for grid in grids:
        if lead := answering[grid.pk].lead:
            led[lead].append(grid)
    tasks = MonthTask.objects.of_month(month).filter(unit__in=led, group__has_board=True).order_by()
    flags = {row["unit_id"]: counts_of(row) for row in tasks.values("unit_id").annotate(**COUNTED)}
    rows: dict[int, int] = defaultdict(int)
    for streak in blue_streaks(until=month):
        if streak.is_going_on:
            rows[streak.unit_id] = max(rows[streak.unit_id], streak.length)
    lines = [UnitLine(unit, own, flags.get(unit.pk, FlagCounts()), rows[unit.pk]) for unit, own in led.items()]
    return sorted(lines, key=lambda line: (-line.flags.blue, line.unit.code))
