"""Teams as the office and the units keep them: list with registration rates, members, who asks to join."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import only, permit, staff
from accounts.models import Role, Unit
from common.errors import DomainError
from common.http import Request
from volunteers import actions
from volunteers.forms import ReasonForm, TeamForm
from volunteers.models import Membership, ServiceRecord, Team
from volunteers.models.service import as_hours
from volunteers.permissions import KEEPERS, may_keep_team

PER_PAGE = 50


@staff
@require_safe
def teams(request: Request) -> HttpResponse:
    """Every team; a liaison's own first page is the own unit's."""
    words = request.GET.get("q", "").strip()[:40]
    own = request.user.role == Role.LIAISON and "all" not in request.GET
    found = Team.objects.kept_by(request.user) if own else Team.objects.all()
    if words:
        found = found.filter(Q(name__icontains=words) | Q(unit__name__icontains=words) | Q(code__iexact=words))
    counted = found.select_related("unit", "leader").annotate(
        members=Count("memberships", filter=Q(memberships__state=Membership.State.MEMBER)),
        asked=Count("memberships", filter=Q(memberships__state=Membership.State.ASKED)),
    )
    facts = {
        "page": Paginator(counted.order_by("-asked", "code"), PER_PAGE).get_page(request.GET.get("page")),
        "words": words,
        "own": own,
        "is_liaison": request.user.role == Role.LIAISON,
        "may_found": request.user.role in KEEPERS,
    }
    return render(request, "volunteers/staff/teams.html", facts)


@only(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def team_new(request: Request) -> HttpResponse:
    form = TeamForm(request.POST if request.method == "POST" else None, team=None, own=_own_unit(request))
    return _saved(request, form, None)


@only(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def team_edit(request: Request, pk: int) -> HttpResponse:
    team = _kept(request, pk)
    initial = {name: getattr(team, name) for name in ("code", "name", "unit", "about", "leader", "is_active")}
    data = request.POST if request.method == "POST" else None
    return _saved(request, TeamForm(data, initial=initial, team=team, own=_own_unit(request)), team)


def _saved(request: Request, form: TeamForm, team: Team | None) -> HttpResponse:
    if form.is_valid():
        leader = form.cleaned_data.get("leader")
        try:
            saved = actions.save_team(team, facts=form.facts, leader=leader, by=request.user, at=timezone.now())
        except DomainError as refused:
            # Not left to the edge: what was typed has to stay on the page.
            form.add_error(None, refused.message)
        else:
            messages.success(request, f"{saved}存好了。")
            return redirect(saved)
    facts = {"form": form, "team": team}
    return render(request, "volunteers/staff/team_edit.html", facts, status=422 if form.errors else 200)


@staff
@require_safe
def team(request: Request, pk: int) -> HttpResponse:
    """One team. Names of members are for those who keep it."""
    shown = get_object_or_404(Team.objects.select_related("unit", "leader"), pk=pk)
    may_keep = may_keep_team(request.user, shown)
    open_ones = shown.memberships.open().select_related("volunteer")
    records = ServiceRecord.objects.filter(team=shown)
    facts = {
        "team": shown,
        "may_keep": may_keep,
        "asked": [one for one in open_ones if one.state == Membership.State.ASKED] if may_keep else [],
        "members": [one for one in open_ones if one.state == Membership.State.MEMBER] if may_keep else [],
        "member_count": shown.memberships.members().count(),
        "hours": as_hours(records.minutes()),
        "held": shown.activities.held().count(),
        "activities": shown.activities.visible_to(request.user).named()[:10],
    }
    return render(request, "volunteers/staff/team.html", facts)


@only(*KEEPERS)
@require_POST
def team_decide(request: Request, pk: int) -> HttpResponse:
    """Let somebody into a team, or not and say why."""
    asked = Membership.objects.select_related("team", "volunteer")
    membership = get_object_or_404(asked.filter(team__in=Team.objects.kept_by(request.user)), pk=pk)
    accept = request.POST.get("accept") == "1"
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    actions.decide(membership, accept=accept, by=request.user, at=timezone.now(), reason=reason)
    messages.success(request, "已同意入队。" if accept else "已回复不同意，本人会看到原因。")
    return redirect(membership.team)


def _kept(request: Request, pk: int) -> Team:
    found: Team = get_object_or_404(Team.objects.select_related("unit"), pk=pk)
    permit(may_keep_team(request.user, found))
    return found


def _own_unit(request: Request) -> Unit | None:
    return request.user.unit if request.user.role == Role.LIAISON else None
