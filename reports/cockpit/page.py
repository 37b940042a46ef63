"""The cockpit and its table as HTML, kept until a figure in them changes.

All who steer see the same numbers; what differs by person is said in the arguments.
"""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from common.months import Month
from common.revisions import remembered
from reports.cockpit.board import Cockpit, cockpit
from reports.cockpit.charts import charts
from reports.cockpit.choice import MONTHS, Choice, area_options
from reports.cockpit.kpis import kpis
from reports.cockpit.levels import scale_of
from reports.cockpit.tables import BY, Live, figure_table
from reports.directory import GridEntry, directory
from reports.rollups.reading import OpenNow, Standing


@remembered("reference", "boards", most=32)
def choices(choice: Choice, *, with_own: bool, by: str = "") -> SafeString:
    """The form of area and month. `with_own`: the reader has an area that can be chosen; `by`: of the table."""
    this = Month.of(choice.today)
    context = {
        "choice": choice,
        "areas": area_options(directory(choice.today), with_own=with_own),
        "months": [this.shifted(-back) for back in range(MONTHS)],
        "compare_month": "" if by else choice.link(compare=""),
        "compare_year": "" if by else choice.link(compare="year"),
        "kept": [("by", by)] if by else [],
    }
    return render_to_string("reports/_choice.html", context)


@remembered("figures", "boards", "volunteers", "reference", most=32)
def board(choice: Choice, now: OpenNow, *, may_instruct: bool) -> SafeString:
    """`now`: the open cases of the chosen area."""
    shown = cockpit(choice, directory(choice.today), now)
    context = {"choice": choice, "shown": shown, "kpis": kpis(shown), "charts": charts(shown), **_map(shown)}
    return render_to_string("reports/_cockpit.html", context | {"may_instruct": may_instruct})


@remembered("figures", "reference", "boards", most=32)
def table(choice: Choice, told: Live, *, by: str, sort: str) -> SafeString:
    """The figures of a month line by line; each number leads to its cases in the queue."""
    shown = figure_table(choice, directory(choice.today), told, by=by, sort=sort)
    tabs = [(label, choice.link(by=one), one == by) for one, label in BY.items()]
    return render_to_string("reports/_figures.html", {"choice": choice, "table": shown, "tabs": tabs})


def _map(shown: Cockpit) -> dict[str, object]:
    """The grids with their open cases; outside the chosen area they are drawn empty."""
    numbers = {pk: shown.now.by_grid.get(pk, Standing()).open for pk in shown.names.grids}
    scale = scale_of(numbers.values())
    grids: list[tuple[GridEntry, int, int]] = [
        (grid, numbers[grid.pk], scale.level(numbers[grid.pk])) for grid in shown.names.grids.values() if grid.path
    ]
    return {"grids": grids, "legend": scale.legend("件"), "unplaced": shown.now.total.open - sum(numbers.values())}
