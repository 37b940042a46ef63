"""The flag boards, public; staff see the same pages inside the workbench."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import public
from accounts.models import SpecialGroup
from common.months import Month
from progress import stats
from progress.closing_stats import closed_month, closed_months, corrections
from progress.forms import BoardChoice, MonthChoice
from progress.permissions import may_mark_flags, may_read_statements


@public
@require_safe
def city(request: HttpRequest) -> HttpResponse:
    """Lead to the current month, or to where the choosers at the top of the boards point."""
    choice = BoardChoice(request.GET)
    chosen = choice.cleaned_data if choice.is_valid() else {}
    group, month, year = chosen.get("group"), chosen.get("month"), chosen.get("year")
    if group and year:
        return redirect("progress:board_year", group.code, year)
    month = month or current_month()
    if group:
        return redirect("progress:board_month", group.code, month.year, month.month)
    return redirect("progress:city_month", month.year, month.month)


@public
@require_safe
def city_month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """All boards at a glance."""
    shown = Month(year, month)
    boards = stats.month_boards(shown)
    everything = sum((board.tasks for board in boards), stats.FlagCounts())
    facts = {
        "boards": boards,
        "everything": everything,
        "months": months_to_choose(shown),
        "corrections": corrections(shown),
    }
    return _page(request, "progress/city.html", shown, facts)


@public
@require_safe
def board_year(request: HttpRequest, group: str, year: int) -> HttpResponse:
    """Units × months; below, the statements of one month: `?month=`, else the current or the year's last."""
    owner = board_owner(group)
    shown = _month_of_year(request, year)
    board = stats.year_board(owner, year, current=current_month())
    readable = may_read_statements(request.user)
    facts = {
        "board": board,
        "columns": list(zip(board.months, board.counts_by_month, strict=True)),
        "in_month": board.tasks_in(shown),
        "phone_rows": [(row, row.cells[shown.month - 1]) for row in board.rows],
        "statements": stats.blue_statements(owner, shown) if readable else [],
        "groups": stats.groups_with_board(),
        "closed_months": closed_months(year),
        "corrections": corrections(shown, owner),
        "years": sorted({year, current_month().year, *(month.year for month in stats.months_with_tasks())}),
    }
    return _page(request, "progress/board_year.html", shown, facts)


@public
@require_safe
def board_month(request: HttpRequest, group: str, year: int, month: int) -> HttpResponse:
    """The tasks of a group's month, with the statements of the blue ones where they may be read."""
    shown = Month(year, month)
    board = stats.month_board(board_owner(group), shown, with_statements=may_read_statements(request.user))
    facts = {
        "board": board,
        "groups": stats.groups_with_board(),
        "months": months_to_choose(shown),
        "corrections": corrections(shown, board.group),
    }
    return _page(request, "progress/board_month.html", shown, facts)


def board_owner(code: str) -> SpecialGroup:
    return get_object_or_404(SpecialGroup, code=code, has_board=True)


def current_month() -> Month:
    return Month.of(timezone.now())


def months_to_choose(shown: Month) -> list[Month]:
    """Months with tasks, the current one and the one shown, newest first."""
    return sorted({*stats.months_with_tasks(), current_month(), shown}, reverse=True)


def _month_of_year(request: HttpRequest, year: int) -> Month:
    choice = MonthChoice(request.GET)
    chosen = choice.cleaned_data["month"] if choice.is_valid() else None
    if chosen and chosen.year == year:
        return Month(year, chosen.month)
    return min(max(current_month(), Month(year, 1)), Month(year, 12))


def _page(request: HttpRequest, template: str, shown: Month, facts: dict[str, Any]) -> HttpResponse:
    frame = {
        "frame": "base_staff.html" if request.user.is_authenticated else "base_public.html",
        "month": shown,
        "current": current_month(),
        "previous": shown.shifted(-1),
        "next": shown.shifted(1),
        "may_mark": may_mark_flags(request.user),
        "closed": closed_month(shown),
        "may_read_reasons": may_read_statements(request.user),
    }
    return render(request, template, frame | facts)
