"""What the charts draw and the tables beside them tell: the same numbers, once."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from complaints.figures import Rate
from reports.cockpit.board import Cockpit


@dataclass(frozen=True)
class Chart:
    """`spec` goes to assets/js/charts.js as JSON; `rows` the same for people: month, its table, a text per series."""

    id: str
    title: str
    spec: dict[str, Any]
    rows: list[tuple[str, str, list[str]]]

    @property
    def heads(self) -> list[str]:
        return [series["name"] for series in self.spec["series"]]


def charts(shown: Cockpit) -> list[Chart]:
    return [_rates(shown), _flow(shown)]


def _rates(shown: Cockpit) -> Chart:
    on_time = [shown.cases(month).on_time for month in shown.months]
    satisfaction = [shown.cases(month).satisfaction for month in shown.months]
    series = [
        {"name": "按期结案率", "values": [_share(rate) for rate in on_time]},
        {"name": "满意率", "values": [_share(rate) for rate in satisfaction], "dashed": True},
    ]
    rows = [[_told(a), _told(b)] for a, b in zip(on_time, satisfaction, strict=True)]
    spec = {"kind": "line", "unit": "%", "months": _labels(shown), "series": series}
    return Chart("chart-rates", "按期结案率和满意率", spec, _rows(shown, rows))


def _flow(shown: Cockpit) -> Chart:
    cases = [shown.cases(month) for month in shown.months]
    still_open = [shown.open_after(month) for month in shown.months]
    series = [
        {"name": "收到", "values": [one.filed for one in cases]},
        {"name": "办结", "values": [one.closed for one in cases]},
        {"name": "月底在办", "values": still_open, "line": True},
    ]
    rows = [[f"{one.filed:,}", f"{one.closed:,}", f"{left:,}"] for one, left in zip(cases, still_open, strict=True)]
    spec = {"kind": "bar", "unit": "件", "months": _labels(shown), "series": series}
    return Chart("chart-flow", "收到、办结和在办", spec, _rows(shown, rows))


def _labels(shown: Cockpit) -> list[str]:
    return [f"{month.month} 月" for month in shown.months]


def _rows(shown: Cockpit, cells: list[list[str]]) -> list[tuple[str, str, list[str]]]:
    """Newest first, as tables of months are everywhere."""
    named = [f"{month.year} 年 {month.month} 月" for month in shown.months]
    table = reverse("reports:figures")
    urls = [table + shown.choice.link(month=month) for month in shown.months]
    return list(zip(named, urls, cells, strict=True))[::-1]


def _share(rate: Rate) -> float | None:
    return rate.numerator * 1000 // rate.denominator / 10 if rate.denominator else None


def _told(rate: Rate) -> str:
    share = _share(rate)
    return f"{share:.1f}%（{rate.numerator:,}／{rate.denominator:,}）" if share is not None else "—"
