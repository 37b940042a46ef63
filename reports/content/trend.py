"""The month and the eleven before it, all as they stand at the report's own moment."""

from collections import defaultdict
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from common.clock import CITY_TIME
from common.months import Month
from complaints.figures import CaseFigures, figures
from progress.models import Flag, MonthTask
from reports.content.patrols import walked_between

MONTHS = 12


def read(month: Month, as_of: datetime) -> list[dict[str, Any]]:
    months = [month.shifted(-back) for back in reversed(range(MONTHS))]
    cases = figures(months[0].starts_at, month.ends_at, as_of=as_of)
    flags = _flags(months)
    walked = _walked(months, as_of)
    return [
        {
            "month": str(one),
            "red": flags[one][0],
            "marked": sum(flags[one]),
            "walked": walked[one][0],
            "expected": walked[one][1],
        }
        | asdict(cases.get((one.first_day, None), CaseFigures()))
        for one in months
    ]


def _flags(months: list[Month]) -> dict[Month, tuple[int, int]]:
    """Red and blue flags by month."""
    tasks = MonthTask.objects.filter(group__has_board=True, year__range=(months[0].year, months[-1].year))
    counted = (
        tasks.order_by()
        .values_list("year", "month")
        .annotate(red=Count("pk", filter=Q(flag=Flag.RED)), blue=Count("pk", filter=Q(flag=Flag.BLUE)))
    )
    return defaultdict(lambda: (0, 0), {Month(year, month): (red, blue) for year, month, red, blue in counted})


def _walked(months: list[Month], as_of: datetime) -> dict[Month, tuple[int, int]]:
    """Grid-days walked and expected by month, of days that are over."""
    today = as_of.astimezone(CITY_TIME).date()
    coverage = walked_between(months[0].first_day, months[-1].last_day, as_of=as_of)
    found: dict[Month, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for day, one in zip(coverage.days, coverage.by_day, strict=True):
        if day < today:
            count, total = found[Month.of(day)]
            found[Month.of(day)] = (count + one.count, total + one.total)
    return found
