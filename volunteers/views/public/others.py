"""What anybody may see: teams, the certificate check, and those who agreed to be named."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import public
from common import client
from common.budgets import Limit, spend
from common.revalidation import by_minute, revalidated
from volunteers.models import Certificate, Membership, StarLevel, Team, Volunteer
from volunteers.models.service import as_hours
from volunteers.views.public.caller import Caller
from volunteers.views.public.own import certificate_lines

PER_PAGE = 60
CHECKS = Limit("certificate-check", 120, timedelta(hours=1), "查得太多了。请过一小时再查。")


@public
@require_safe
@revalidated("volunteers", "reference", clock=by_minute)
def teams_public(request: HttpRequest) -> HttpResponse:
    volunteer = Caller(request, at=timezone.now()).volunteer()
    words = request.GET.get("q", "").strip()[:40]
    found = Team.objects.open().select_related("unit")
    if words:
        found = found.filter(Q(name__icontains=words) | Q(unit__name__icontains=words))
    is_in = Q(memberships__state=Membership.State.MEMBER)
    found = found.annotate(members=Count("memberships", filter=is_in)).order_by("unit__code", "code")
    mine = {one.team_id: one for one in Membership.objects.open().filter(volunteer=volunteer)} if volunteer else {}
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = [(team, mine.get(team.pk)) for team in page]
    facts = {"page": page, "rows": rows, "words": words, "volunteer": volunteer}
    return render(request, "volunteers/public/teams.html", facts)


@public
@never_cache
@require_safe
def certificates(request: HttpRequest) -> HttpResponse:
    """Whether a certificate is genuine: by its number, typed or scanned. Names stay half hidden."""
    number = request.GET.get("number", "").strip().upper()[:20]
    found = None
    if number:
        spend(CHECKS, client.network(request), at=timezone.now())
        found = Certificate.objects.filter(number=number).first()
    facts = {"number": number, "certificate": found, "content": certificate_lines(found) if found else []}
    return render(request, "volunteers/public/certificates.html", facts, status=404 if number and not found else 200)


@public
@require_safe
@revalidated("volunteers")
def honours(request: HttpRequest) -> HttpResponse:
    """Volunteers who agreed to be listed, with most hours first."""
    listed = Volunteer.objects.listed().annotate(minutes=Sum("service__minutes")).filter(minutes__gt=0)
    named = listed.order_by("-minutes", "pk").values_list("name", "minutes")
    page = Paginator(named, PER_PAGE).get_page(request.GET.get("page"))
    levels = list(StarLevel.objects.all())
    rows = [(name, as_hours(minutes), _level(levels, minutes)) for name, minutes in page]
    return render(request, "volunteers/public/honours.html", {"page": page, "rows": rows})


def _level(levels: list[StarLevel], minutes: int) -> StarLevel | None:
    reached = [level for level in levels if level.hours * 60 <= minutes]
    return reached[-1] if reached else None
