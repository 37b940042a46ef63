"""The cases of a month, told apart four ways; what each figure means stands in complaints.figures."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from accounts.models import Unit
from common.months import Month
from complaints.figures import By, CaseFigures, figures, open_overdue
from complaints.models import Channel
from grids.models import Community

Rows = list[dict[str, Any]]


def read(month: Month, as_of: datetime) -> dict[str, Any]:
    def counted(by: By) -> dict[Any, CaseFigures]:
        found = figures(month.starts_at, month.ends_at, as_of=as_of, by=by)
        return {key: one for (_, key), one in found.items()}

    communities = {area.pk: (area.code, area.name) for area in Community.objects.defer("boundary")}
    units = {unit.pk: (unit.code, unit.name) for unit in Unit.objects.all()}
    return {
        "city": asdict(counted(By.CITY).get(None, CaseFigures())),
        "channels": _rows(counted(By.CHANNEL), lambda key: (key, Channel(key).label), order=Channel.values),
        "communities": _rows(counted(By.COMMUNITY), communities.__getitem__, missing="没有定位"),
        "categories": _rows(counted(By.MAJOR), lambda key: (key, key), missing="还没定类", largest_first=True),
        "units": _rows(counted(By.UNIT), units.__getitem__, missing="还没派到单位"),
        "open_late": open_overdue(at=as_of).count(),
        "open_late_units": _late_by_unit(as_of, units),
    }


def figures_of(row: Mapping[str, Any]) -> CaseFigures:
    """The figures of a row as they were frozen."""
    return CaseFigures(**{one.name: row[one.name] for one in fields(CaseFigures)})


def _rows(
    found: Mapping[Any, CaseFigures],
    named: Callable[[Any], tuple[str, str]],
    *,
    missing: str = "",
    order: list[str] | None = None,
    largest_first: bool = False,
) -> Rows:
    """By `order`, by size or by code; what belongs nowhere yet stands last."""
    rows = [_row(*(named(key) if key is not None else ("", missing)), one) for key, one in found.items()]

    def place(row: dict[str, Any]) -> tuple[Any, ...]:
        rank = order.index(row["key"]) if order else -row["filed"] if largest_first else 0
        return (row["key"] == "", rank, row["key"])

    return sorted(rows, key=place)


def _row(key: str, name: str, one: CaseFigures) -> dict[str, Any]:
    return {"key": key, "name": name} | asdict(one)


def _late_by_unit(as_of: datetime, units: Mapping[int, tuple[str, str]]) -> Rows:
    """The whole stock of late cases, however old: beside the rates, which count each case in one month."""
    late: dict[int, int] = {}
    for pk in open_overdue(at=as_of).order_by().values_list("unit_id", flat=True):
        late[pk] = late.get(pk, 0) + 1
    rows = [{"key": units[pk][0], "name": units[pk][1], "late": count} for pk, count in late.items()]
    return sorted(rows, key=lambda row: (-row["late"], row["key"]))
