"""The call for slogans (漠河城市精神征集) as everybody sees it: send some, read what the office lets through."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import public
from common import client
from common.clock import CITY_TIME
from common.errors import DomainError, TooMany
from common.proof import Proof, challenge, check
from common.revalidation import revalidated
from publicity.actions import slogans as actions
from publicity.actions.budgets import spend_on_slogans
from publicity.forms.slogans import FormToken, SlogansForm
from publicity.models import Collection, Entry, Phase
from publicity.models.slogans import retention_days
from publicity.permissions import may_publish
from publicity.slogan_stats import turnout
from publicity.views.anybody import try_later
from publicity.views.public import frame

PER_PAGE = 50
MOST_EARLIER = 20
# Tells the sender of earlier slogans from this browser; it is sent to these pages only.
COOKIE, COOKIE_PATH, A_YEAR = "slogans", "/slogans/", 365 * 24 * 3600


@dataclass(frozen=True)
class Best:
    title: str
    entries: list[Entry]


@public
@require_safe
@revalidated("slogans", "entries")
def slogans(request: HttpRequest) -> HttpResponse:
    """The collection that runs; else the last one, or what is said while there was none."""
    return _page(request, current(_today(timezone.now())))


@public
@require_safe
@revalidated("slogans", "entries")
def collection(request: HttpRequest, pk: int) -> HttpResponse:
    """An earlier collection."""
    return _page(request, get_object_or_404(Collection.objects.published(), pk=pk))


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def slogans_new(request: HttpRequest) -> HttpResponseBase:
    """Send one or more slogans to the collection that runs."""
    now = timezone.now()
    shown = current(_today(now))
    if shown is None or shown.phase(_today(now)) != Phase.RUNNING:
        if request.method == "POST":
            messages.warning(request, actions.OVER)
        return redirect("publicity:slogans")
    form = SlogansForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _form_page(request, shown, form, at=now, status=422 if form.errors else 200)
    try:
        return _sent(request, shown, form, at=now)
    except DomainError as refused:
        # Not left to the edge: what was typed has to stay on the page.
        form.add_error(None, refused.message)
        is_late = isinstance(refused, TooMany)
        page = _form_page(request, shown, form, at=now, status=429 if is_late else 409)
        return try_later(page, refused) if isinstance(refused, TooMany) else page


def current(day: date) -> Collection | None:
    """The one that runs on that day, else the last one."""
    found = list(Collection.objects.published()[:MOST_EARLIER])
    running = [one for one in found if one.phase(day) == Phase.RUNNING]
    begun = [one for one in found if one.phase(day) == Phase.OVER]
    return next(iter([*running, *begun, *found]), None)


def _sent(request: HttpRequest, shown: Collection, form: SlogansForm, *, at: datetime) -> HttpResponse:
    by = form.sent_by(known=request.get_signed_cookie(COOKIE, default="", salt=COOKIE) or "")
    is_proved = check(form.cleaned_data["proof"], by.token) is Proof.GOOD
    spend_on_slogans(client=client.network(request), phone=by.phone, is_proved=is_proved, at=at)
    received = actions.send(shown, form.slogans, by=by, at=at)
    if received.new:
        messages.success(request, f"收到 {received.new} 条，谢谢您。创城办看过以后，展示的都列在这一页。")
    else:
        messages.info(request, "这些您以前送过，已经收着了，不用再送。")
    response = redirect("publicity:slogans")
    response.set_signed_cookie(
        COOKIE, received.sender.token, salt=COOKIE, max_age=A_YEAR, path=COOKIE_PATH, samesite="Lax",
        secure=request.is_secure(), httponly=True,
    )  # fmt: skip
    return response


def _form_page(
    request: HttpRequest, shown: Collection, form: SlogansForm, *, at: datetime, status: int
) -> HttpResponse:
    token = FormToken.new()
    facts = {
        "collection": shown,
        "form": form,
        "token": token.sealed(),
        "challenge": json.dumps(challenge(token.value, until=token.expires_at(at))),
        "retention_days": retention_days(),
    }
    return render(request, "publicity/slogans_new.html", facts, status=status)


def _page(request: HttpRequest, shown: Collection | None) -> HttpResponse:
    facts: dict[str, object] = {"collection": shown, "may_publish": may_publish(request.user)}
    if shown:
        facts |= _shown_of(request, shown)
    return render(request, "publicity/slogans.html", frame(request) | facts)


def _shown_of(request: HttpRequest, shown: Collection) -> dict[str, object]:
    public_entries = shown.entries.filter(state__in=Entry.PUBLIC)
    best = list(public_entries.exclude(state=Entry.State.SHOWN))
    states = (Entry.State.CHOSEN, Entry.State.SHORTLISTED)
    others = public_entries.filter(state=Entry.State.SHOWN)
    return {
        "phase": shown.phase(_today(timezone.now())),
        "turnout": turnout(shown),
        "best": [Best(str(state.label), [one for one in best if one.state == state]) for state in states],
        "page": Paginator(others, PER_PAGE).get_page(request.GET.get("page")),
        "earlier": Collection.objects.published().exclude(pk=shown.pk)[:MOST_EARLIER],
    }


def _today(at: datetime) -> date:
    return at.astimezone(CITY_TIME).date()
