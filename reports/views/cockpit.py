"""The cockpit and the table behind its figures."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import only
from accounts.models import Role
from common.http import Request
from common.months import Month
from reports.cockpit.board import Cockpit, cockpit
from reports.cockpit.charts import charts
from reports.cockpit.choice import MONTHS, Choice, area_options, chosen
from reports.cockpit.kpis import kpis
from reports.cockpit.levels import scale_of
from reports.cockpit.tables import BY, figure_table
from reports.directory import Directory, GridEntry, directory
from reports.models import RollupState

WHO_STEERS = (Role.LEADER, Role.OFFICE, Role.GROUP_HEAD, Role.SUPERVISION, Role.GUIDANCE)


@only(*WHO_STEERS)
@require_safe
def board(request: Request) -> HttpResponse:
    choice, names = _asked(request)
    shown = cockpit(choice, names)
    context = {
        "shown": shown,
        "kpis": kpis(shown),
        "charts": charts(shown),
        **_map(shown),
        **_frame(request, choice, names),
    }
    return render(request, "reports/cockpit.html", context | {"counted_at": shown.counted_at})


@only(*WHO_STEERS)
@require_safe
def figures(request: Request) -> HttpResponse:
    """The figures of a month line by line; each number leads to its cases in the queue."""
    choice, names = _asked(request)
    table = figure_table(choice, names, by=request.GET.get("by", ""), sort=request.GET.get("sort", ""))
    tabs = [(label, choice.link(by=by), by == table.by) for by, label in BY.items()]
    context = {"table": table, "tabs": tabs, "counted_at": RollupState.freshness(), **_frame(request, choice, names)}
    context |= {"kept": [("by", table.by)], "back": choice.link()}
    return render(request, "reports/figures.html", context)


def _asked(request: Request) -> tuple[Choice, Directory]:
    now = timezone.now()
    names = directory(on=timezone.localdate(now))
    return chosen(request.GET.dict(), request.user, names, at=now), names


def _frame(request: Request, choice: Choice, names: Directory) -> dict[str, object]:
    this = Month.of(choice.at)
    return {
        "choice": choice,
        "areas": area_options(request.user, names),
        "months": [this.shifted(-back) for back in range(MONTHS)],
        "compare_month": choice.link(compare=""),
        "compare_year": choice.link(compare="year"),
    }


def _map(shown: Cockpit) -> dict[str, object]:
    """The grids with their open cases; outside the chosen area they are drawn empty."""
    by_grid = shown.now.by_grid()
    numbers = {pk: by_grid[pk].open if pk in by_grid else 0 for pk in shown.names.grids}
    scale = scale_of(numbers.values())
    grids: list[tuple[GridEntry, int, int]] = [
        (grid, numbers[grid.pk], scale.level(numbers[grid.pk])) for grid in shown.names.grids.values() if grid.path
    ]
    return {"grids": grids, "legend": scale.legend("件"), "unplaced": shown.now.total.open - sum(numbers.values())}
