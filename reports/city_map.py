"""The staff's map: each grid's figures over twelve months, and the card beside it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from accounts.models import User
from common.clock import CITY_TIME
from common.months import Month
from common.revisions import remembered
from complaints.models import Complaint
from reports.directory import Directory, GridEntry, directory
from reports.models import Axis, PatrolTally
from reports.rollups import reading
from reports.rollups.reading import OpenNow, Standing, Summed

MONTHS = 12
LATEST = 5


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


def by_code(names: Directory, code: str) -> GridEntry | None:
    entries: Iterable[GridEntry] = names.grids.values()
    return next((grid for grid in entries if grid.code == code), None)
