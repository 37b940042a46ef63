"""A chart as points of an SVG: worked out here, so that the template only writes them down."""

from dataclasses import dataclass

from reports.layout.parts import Chart

WIDTH, HEIGHT = 640, 220
LEFT, RIGHT, TOP, BOTTOM = 52, 44, 24, 30
GRID_LINES = 4
_STEPS = (1, 2, 5, 10)


@dataclass(frozen=True)
class Label:
    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Line:
    """One series: its unbroken runs as SVG points, and its last point with its value."""

    name: str
    runs: list[str]
    dots: list[Label]
    last: Label | None


@dataclass(frozen=True)
class Drawing:
    title: str
    unit: str
    described: str
    width: int
    height: int
    left: int
    right: int
    grid: list[Label]
    months: list[Label]
    lines: list[Line]


def drawn(chart: Chart) -> Drawing:
    low, high, step = _scale(chart)
    foot = HEIGHT - BOTTOM

    def y(value: float) -> float:
        return round(foot - (value - low) / (high - low) * (foot - TOP), 1)

    def x(index: int) -> float:
        return round(LEFT + index * (WIDTH - LEFT - RIGHT) / max(1, len(chart.labels) - 1), 1)

    values = [low + step * number for number in range(round((high - low) / step) + 1)]
    series = [(chart.names[0], chart.values), *([(chart.names[1], chart.compared)] if chart.compared else [])]
    return Drawing(
        title=chart.title,
        unit=chart.unit,
        described=_described(chart),
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        grid=[Label(LEFT - 8, y(value), f"{value:g}") for value in values],
        months=[Label(x(index), HEIGHT - 8, text) for index, text in enumerate(chart.labels)],
        lines=[
            _line(name, [(x(i), y(v), v) if v is not None else None for i, v in enumerate(found)], chart.unit)
            for name, found in series
        ],
    )


def _scale(chart: Chart) -> tuple[float, float, float]:
    """From, to and step of the axis: round numbers, about four lines. A share need not begin at nothing."""
    values = [value for value in (*chart.values, *chart.compared) if value is not None] or [0]
    low = 0.0 if chart.unit != "%" else min(values)
    span = max(max(values) - low, 4.0)
    magnitude = 10.0 ** (len(str(int(span / GRID_LINES))) - 1)
    step = next(n * magnitude for n in _STEPS if n * magnitude * GRID_LINES >= span)
    low = step * (low // step)
    high = low
    while high < max(values) or high == low:
        high += step
    return low, high, step


def _line(name: str, points: list[tuple[float, float, float] | None], unit: str) -> Line:
    runs: list[list[tuple[float, float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    known = [point for run in runs for point in run]
    last = known[-1] if known else None
    shown = (f"{last[2]:.1f}%" if unit == "%" else f"{last[2]:g}") if last else ""
    return Line(
        name,
        [" ".join(f"{x},{y}" for x, y, _ in run) for run in runs if len(run) > 1],
        [Label(x, y, "") for x, y, _ in known],
        Label(last[0], last[1], shown) if last else None,
    )


def _described(chart: Chart) -> str:
    known = [(label, value) for label, value in zip(chart.labels, chart.values, strict=True) if value is not None]
    if not known:
        return f"{chart.title}：没有数。"
    (first, begin), (last, end) = known[0], known[-1]
    told = f"{first} {_number(begin, chart.unit)}，{last} {_number(end, chart.unit)}"
    return f"{chart.title}折线图：{told}。各月的数在下面的表里。"


def _number(value: float, unit: str) -> str:
    return f"{value:.1f}%" if unit == "%" else f"{value:g} {unit}"
