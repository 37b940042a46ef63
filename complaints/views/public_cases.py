"""What became of it: the closed cases that the office published, and the figures of each month."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import public
from common.keyset import page
from common.revalidation import by_minute, revalidated
from complaints import public_stats, published_map, story
from complaints.models import Photo
from complaints.models.public_version import PublicVersionQuerySet
from grids.models import Grid

PAGE_SIZE = 12
NUMBER = re.compile(r"\d{4}-\d{6}")
GRID_CODE = re.compile(r"[0-9]{15}")


@public
@require_safe
@revalidated("published", "reference", clock=by_minute)
def published(request: HttpRequest) -> HttpResponse:
    cursor, chosen = request.GET.get("cursor", ""), request.GET.get("grid", "")
    grid = Grid.objects.filter(code=chosen).first() if GRID_CODE.fullmatch(chosen) else None
    versions = public_stats.published()
    versions = versions.filter(complaint__grid=grid) if grid else versions
    found = page(versions, PublicVersionQuerySet.NEWEST, cursor=cursor, size=PAGE_SIZE)
    kept = f"grid={grid.code}&" if grid else ""
    context = {
        "page": found,
        "grid": grid,
        "chosen": grid.code if grid else "",
        "map": published_map.draw(),
        "next_url": f"?{kept}cursor={found.next_cursor}" if found.next_cursor else "",
        "previous_url": f"?{kept}cursor={found.previous_cursor}" if found.previous_cursor else "",
        "months": public_stats.by_month(at=timezone.now()),
    }
    return render(request, "complaints/public/published.html", context)


@public
@require_safe
@revalidated("published", "reference")
def published_case(request: HttpRequest, number: str) -> HttpResponse:
    if not NUMBER.fullmatch(number):
        raise Http404
    version = get_object_or_404(public_stats.published(), complaint__number=number)
    case = version.complaint
    context = {
        "version": version,
        "case": case,
        "took": story.span(case.filed_at, case.closed_at) if case.closed_at else "",
        "before": public_stats.pictures(version, Photo.Kind.BEFORE),
        "after": public_stats.pictures(version, Photo.Kind.AFTER),
    }
    return render(request, "complaints/public/published_case.html", context)
