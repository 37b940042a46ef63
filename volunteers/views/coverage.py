"""Coverage by grid and day: the unit's own calendar, and the whole city for the office."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import only, staff
from accounts.models import Role, Unit
from common.http import Request
from common.months import Month
from grids.stats import Covered
from volunteers import stats
from volunteers.models import PatrolLog
from volunteers.models.patrol import SEE_ALL_PATROLS
from volunteers.stats import Coverage, DayState

MONTHS_BACK = 12
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Day:
    """A field of the calendar; `on` is None before the first and after the last."""

    on: date | None = None
    covered: Covered | None = None
    kind: str = ""


@staff
@require_safe
def calendar(request: Request) -> HttpResponse:
    """A unit's month: each day's grids walked of those expected. A liaison sees the own unit, the office any."""
    month, today = asked_month(request), timezone.localdate()
    unit = _unit(request)
    found = stats.patrol_coverage(month.first_day, month.last_day, today=today, unit=unit) if unit else None
    context = {
        "unit": unit,
        "units": [] if request.user.role == Role.LIAISON else list(Unit.objects.filter(is_active=True)),
        "coverage": found,
        "weeks": _weeks(found, today) if found else [],
        "weekdays": WEEKDAYS,
        "logs": _latest(unit, month) if unit else [],
        **month_choice(month, today),
    }
    return render(request, "volunteers/calendar.html", context)


def _unit(request: Request) -> Unit | None:
    if request.user.role == Role.LIAISON:
        return request.user.unit
    if request.user.role not in SEE_ALL_PATROLS:
        return None
    code = request.GET.get("unit")
    return get_object_or_404(Unit, code=code) if code else Unit.objects.filter(is_active=True).first()


def _latest(unit: Unit, month: Month) -> list[PatrolLog]:
    logs = PatrolLog.objects.filter(unit=unit).between(month.first_day, month.last_day)
    return list(logs.select_related("grid__community", "by").order_by("-on", "-finished_at")[:40])


@only(*SEE_ALL_PATROLS)
@require_safe
def coverage(request: Request) -> HttpResponse:
    """Every grid and day of a month, numerator and denominator, and who has not gone today."""
    month, today = asked_month(request), timezone.localdate()
    found = stats.patrol_coverage(month.first_day, month.last_day, today=today)
    context = {
        "coverage": found,
        "heads": [(day.day, covered) for day, covered in zip(found.days, found.by_day, strict=True)],
        "missing": stats.missing_patrols(on=today).items() if month == Month.of(today) else [],
        "worst": sorted((row for row in found.rows if row.gaps), key=lambda row: -max(g.days for g in row.gaps))[:8],
        **month_choice(month, today),
    }
    return render(request, "volunteers/coverage.html", context)


def asked_month(request: Request) -> Month:
    """The month asked for; this one where none, or none that can be, is."""
    try:
        year, month = request.GET.get("month", "").split("-")
        return min(Month(int(year), int(month)), Month.of(timezone.localdate()))
    except ValueError:
        return Month.of(timezone.localdate())


def month_choice(month: Month, today: date) -> dict[str, object]:
    current = Month.of(today)
    choices = [current.shifted(-back) for back in range(MONTHS_BACK)]
    return {
        "month": month,
        "months": choices if month in choices else [*choices, month],
        "previous": month.shifted(-1),
        "next": month.shifted(1) if month < current else None,
        "is_current": month == current,
    }


def _weeks(found: Coverage, today: date) -> list[list[Day]]:
    blank = found.days[0].weekday()
    days = [Day()] * blank + [
        Day(day, covered, _kind(covered, day, today)) for day, covered in zip(found.days, found.by_day, strict=True)
    ]
    days += [Day()] * (-len(days) % 7)
    return [days[start : start + 7] for start in range(0, len(days), 7)]


def _kind(covered: Covered, day: date, today: date) -> str:
    if not covered.total:
        return DayState.NONE
    if not covered.missing:
        return DayState.DONE
    return DayState.TODAY if day == today else DayState.MISSING
