"""Sheets for the wall, ready to be printed on A3 or A0: one board or all nine, a year or a month."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import public
from accounts.models import SpecialGroup
from common.months import Month
from common.revalidation import by_minute, revalidated
from progress import wall, wall_stats
from progress.forms import PaperChoice
from progress.permissions import may_read_statements
from progress.stats import groups_with_board
from progress.views.boards import board_owner, current_month, month_of_year


@public
@require_safe
@revalidated("boards", "reference", clock=by_minute)
def board_year(request: HttpRequest, group: str, year: int) -> HttpResponse:
    return _year(request, [board_owner(group)], year)


@public
@require_safe
@revalidated("boards", "reference", clock=by_minute)
def city_year(request: HttpRequest, year: int) -> HttpResponse:
    return _year(request, groups_with_board(), year)


@public
@require_safe
@revalidated("boards", "reference", clock=by_minute)
def board_month(request: HttpRequest, group: str, year: int, month: int) -> HttpResponse:
    return _month(request, [board_owner(group)], Month(year, month))


@public
@require_safe
@revalidated("boards", "reference", clock=by_minute)
def city_month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    return _month(request, groups_with_board(), Month(year, month))


def _year(request: HttpRequest, groups: list[SpecialGroup], year: int) -> HttpResponse:
    """The statements on it are those of `?month=`, else of the current month or the year's last."""
    shown = month_of_year(request, year)
    walls = wall_stats.year_walls(
        groups, shown, current=current_month(), with_statements=may_read_statements(request.user)
    )
    sheets = [sheet for one in walls for sheet in wall.sheets_of_year(one)]
    months = [Month(year, number) for number in range(1, 13)]
    return _page(request, groups, shown, {"sheets": sheets, "months": months, "by": "year"})


def _month(request: HttpRequest, groups: list[SpecialGroup], shown: Month) -> HttpResponse:
    walls = wall_stats.month_walls(groups, shown, with_statements=may_read_statements(request.user))
    sheets = [sheet for one in walls for sheet in wall.sheets_of_month(one)]
    return _page(request, groups, shown, {"sheets": sheets, "by": "month"})


def _page(request: HttpRequest, groups: list[SpecialGroup], shown: Month, facts: dict[str, Any]) -> HttpResponse:
    paper = PaperChoice(request.GET)
    frame = {
        "month": shown,
        "current": current_month(),
        "group": groups[0] if len(groups) == 1 else None,
        "paper": (paper.is_valid() and paper.cleaned_data["size"]) or "a3",
        "at": timezone.now(),
    }
    return render(request, "progress/wall.html", frame | facts)
