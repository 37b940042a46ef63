"""The flag boards, public; staff see the same pages inside the workbench."""

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import public
from accounts.models import SpecialGroup, Unit
from common.months import Month
from common.revalidation import revalidated
from progress import stats, year_stats
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
    if year:
        return redirect("progress:board_year", group.code, year) if group else redirect("progress:city_year", year)
    month = month or current_month()
    if group:
        return redirect("progress:board_month", group.code, month.year, month.month)
    return redirect("progress:city_month", month.year, month.month)


@public
@require_safe
@revalidated("boards", "reference")
def city_month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """All boards at a glance."""
    shown = Month(year, month)
    boards = stats.month_boards(shown)
    streaks = [one for one in stats.blue_streaks(until=shown) if one.is_going_on]
    in_a_row = Counter(one.group_id for one in streaks)
    facts = {
        "boards": [(board, in_a_row[board.group.pk]) for board in boards],
        "everything": sum((board.tasks for board in boards), stats.FlagCounts()),
        "units": sum((board.units for board in boards), stats.FlagCounts()),
        "months": months_to_choose(shown),
        "streaks": streaks,
        "corrections": corrections(shown),
        "may_read_reasons": may_read_statements(request.user),
    }
    return _page(request, "progress/city.html", shown, facts)


@public
@require_safe
@revalidated("boards", "reference")
def city_year(request: HttpRequest, year: int) -> HttpResponse:
    """All boards month by month."""
    current = current_month()
    boards = year_stats.city_year(year, current=current)
    streaks = [one for one in stats.blue_streaks(until=current) if one.touches(year)]
    columns = list(zip(*(board.months for board in boards), strict=True))
    facts = {
        "boards": boards,
        "columns": year_stats.year_months(year),
        "by_month": [sum((one.tasks for one in column), stats.FlagCounts()) for column in columns],
        "everything": sum((board.tasks for board in boards), stats.FlagCounts()),
        "units": sum((board.units for board in boards), stats.FlagCounts()),
        "going_on": [one for one in streaks if one.is_going_on],
        "ended": [one for one in streaks if not one.is_going_on],
        "closed_months": closed_months(year),
        "years": years_to_choose(year),
    }
    return _page(request, "progress/city_year.html", _current_in(year), facts)


@public
@require_safe
def unit(request: HttpRequest, unit: str) -> HttpResponse:
    """Lead to the unit's year: the one chosen on its page, else the current."""
    found = get_object_or_404(Unit, code=unit)
    choice = BoardChoice(request.GET)
    chosen = choice.cleaned_data["year"] if choice.is_valid() else None
    return redirect("progress:unit_year", found.code, chosen or current_month().year)


@public
@require_safe
@revalidated("boards", "reference")
def unit_year(request: HttpRequest, unit: str, year: int) -> HttpResponse:
    """A unit's year: its flags on every board, and month by month its tasks with their statements."""
    owner, current = get_object_or_404(Unit, code=unit), current_month()
    readable = may_read_statements(request.user)
    board = year_stats.unit_year(owner, year, current=current, with_statements=readable)
    facts = {
        "may_read_reasons": readable,
        "board": board,
        "columns": list(zip(board.months, board.counts_by_month, strict=True)),
        "closed_months": closed_months(year),
        "corrections": year_stats.corrections_of_unit(owner, year),
        "objections": year_stats.objections_of_unit(owner, year, request.user),
        "years": years_to_choose(year),
    }
    return _page(request, "progress/unit_year.html", _current_in(year), facts)


@public
@require_safe
@revalidated("boards", "reference")
def board_year(request: HttpRequest, group: str, year: int) -> HttpResponse:
    """Units × months; below, the statements of one month: `?month=`, else the current or the year's last."""
    owner = board_owner(group)
    shown = month_of_year(request, year)
    board = stats.year_board(owner, year, current=current_month())
    readable = may_read_statements(request.user)
    facts = {
        "board": board,
        "may_read_reasons": readable,
        "columns": list(zip(board.months, board.counts_by_month, strict=True)),
        "in_month": board.tasks_in(shown),
        "phone_rows": [(row, row.cells[shown.month - 1]) for row in board.rows],
        "statements": stats.blue_statements(owner, shown) if readable else [],
        "groups": stats.groups_with_board(),
        "closed_months": closed_months(year),
        "corrections": corrections(shown, owner),
        "years": years_to_choose(year),
    }
    return _page(request, "progress/board_year.html", shown, facts)


@public
@require_safe
@revalidated("boards", "reference")
def board_month(request: HttpRequest, group: str, year: int, month: int) -> HttpResponse:
    """The tasks of a group's month, with the statements of the blue ones where they may be read."""
    shown = Month(year, month)
    readable = may_read_statements(request.user)
    board = stats.month_board(board_owner(group), shown, with_statements=readable)
    facts = {
        "may_read_reasons": readable,
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


def years_to_choose(shown: int) -> list[int]:
    """Years with tasks, the current one and the one shown."""
    return sorted({shown, current_month().year, *(month.year for month in stats.months_with_tasks())})


def month_of_year(request: HttpRequest, year: int) -> Month:
    choice = MonthChoice(request.GET)
    chosen = choice.cleaned_data["month"] if choice.is_valid() else None
    if chosen and chosen.year == year:
        return Month(year, chosen.month)
    return _current_in(year)


def _current_in(year: int) -> Month:
    """The current month, or the one of `year` next to it."""
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
    }
    return render(request, template, frame | facts)
