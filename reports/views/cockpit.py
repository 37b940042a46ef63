"""The cockpit and the table behind its figures."""

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import only
from accounts.models import Role
from common.http import Request
from reports.cockpit import page
from reports.cockpit.choice import Choice, chosen, has_own_area
from reports.cockpit.tables import BY, COLUMNS, live
from reports.directory import directory
from reports.models import RollupState
from reports.rollups import reading

WHO_STEERS = (Role.LEADER, Role.OFFICE, Role.GROUP_HEAD, Role.SUPERVISION, Role.GUIDANCE)


@only(*WHO_STEERS)
@require_safe
def board(request: Request) -> HttpResponse:
    now = timezone.now()
    choice, with_own = _chosen(request, now)
    still_open = reading.open_now(at=now, scope=choice.area.scope)
    context = {
        "choice": choice,
        "counted_at": RollupState.freshness(),
        "choices": page.choices(choice, with_own=with_own),
        "body": page.board(choice, still_open, may_instruct=request.user.role == Role.LEADER),
    }
    return render(request, "reports/cockpit.html", context)


@only(*WHO_STEERS)
@require_safe
def figures(request: Request) -> HttpResponse:
    """The figures of a month line by line. Unless it is told otherwise by unit, and by what is overdue or late."""
    now = timezone.now()
    choice, with_own = _chosen(request, now)
    by = asked if (asked := request.GET.get("by", "")) in BY else "unit"
    sort = asked if (asked := request.GET.get("sort", "")) in COLUMNS else ""
    context = {
        "choice": choice,
        "counted_at": RollupState.freshness(),
        "back": choice.link(),
        "choices": page.choices(choice, with_own=with_own, by=by),
        "body": page.table(choice, live(choice, by=by, at=now), by=by, sort=sort),
    }
    return render(request, "reports/figures.html", context)


def _chosen(request: Request, now: datetime) -> tuple[Choice, bool]:
    """What is to be shown, and whether the reader has an area that could be chosen."""
    today = timezone.localdate(now)
    names = directory(today)
    return chosen(request.GET.dict(), request.user, names, on=today), has_own_area(request.user, names)
