"""The patroller's phone: today's grids, one patrol, what it found. Works without script too, a page for each step."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import only, permit
from accounts.models import Role, Unit
from common.clock import CITY_TIME
from common.http import Request
from complaints import pictures
from complaints.uploads import takes_photos
from grids.models import Grid, GridAssignment
from volunteers import actions
from volunteers.actions import AlreadyPatrolled, AlreadyReported
from volunteers.checklist import ITEMS
from volunteers.forms import FindingForm, PatrolForm
from volunteers.models import Guide, PatrolLog
from volunteers.permissions import may_patrol
from volunteers.telling import told_case


@dataclass(frozen=True)
class Card:
    """A grid of the unit on today's page. `other`: the log of another unit that walked it today."""

    grid: Grid
    is_lead: bool
    log: PatrolLog | None
    other: PatrolLog | None = None
    is_next: bool = False


@only(Role.LIAISON)
@never_cache
@require_safe
def today(request: Request) -> HttpResponse:
    permit(may_patrol(request.user))
    now = timezone.now()
    cards = _cards(_unit(request), now)
    led = [card for card in cards if card.is_lead]
    context = {
        "now": now,
        "cards": led,
        "helped": [card for card in cards if not card.is_lead],
        "done": sum(1 for card in led if card.log or card.other),
    }
    return render(request, "volunteers/today.html", context)


def _unit(request: Request) -> Unit:
    assert request.user.unit is not None  # noqa: S101 -- a constraint: a liaison has a unit
    return request.user.unit


def _cards(unit: Unit, now: datetime) -> list[Card]:
    day = now.astimezone(CITY_TIME).date()
    assignments = list(
        GridAssignment.objects.on(day)
        .filter(unit=unit, grid__ended_on=None)
        .select_related("grid__community")
        .order_by("-kind", "grid__code")
    )
    logs: dict[int, list[PatrolLog]] = {}
    for log in PatrolLog.objects.filter(on=day, grid__in=[a.grid_id for a in assignments]).select_related("by", "unit"):
        logs.setdefault(log.grid_id, []).append(log)
    cards, next_found = [], False
    for assignment in assignments:
        of_grid = logs.get(assignment.grid_id, [])
        own = next((log for log in of_grid if log.unit_id == unit.pk), None)
        other = next((log for log in of_grid if log.unit_id != unit.pk), None)
        is_lead = assignment.kind == GridAssignment.Kind.LEAD
        is_next = is_lead and not of_grid and not next_found
        next_found = next_found or is_next
        cards.append(Card(assignment.grid, is_lead, own, other, is_next))
    return cards


@only(Role.LIAISON)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def patrol(request: Request, code: str) -> HttpResponse:
    """One patrol of a grid: begun by opening the page, finished by sending it."""
    permit(may_patrol(request.user))
    now = timezone.now()
    grid = _own_grid(request, code, now)
    log = _log_of_today(request, grid, now)
    if request.method == "POST":
        return _finished(request, grid, now)
    # What the phone keeps for the time without network is the empty page, whatever was logged today.
    if log and "keep" not in request.GET:
        return _log_page(request, log, FindingForm(initial={"key": uuid4()}))
    return _patrol_page(request, grid, PatrolForm(initial={"key": uuid4(), "started_at": now.isoformat()}))


def _own_grid(request: Request, code: str, now: datetime) -> Grid:
    day = now.astimezone(CITY_TIME).date()
    grids = Grid.objects.answered_by(_unit(request), on=day).select_related("community")
    grid: Grid = get_object_or_404(grids, code=code)
    return grid


def _log_of_today(request: Request, grid: Grid, now: datetime) -> PatrolLog | None:
    logs = PatrolLog.objects.filter(unit=_unit(request), grid=grid, on=now.astimezone(CITY_TIME).date())
    return logs.select_related("by", "unit", "grid__community").first()


def _patrol_page(
    request: Request, grid: Grid, form: PatrolForm, *, conflict: AlreadyPatrolled | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "grid": grid,
        "form": form,
        "conflict": conflict,
        "guides": list(Guide.objects.all()),
        "finding_form": FindingForm(auto_id="new_%s"),
        "most": actions.MOST_PHOTOS,
    }
    return render(request, "volunteers/patrol.html", context, status=status)


def _finished(request: Request, grid: Grid, now: datetime) -> HttpResponse:
    form = PatrolForm(request.POST)
    if not form.is_valid():
        return _patrol_page(request, grid, form, status=422)
    sent = form.cleaned_data
    try:
        log = actions.finish_patrol(
            unit=_unit(request), grid=grid, started_at=sent["started_at"], finished_at=max(now, sent["started_at"]),
            result=PatrolLog.Result(sent["result"]), checks=sent["checks"], key=sent["key"], join=sent["join"],
            by=request.user, at=now,
        )  # fmt: skip
    except AlreadyPatrolled as refused:
        return _patrol_page(request, grid, form, conflict=refused, status=409)
    if log.result == PatrolLog.Result.FINDINGS:
        return redirect("volunteers:patrol", grid.code)
    messages.success(request, f"{grid} 今天的巡查记好了。")
    return redirect("volunteers:patrols")


@only(Role.LIAISON)
@never_cache
@require_POST
@takes_photos
def add_finding(request: Request, code: str) -> HttpResponse:
    """A finding of today's patrol from the page without script."""
    permit(may_patrol(request.user))
    now = timezone.now()
    grid = _own_grid(request, code, now)
    log = _log_of_today(request, grid, now)
    if log is None:
        messages.info(request, "先记今天的巡查，再记问题。")
        return redirect("volunteers:patrol", grid.code)
    form = FindingForm(request.POST)
    if not form.is_valid():
        return _log_page(request, log, form, status=422)
    return _added(request, log, form, now)


def _added(request: Request, log: PatrolLog, form: FindingForm, now: datetime) -> HttpResponse:
    files = request.FILES.getlist("photos")[: actions.MOST_PHOTOS + 1]
    wanted = ("group", "text", "place", "point", "is_settled", "choice", "key")
    try:
        photos = [pictures.clean(file, file.size or 0) for file in files]
        finding = actions.add_finding(
            log, photos=photos, by=request.user, at=now, **{name: form.cleaned_data[name] for name in wanted}
        )
    except pictures.PhotoRefused as refused:
        form.add_error(None, refused.message)
        return _log_page(request, log, form, status=422)
    except AlreadyReported as refused:
        known = told_case(refused.complaint, request.user) | {"metres": refused.metres}
        return _log_page(request, log, form, known=known, status=409)
    said = f"已立案 {finding.complaint}。" if finding.complaint else "已记下，当场解决。"
    messages.success(request, f"已并到 {finding.complaint}。" if finding.is_same else said)
    return redirect("volunteers:patrol", log.grid.code)


def _log_page(
    request: Request, log: PatrolLog, form: FindingForm, *, known: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    context = log_context(log) | {
        "form": form,
        "known": known,
        "most": actions.MOST_PHOTOS,
        "back_url": reverse("volunteers:patrols"),
    }
    return render(request, "volunteers/patrolled.html", context, status=status)


def log_context(log: PatrolLog) -> dict[str, Any]:
    """What every page about one log shows."""
    findings = log.findings.select_related("complaint__unit", "by").prefetch_related("photos", "complaint__photos")
    return {
        "log": log,
        "findings": list(findings),
        "checks": [(item.label, log.checks.get(item.code, "")) for item in ITEMS],
    }
