"""The table behind the figures: a line per unit, community, grid, channel or kind, each number a link to its cases."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.months import Month
from complaints.behind import Why
from complaints.figures import CaseFigures, Rate
from complaints.models import Channel, ProblemGroup
from complaints.models.complaint import Light
from complaints.staff_forms import EVERY, OPEN
from reports.cockpit.choice import Choice
from reports.cockpit.kpis import exact
from reports.directory import Directory
from reports.models import Axis
from reports.rollups import reading
from reports.rollups.reading import ByTime, OpenNow, Standing, Summed

BY = {
    "unit": "责任单位", "community": "社区", "grid": "网格", "channel": "来源", "group": "问题分组", "major": "大类",
}  # fmt: skip
_COLUMN = {"unit": "unit_id", "community": "community_id"}
# What a case of the line without a name lacks; of a place it is the grid.
_LACKING = {"unit": "unit", "major": "category"}
# Open cases are told by where they are, not by what they are about.
_PLACES = frozenset({"unit", "community", "grid"})


@dataclass(frozen=True)
class Cell:
    """What stands in a field, the number that it sorts by (the most urgent smallest), and its cases."""

    text: str
    order: float
    url: str = ""


@dataclass(frozen=True)
class Line:
    name: str
    cells: dict[str, Cell]


@dataclass(frozen=True)
class Column:
    name: str
    label: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class FigureTable:
    by: str
    columns: list[Column]
    lines: list[Line]
    total: Line

    @property
    def by_label(self) -> str:
        return BY[self.by]


COLUMNS = {
    "open": "在办", "overdue": "超时", "filed": "收到", "closed": "办结", "late": "按期结案率", "rework": "返工率",
    "returning": "退单率", "satisfaction": "满意率", "solution": "解决率", "response": "响应率", "days": "平均天数",
}  # fmt: skip


@dataclass(frozen=True)
class Live:
    """What the present moment tells, besides the tallies: how lines stand and what is late in them."""

    now: OpenNow
    by_time: ByTime


def live(choice: Choice, *, by: str, at: datetime) -> Live:
    """In three queries."""
    scope, month = choice.area.scope, choice.month
    return Live(
        reading.open_now(at=at, scope=scope),
        reading.by_time(month, month, at=at, by=_COLUMN.get(by, by), scope=scope),
    )


def figure_table(choice: Choice, names: Directory, told: Live, *, by: str, sort: str) -> FigureTable:
    """No query while nothing was counted. A `sort` that is no column is by what is overdue or late."""
    places = by in _PLACES and choice.is_running
    columns = [name for name in COLUMNS if places or name not in {"open", "overdue"}]
    sort = sort if sort in columns else ("overdue" if places else "late")
    month, this = choice.month, Month.of(choice.today)
    keyed = reading.joined(month, month, this, told.by_time, by=_COLUMN.get(by, by), scope=choice.area.scope)
    summed = {key: one for (_, key), one in keyed.items()}
    standing = _standing(told.now, names, by) if places else {}
    lines = [
        _line(choice, columns, _name(names, by, key), _filter(names, by, key), summed.get(key), standing.get(key))
        for key in {*summed, *standing}
    ]
    lines.sort(key=lambda line: (line.cells[sort].order, line.name))
    total = _line(
        choice, columns, "合计", {},
        sum(summed.values(), Summed()), sum(standing.values(), Standing()),
    )  # fmt: skip
    heads = [Column(name, COLUMNS[name], choice.link(by=by, sort=name), name == sort) for name in columns]
    return FigureTable(by, heads, lines, total)


def _standing(now: OpenNow, names: Directory, by: str) -> dict[Any, Standing]:
    if by == "unit":
        return now.by_unit
    if by == "grid":
        return now.by_grid
    found: dict[Any, Standing] = {}
    for pk, standing in now.by_grid.items():
        grid = names.grids.get(pk or 0)
        key = grid.community_id if grid else None
        found[key] = found.get(key, Standing()) + standing
    return found


def _name(names: Directory, by: str, key: Any) -> str:
    if key is None:
        return {"unit": "还没有派给单位", "major": "还没有定类"}.get(by, "没有定位")
    if by in {Axis.CHANNEL, Axis.GROUP}:
        kind = Channel if by == Axis.CHANNEL else ProblemGroup
        return str(kind(key).label)
    if by == Axis.MAJOR:
        return str(key)
    if by == Axis.GRID:
        return names.grids[key].title if key in names.grids else "已停用的网格"
    entry = (names.units if by == "unit" else names.communities).get(key)
    return entry.name if entry else "—"


def _filter(names: Directory, by: str, key: Any) -> dict[str, str] | None:
    """The queue's filter for a line; None where the queue has none."""
    if key is None:
        return {"lacks": _LACKING.get(by, "grid")}
    if by in {Axis.CHANNEL, Axis.GROUP, Axis.MAJOR}:
        return {str(by): str(key)}
    entries: dict[str, Any] = {"unit": names.units, "community": names.communities, "grid": names.grids}
    entry = entries[by].get(key)
    return {by: entry.code} if entry else None


