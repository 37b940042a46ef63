"""The staff's map: each grid's figures over twelve months, and the cases of a box."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Q, Value, When
from django.urls import reverse

from accounts.models import User
from common.clock import CITY_TIME
from common.months import Month
from common.revisions import remembered
from complaints.models import Complaint
from complaints.workflow import OPEN_STATES
from reports.directory import Directory, GridEntry, directory
from reports.models import Axis, PatrolTally
from reports.rollups import reading
from reports.rollups.reading import OpenNow, Standing, Summed

MONTHS = 12
MOST_CASES = 10_000
LATEST = 5
# What a point on the map is, as the script draws it.
IN_TIME, SOON, OVERDUE, CLOSED = map(Value, range(4))

Box = tuple[float, float, float, float]


def months_until(this: Month) -> list[Month]:
    """Oldest first."""
    return [this.shifted(back - MONTHS + 1) for back in range(MONTHS)]


def grid_figures(*, at: datetime) -> str:
    """As JSON: what the map colours by, for each grid a number or [numerator, denominator] a month.

    In one query while nothing was counted.
    """
    return _figures(at.astimezone(CITY_TIME).date(), reading.open_now(at=at))


@remembered("figures", "reference", "boards", most=8)
def _figures(today: date, now: OpenNow) -> str:
    months = months_until(Month.of(today))
    course = reading.course(months[0], months[-1], this=months[-1], now=now, by=Axis.GRID)
    patrols = _patrols(months)
    grids = {
        grid.code: _of_grid([course.get((month, pk), Summed()) for month in months], now.by_grid.get(pk, Standing()))
        | {"patrol": [patrols.get((month, pk), [0, 0]) for month in months]}
        for pk, grid in directory(today).grids.items()
    }
    return json.dumps({"months": [f"{month.year} 年 {month.month} 月" for month in months], "grids": grids})


def _of_grid(months: list[Summed], now: Standing) -> dict[str, Any]:
    still_open, backwards = now.open, []
    for month in reversed(months):
        backwards.append(still_open)
        still_open -= month.entered - month.left
    # Of the running month: what is late at this moment, whenever it was due.
    late = [*(month.cases.due - month.cases.closed_in_time for month in months[:-1]), now.overdue]
    on_time = [[month.cases.closed_in_time, month.cases.due] for month in months]
    return {"open": backwards[::-1], "late": late, "on_time": on_time}


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


def grid_card(grid: GridEntry, user: User, month: Month, *, at: datetime) -> GridCard:
    """What is open in a grid now, its rates of the month, and the latest cases that this person may see."""
    this, now = Month.of(at), reading.open_now(at=at)
    cases = Complaint.objects.visible_to(user).filter(grid_id=grid.pk).order_by("-filed_at")
    return GridCard(
        grid,
        reading.course(month, month, this=this, now=now, by=Axis.GRID).get((month, grid.pk), Summed()),
        now.by_grid.get(grid.pk, Standing()),
        _patrols([month]).get((month, grid.pk), [0, 0]),
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
