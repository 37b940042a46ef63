"""Leaders' areas (领导包保): who answers for what, whether every area has a leader, and one leader's area."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import only
from accounts.models import Leader, Role
from common.clock import CITY_TIME
from common.http import Request
from grids.stats import area_coverage
from reports import leaders as reads
from reports.views.cockpit import WHO_STEERS


@only(*WHO_STEERS)
@require_safe
def leaders(request: Request) -> HttpResponse:
    """Every leader with the areas, and the areas without one."""
    on = timezone.now().astimezone(CITY_TIME).date()
    covered, bare = area_coverage(on=on)
    facts = {
        "lines": reads.leader_lines(on=on),
        "covered": covered,
        "bare": bare,
        "may_edit": request.user.role == Role.OFFICE,
    }
    return render(request, "reports/leaders.html", facts)


@only(*WHO_STEERS)
@require_safe
def leader(request: Request, code: str) -> HttpResponse:
    """One leader's area: its grids, units, cases and flags."""
    found = get_object_or_404(Leader, code=code)
    now = timezone.now()
    return render(request, "reports/leader.html", {"page": reads.leader_page(found, request.user, at=now), "now": now})
