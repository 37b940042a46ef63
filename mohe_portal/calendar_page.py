"""The working calendar (工作日历), a year at a time: holidays, make-up days, the hours offices work."""

import calendar
import csv
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from accounts.access import only
from accounts.permissions import MASTER_DATA
from audit.history import changes_of
from common.clock import CITY_TIME
from common.http import Request
from common.models import CalendarDay, CalendarYear, OfficeHours
from common.sheets import guarded
from mohe_portal import year_calendar
from mohe_portal.calendar_forms import TITLES, ArrangeForm, HoursForm, ImportForm

WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Day:
    on: date
    is_working: bool
    note: str
    differs: bool
    is_today: bool

    @property
    def mark(self) -> str:
        """The character beside the number: a rest day that would be worked, a worked one that would be free."""
        return ("班" if self.is_working else "休") if self.differs else ""


@dataclass(frozen=True)
class MonthSheet:
    number: int
    weeks: list[list[Day | None]]


def _sheets(year: int, *, today: date) -> list[MonthSheet]:
    special = {row.on: row for row in CalendarDay.objects.filter(on__year=year)}
    weeks = calendar.Calendar()
    return [
        MonthSheet(
            month,
            [
                [_day(day, special, today) if day.month == month else None for day in week]
                for week in weeks.monthdatescalendar(year, month)
            ],
        )
        for month in range(1, 13)
    ]


def _day(day: date, special: dict[date, CalendarDay], today: date) -> Day:
    row = special.get(day)
    is_working = row.is_working if row else day.weekday() < 5
    return Day(day, is_working, row.note if row else "", row is not None, day == today)


@only(*MASTER_DATA)
@require_safe
def calendar_now(request: Request) -> HttpResponse:
    return redirect("calendar_year", year=_today().year)


@only(*MASTER_DATA)
@require_safe
def calendar_year(request: Request, year: int) -> HttpResponse:
    picked = parsed.isoformat() if (parsed := _picked(request, year)) else ""
    form = ArrangeForm(year=year, initial={"first": picked, "last": picked, "is_working": "no"})
    return _page(request, year, days=form)


@only(*MASTER_DATA)
@require_POST
def calendar_arrange(request: Request, year: int) -> HttpResponse:
    form = ArrangeForm(request.POST, year=_known(year))
    if not form.is_valid():
        return _page(request, year, days=form, status=422)
    given = form.cleaned_data
    year_calendar.arrange(
        given["first"], given["last"], is_working=given["is_working"], note=given["note"], by=request.user,
        at=timezone.now(),
    )  # fmt: skip
    messages.success(request, "已改好。已经定下的期限不变。")
    return redirect("calendar_year", year=year)


@only(*MASTER_DATA)
@require_POST
def calendar_library(request: Request, year: int) -> HttpResponse:
    count = year_calendar.take_from_library(_known(year), by=request.user, at=timezone.now())
    messages.success(request, f"已按内置节假日库填好 {year} 年，{count} 天和平常不同。")
    return redirect("calendar_year", year=year)


@only(*MASTER_DATA)
@require_POST
def calendar_import(request: Request, year: int) -> HttpResponse:
    """The whole year from a file; one wrong line, and nothing is taken."""
    form = ImportForm(request.POST, request.FILES, year=_known(year))
    if not form.is_valid():
        return _page(request, year, file=form, status=422)
    name = form.cleaned_data["file"].name
    source = f"导入 {name}"[:100]
    count = year_calendar.replace_year(year, form.days, source=source, by=request.user, at=timezone.now())
    messages.success(request, f"{year} 年导入完成，{count} 天和平常不同。")
    return redirect("calendar_year", year=year)


@only(*MASTER_DATA)
@require_safe
def calendar_file(request: Request, year: int) -> HttpResponse:
    """The year as a file that can be imported again, or taken as a pattern."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"放假安排-{_known(year)}.csv") or "attachment"
    writer = csv.writer(response)
    writer.writerow(TITLES)
    for day in CalendarDay.objects.filter(on__year=year).order_by("on"):
        writer.writerow([f"{day.on:%Y-%m-%d}", "上班" if day.is_working else "休息", guarded(day.note)])
    return response


@only(*MASTER_DATA)
@require_POST
def calendar_known(request: Request, year: int) -> HttpResponse:
    is_known = request.POST.get("is_known") == "yes"
    year_calendar.say_known(_known(year), is_known=is_known, by=request.user, at=timezone.now())
    messages.success(request, f"{year} 年已标为{'录全' if is_known else '还没录全'}。")
    return redirect("calendar_year", year=year)


@only(*MASTER_DATA)
@require_POST
def calendar_hours(request: Request, year: int) -> HttpResponse:
    form = HoursForm(request.POST)
    if not form.is_valid():
        return _page(request, _known(year), hours=form, status=422)
    given = form.cleaned_data
    times = (given["morning_from"], given["morning_to"], given["afternoon_from"], given["afternoon_to"])
    year_calendar.set_hours(given["started_on"], times, by=request.user, at=timezone.now())
    messages.success(request, "上班时间已保存。已经定下的期限不变。")
    return redirect("calendar_year", year=year)


@only(*MASTER_DATA)
@require_POST
def calendar_hours_remove(request: Request, year: int, day: str) -> HttpResponse:
    try:
        started_on = date.fromisoformat(day)
    except ValueError:
        raise Http404 from None
    row = get_object_or_404(OfficeHours, started_on=started_on)
    year_calendar.remove_hours(row, by=request.user, at=timezone.now())
    messages.success(request, "已删掉这一条上班时间。")
    return redirect("calendar_year", year=_known(year))


def _page(
    request: Request,
    year: int,
    *,
    days: ArrangeForm | None = None,
    file: ImportForm | None = None,
    hours: HoursForm | None = None,
    status: int = 200,
) -> HttpResponse:
    _known(year)
    today = _today()
    context: dict[str, Any] = {
        "year": year,
        "previous": year - 1 if year > year_calendar.FIRST_YEAR else None,
        "next": year + 1 if year < year_calendar.LAST_YEAR else None,
        "sheets": _sheets(year, today=today),
        "weekdays": WEEKDAYS,
        "known": CalendarYear.objects.filter(year=year).first(),
        "library_knows": year_calendar.library_knows(year),
        "days": days or ArrangeForm(year=year, initial={"is_working": "no"}),
        "file": file or ImportForm(year=year),
        "hours": hours or HoursForm(),
        "every_hours": list(OfficeHours.objects.all()),
        "sent": next((form for form in (days, file, hours) if form and form.is_bound), None),
        "changes": changes_of(CalendarYear(year=year)),
    }
    return render(request, "calendar_year.html", context, status=status)


def _known(year: int) -> int:
    if not year_calendar.FIRST_YEAR <= year <= year_calendar.LAST_YEAR:
        raise Http404
    return year


def _picked(request: Request, year: int) -> date | None:
    try:
        picked = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return None
    return picked if picked.year == year else None


def _today() -> date:
    return timezone.now().astimezone(CITY_TIME).date()
