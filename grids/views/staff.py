from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import only, staff
from accounts.models import Leader, Role, Unit
from common.http import Request
from grids import actions, stats
from grids.answering import answering_for
from grids.forms import AreaLeaderForm, EndLeaderForm, GridFilterForm
from grids.models import Community, Grid, GridAssignment, LeaderAssignment, Town

PAGE_SIZE = 50


@staff
@require_safe
def grid_list(request: Request) -> HttpResponse:
    """All grids with who answers for them now; `?for=` names a unit that looks for a grid."""
    today = timezone.localdate()
    form = GridFilterForm(request.GET)
    form.is_valid()
    page = Paginator(_filtered(form.cleaned_data), PAGE_SIZE).get_page(request.GET.get("page"))
    answering = answering_for(page.object_list, on=today)
    context = {
        "form": form,
        "page": page,
        "page_words": f"第 {page.number} 页，共 {page.paginator.num_pages} 页",
        "rows": [(grid, answering[grid.pk]) for grid in page.object_list],
        "may_edit": request.user.role == Role.OFFICE,
        "for_unit": Unit.objects.filter(code=request.GET["for"]).first() if request.GET.get("for") else None,
        "previous_url": _page_url(request, page.previous_page_number()) if page.has_previous() else "",
        "next_url": _page_url(request, page.next_page_number()) if page.has_next() else "",
    }
    return render(request, "grids/list.html", context)


def _filtered(wanted: dict[str, Any]) -> QuerySet[Grid]:
    today = timezone.localdate()
    state = wanted.get("state")
    grids = Grid.objects.select_related("community").order_by("code")
    grids = grids.exclude(ended_on=None) if state == "ended" else grids.current()
    if state == "no_lead":
        grids = grids.without_lead(on=today)
    if state == "no_boundary":
        grids = grids.filter(boundary__isnull=True)
    if wanted.get("community"):
        grids = grids.filter(community=wanted["community"])
    if wanted.get("unit"):
        grids = grids.answered_by(wanted["unit"], on=today)
    words = wanted.get("q")
    if not words:
        return grids
    by_unit = GridAssignment.objects.on(today).filter(unit__name__icontains=words).values("grid")
    return grids.filter(Q(pk__in=grids.matching(words).values("pk")) | Q(pk__in=by_unit))


def _page_url(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"


@staff
@require_safe
def coverage(request: Request) -> HttpResponse:
    """What is covered and what is not, each gap with the way to close it."""
    context = {"coverage": stats.coverage(on=timezone.localdate()), "may_edit": request.user.role == Role.OFFICE}
    return render(request, "grids/coverage.html", context)


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def areas(request: Request) -> HttpResponse:
    """Which leader answers for which town and community; add one, end one."""
    if request.method == "POST":
        return _end_leader(request) if "end" in request.POST else _add_leader(request)
    return _areas_page(request, AreaLeaderForm(initial={"from_on": timezone.localdate()}))


def _add_leader(request: Request) -> HttpResponse:
    form = AreaLeaderForm(request.POST)
    if not form.is_valid():
        return _areas_page(request, form, status=422)
    area = _area(form.cleaned_data["area"])
    leader: Leader = form.cleaned_data["leader"]
    actions.assign_leader(leader, area=area, from_on=form.cleaned_data["from_on"], by=request.user, at=timezone.now())
    messages.success(request, f"{leader}从 {form.cleaned_data['from_on']} 起包保{area}。")
    return redirect("grids:areas")


def _end_leader(request: Request) -> HttpResponse:
    form = EndLeaderForm(request.POST)
    if not form.is_valid():
        messages.error(request, "没有结束：选一个结束日期再按。")
        return redirect("grids:areas")
    rows = LeaderAssignment.objects.select_related("leader", "town", "community")
    assignment = get_object_or_404(rows, pk=form.cleaned_data["assignment"])
    actions.end_leader_assignment(assignment, on=form.cleaned_data["on"], by=request.user, at=timezone.now())
    messages.success(request, f"{assignment.leader}包保{assignment.area}到 {form.cleaned_data['on']} 为止。")
    return redirect("grids:areas")


def _area(code: str) -> Town | Community:
    area = Town.objects.filter(code=code).first() or Community.objects.filter(code=code).first()
    if area is None:
        raise Http404
    return area


def _areas_page(request: Request, form: AreaLeaderForm, status: int = 200) -> HttpResponse:
    today = timezone.localdate()
    current = LeaderAssignment.objects.filter(Q(ended_on=None) | Q(ended_on__gt=today)).select_related("leader")
    by_area: dict[tuple[int | None, int | None], list[LeaderAssignment]] = {}
    for assignment in current:
        by_area.setdefault((assignment.town_id, assignment.community_id), []).append(assignment)
    rows = [(town, by_area.get((town.pk, None), [])) for town in Town.objects.all()]
    communities = Community.objects.select_related("town")
    context = {
        "towns": rows,
        "communities": [(community, by_area.get((None, community.pk), [])) for community in communities],
        "form": form,
        "leaders": list(Leader.objects.filter(is_active=True)),
        "today": today,
    }
    return render(request, "grids/areas.html", context, status=status)