def _line(
    choice: Choice,
    columns: list[str],
    name: str,
    narrowed: dict[str, str] | None,
    summed: Summed | None,
    standing: Standing | None,
) -> Line:
    one, now = summed or Summed(), standing or Standing()
    link = _Links(choice, narrowed) if narrowed is not None else _NoLinks()
    cells = {
        "open": Cell(f"{now.open:,}", -now.open, link.state(OPEN, now.open)),
        "overdue": Cell(f"{now.overdue:,}", -now.overdue, link.state(OPEN, now.overdue, light=Light.OVERDUE)),
        "filed": Cell(f"{one.cases.filed:,}", -one.cases.filed, link.why(Why.FILED, one.cases.filed)),
        "closed": Cell(f"{one.cases.closed:,}", -one.cases.closed, link.why(Why.CLOSED, one.cases.closed)),
        "days": _days(one),
        **_rates(one.cases, link),
    }
    return Line(name, {column: cells[column] for column in columns})


def _rates(cases: CaseFigures, link: "_Links | _NoLinks") -> dict[str, Cell]:
    bad_if_low = {
        "late": (cases.on_time, Why.LATE),
        "satisfaction": (cases.satisfaction, Why.UNSATISFIED),
        "solution": (cases.solution, Why.UNSOLVED),
        "response": (cases.response, Why.UNANSWERED),
    }
    bad_if_high = {"rework": (cases.rework, Why.REWORKED), "returning": (cases.returning, Why.RETURNED)}
    cells = {}
    for name, (rate, why) in bad_if_low.items():
        missed = rate.denominator - rate.numerator
        cells[name] = Cell(_told(rate), _share(rate, of_nothing=2), link.why(why, missed))
    for name, (rate, why) in bad_if_high.items():
        cells[name] = Cell(_told(rate), -_share(rate, of_nothing=-1), link.why(why, rate.numerator))
    return cells


def _told(rate: Rate) -> str:
    return f"{exact(rate)}%（{rate.numerator:,}／{rate.denominator:,}）" if rate.denominator else "—"


def _share(rate: Rate, *, of_nothing: float) -> float:
    return rate.numerator / rate.denominator if rate.denominator else of_nothing


def _days(one: Summed) -> Cell:
    days = one.average_days
    return Cell(f"{days:.1f}", -days) if days is not None else Cell("—", 0)


@dataclass(frozen=True)
class _Links:
    choice: Choice
    narrowed: dict[str, str]

    def state(self, state: str, number: int, **more: str) -> str:
        return self.choice.area.cases(**self.narrowed, state=state, **more) if number else ""

    def why(self, why: Why, number: int) -> str:
        given = {"state": EVERY, "why": str(why), "month": str(self.choice.month)}
        return self.choice.area.cases(**self.narrowed, **given) if number else ""


class _NoLinks:
    def state(self, state: str, number: int, **more: str) -> str:
        return ""

    def why(self, why: Why, number: int) -> str:
        return ""
