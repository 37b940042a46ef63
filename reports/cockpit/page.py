"""The cockpit and its table as HTML, kept until a figure in them changes.

All who steer see the same numbers; what differs by person is said in the arguments.
"""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from common.revisions import remembered
from reports.cockpit.board import Cockpit, cockpit
from reports.cockpit.charts import charts
from reports.cockpit.choice import Choice, frame
from reports.cockpit.kpis import kpis
from reports.cockpit.levels import scale_of
from reports.cockpit.tables import BY, Live, figure_table
from reports.directory import GridEntry, directory
from reports.models import RollupState
from reports.rollups.reading import OpenNow, Standing


@remembered("figures", "boards", "volunteers", "reference", most=32)
def board(choice: Choice, now: OpenNow, *, with_own: bool, may_instruct: bool) -> SafeString:
    """`now`: the open cases of the chosen area; `with_own`: the reader has an area that can be chosen."""
    names = directory(choice.today)
    shown = cockpit(choice, names, now)
    context = {
        "shown": shown,
        "kpis": kpis(shown),
        "charts": charts(shown),
        "counted_at": shown.counted_at,
        "may_instruct": may_instruct,
        **_map(shown),
        **frame(choice, names, with_own=with_own),
    }
    return render_to_string("reports/_cockpit.html", context)


@remembered("figures", "reference", "boards", most=32)
def table(choice: Choice, told: Live, *, by: str, sort: str, with_own: bool) -> SafeString:
    """The figures of a month line by line; each number leads to its cases in the queue."""
    names = directory(choice.today)
    context = {
        "table": figure_table(choice, names, told, by=by, sort=sort),
        "tabs": [(label, choice.link(by=one), one == by) for one, label in BY.items()],
        "kept": [("by", by)],
        "back": choice.link(),
        "counted_at": RollupState.freshness(),
        **frame(choice, names, with_own=with_own),
    }
    return render_to_string("reports/_figures.html", context)


def _map(shown: Cockpit) -> dict[str, object]:
    """The grids with their open cases; outside the chosen area they are drawn empty."""
    numbers = {pk: shown.now.by_grid.get(pk, Standing()).open for pk in shown.names.grids}
    scale = scale_of(numbers.values())
    grids: list[tuple[GridEntry, int, int]] = [
        (grid, numbers[grid.pk], scale.level(numbers[grid.pk])) for grid in shown.names.grids.values() if grid.path
    ]
    return {"grids": grids, "legend": scale.legend("件"), "unplaced": shown.now.total.open - sum(numbers.values())}
