from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import public
from common.revalidation import revalidated
from grids.answering import answering_for
from grids.forms import MyGridForm
from grids.models import Community, Grid, GridAssignment, search_words

MOST_FOUND = 50


@public
@require_safe
@revalidated("reference")
def city_map(request: HttpRequest) -> HttpResponse:
    """The map, and all grids as a list for those who cannot use it."""
    current = Grid.objects.current().order_by("code")
    communities = Community.objects.filter(grids__in=current).distinct().prefetch_related(Prefetch("grids", current))
    return render(request, "grids/map.html", {"communities": communities, "form": MyGridForm()})


@public
@require_http_methods(["GET", "HEAD", "POST"])
def my_grid(request: HttpRequest) -> HttpResponse:
    """Whose grid a point or a place by name is. A point comes by POST where it is somebody's position."""
    asked = request.POST if request.method == "POST" else request.GET
    form = MyGridForm(asked)
    if not form.is_valid():
        return render(request, "grids/mine.html", {"form": form}, status=422)
    if form.point:
        return render(request, "grids/mine.html", {"form": form} | _at(form.point))
    words = form.cleaned_data["q"].strip()
    if not words:
        return redirect("grids:map")
    found = _found(words)
    if len(found) == 1:
        return redirect(found[0])
    shown = found[:MOST_FOUND]
    return render(
        request, "grids/mine.html", {"form": form, "words": words, "found": shown, "more": len(found) > len(shown)}
    )


def _at(point: tuple[float, float]) -> dict[str, Any]:
    located = Grid.locate(*point)
    told: dict[str, Any] = {"place": located.place.value, "metres": round(located.metres) or 1}
    if located.grid:
        told |= {
            "grid": located.grid,
            "answering": answering_for([located.grid], on=timezone.localdate())[located.grid.pk],
        }
    return told | {"point": f"{point[0]:.6f},{point[1]:.6f}"}


def _found(words: str) -> list[Grid]:
    """One more than are shown, so that the page can say that there are more."""
    grids = Grid.objects.current().select_related("community")
    found = list(grids.matching(words)[: MOST_FOUND + 1])
    if found or not search_words(words):
        return found
    # An address goes on behind the name of the compound: 阳光小区 3 号楼 2 单元.
    return list(grids.matching(search_words(words)[0])[: MOST_FOUND + 1])


@public
@require_safe
@revalidated("reference")
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """One grid: where it is, who answers for it; for staff also who did before."""
    grid = get_object_or_404(Grid.objects.select_related("community__town"), code=code)
    answering = answering_for([grid], on=timezone.localdate())[grid.pk]
    history = []
    if request.user.is_authenticated:
        history = list(
            grid.assignments.filter(kind=GridAssignment.Kind.LEAD).select_related("unit").order_by("-started_on")
        )
    return render(request, "grids/detail.html", {"grid": grid, "answering": answering, "history": history})
