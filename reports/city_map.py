"""The staff's map: each grid's figures over twelve months, and the cases of a box."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Q, Value, When
from django.urls import reverse

from accounts.models import User
from common.months import Month
from complaints.models import Complaint
from complaints.workflow import OPEN_STATES
from reports.directory import Directory, GridEntry
from reports.models import Axis, PatrolTally
from reports.rollups import reading
from reports.rollups.reading import Standing, Summed

MONTHS = 12
MOST_CASES = 10_000
LATEST = 5
# What a point on the map is, as the script draws it.
IN_TIME, SOON, OVERDUE, CLOSED = map(Value, range(4))

Box = tuple[float, float, float, float]


def months_until(this: Month) -> list[Month]:
    """Oldest first."""
    return [this.shifted(back - MONTHS + 1) for back in range(MONTHS)]


def grid_figures(names: Directory, *, at: datetime) -> dict[str, Any]:
    """What the map colours by, for each grid a number or [numerator, denominator] a month; in five queries."""
    months = months_until(Month.of(at))
    summed = reading.by_month(months[0], months[-1], at=at, by=Axis.GRID.value)
    standing = reading.open_now(at=at).by_grid()
    patrols = _patrols(months)
    grids = {
        grid.code: _of_grid(months, {month: summed.get((month, pk), Summed()) for month in months}, standing.get(pk))
        | {"patrol": [patrols.get((month, pk), [0, 0]) for month in months]}
        for pk, grid in names.grids.items()
    }
    return {"months": [f"{month.year} 年 {month.month} 月" for month in months], "grids": grids}


def _of_grid(months: list[Month], summed: dict[Month, Summed], now: Standing | None) -> dict[str, Any]:
    standing = now or Standing()
    still_open, backwards = standing.open, []
    for month in reversed(months):
        backwards.append(still_open)
        still_open -= summed[month].entered - summed[month].left
    missed = [summed[month].cases.due - summed[month].cases.closed_in_time for month in months]
    on_time = [[summed[month].cases.closed_in_time, summed[month].cases.due] for month in months]
    # Of the running month: what is late at this moment, whenever it was due.
    return {"open": backwards[::-1], "late": [*missed[:-1], standing.overdue], "on_time": on_time}


def _patrols(months: list[Month]) -> dict[tuple[Month, int], list[int]]:
    rows = PatrolTally.objects.filter(month__range=(months[0].first_day, months[-1].first_day))
    counted = rows.values_list("month", "grid_id", "walked", "expected")
    return {(Month.of(day), grid): [walked, expected] for day, grid, walked, expected in counted}


def cases_in(user: User, month: Month, box: Box | None, *, at: datetime) -> dict[str, Any]:
    """The cases of the month in the box as [longitude, latitude, kind, number], the newest first; in one query.

    Of the running month also what is open from before. `more`: there are more than are told.
    """
    wanted = _of_month(month, at=at) & Q(longitude__isnull=False)
    if box:
        west, south, east, north = box
        wanted &= Q(longitude__range=(west, east), latitude__range=(south, north))
    cases = Complaint.objects.visible_to(user).filter(wanted)
    columns = ("longitude", "latitude", _kind(at), "number")
    rows = list(cases.order_by("-filed_at").values_list(*columns)[: MOST_CASES + 1])
    points = [[round(x, 6), round(y, 6), kind, number] for x, y, kind, number in rows]
    return {"cases": points[:MOST_CASES], "more": len(rows) > MOST_CASES}


def _of_month(month: Month, *, at: datetime) -> Q:
    filed = Q(filed_at__gte=month.starts_at, filed_at__lt=month.ends_at)
    return filed | Q(state__in=OPEN_STATES) if month == Month.of(at) else filed


def _kind(at: datetime) -> Case:
    """Told by the database: hundreds of moments need not be read for it."""
    return Case(
        When(~Q(state__in=OPEN_STATES), then=CLOSED),
        When(due_at__lt=at, then=OVERDUE),
        When(warn_at__lte=at, then=SOON),
        default=IN_TIME,
    )


@dataclass(frozen=True)
class GridCard:
    grid: GridEntry
    summed: Summed
    standing: Standing
    patrolled: list[int]
    latest: list[Complaint]

    @property
    def queue_url(self) -> str:
        return reverse("complaints:queue") + f"?grid={self.grid.code}"


def grid_card(grid: GridEntry, user: User, *, at: datetime) -> GridCard:
    """A grid as it stands in the running month, with the latest cases that this person may see."""
    this = Month.of(at)
    cases = Complaint.objects.visible_to(user).filter(grid_id=grid.pk).order_by("-filed_at")
    return GridCard(
        grid,
        reading.of_month(this, at=at, by=Axis.GRID.value).get(grid.pk, Summed()),
        reading.open_now(at=at).by_grid().get(grid.pk, Standing()),
        _patrols([this]).get((this, grid.pk), [0, 0]),
        list(cases[:LATEST]),
    )


def box_of(text: str) -> Box | None:
    """ "west,south,east,north" in degrees; None where it is no box."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        return None
    return (west, south, east, north) if -180 <= west < east <= 180 and -90 <= south < north <= 90 else None


def by_code(names: Directory, code: str) -> GridEntry | None:
    entries: Iterable[GridEntry] = names.grids.values()
    return next((grid for grid in entries if grid.code == code), None)
