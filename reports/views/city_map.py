"""The staff's map: the page, its figures, the cases of a box, the card of a grid."""

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import only
from accounts.models import Role
from common.http import Request
from common.months import Month
from reports import city_map
from reports.cockpit.choice import month_of
from reports.directory import directory
from reports.map_cases import Box, cases_in
from reports.models import RollupState

WHO_READS = (Role.LEADER, Role.OFFICE, Role.OPERATOR, Role.GROUP_HEAD, Role.SUPERVISION, Role.GUIDANCE)


@only(*WHO_READS)
@require_safe
def page(request: Request) -> HttpResponse:
    months = city_map.months_until(Month.of(timezone.now()))
    return render(request, "reports/map.html", {"months": months, "counted_at": RollupState.freshness()})


@only(*WHO_READS)
@require_safe
def figures(request: Request) -> HttpResponse:
    told = city_map.grid_figures(at=timezone.now())
    return _kept_by_nobody(HttpResponse(told, content_type="application/json"))


@only(*WHO_READS)
@require_safe
def cases(request: Request) -> HttpResponse:
    """`month`: yyyy-mm; `box`: west,south,east,north. Without a box the whole city."""
    now = timezone.now()
    month = month_of(request.GET.get("month", ""), on=timezone.localdate(now))
    box = Box.of(request.GET.get("box", ""))
    return _kept_by_nobody(JsonResponse(cases_in(request.user, month, box, at=now)))


@only(*WHO_READS)
@require_safe
def grid(request: Request, code: str) -> HttpResponse:
    """The card beside the map, as a part of the page; its rates are those of `month`."""
    now = timezone.now()
    today = timezone.localdate(now)
    month = month_of(request.GET.get("month", ""), on=today)
    entry = city_map.by_code(directory(today), code)
    if entry is None:
        raise Http404
    card = city_map.grid_card(entry, request.user, month, at=now)
    return render(request, "reports/_grid_card.html", {"card": card, "month": month})


def _kept_by_nobody(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response
