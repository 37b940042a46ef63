"""Referrals to the supervision group (督导移交): the list of what somebody may know of, one of them, its moves."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import only, permit
from accounts.models import Role
from common.clock import CITY_TIME
from common.errors import DomainError
from common.http import Request
from complaints.exporting import Cell, as_csv
from complaints.listings import unit_choice
from complaints.uploads import takes_photos
from progress.views.reports import kept_file
from supervision import actions, stats
from supervision.forms.referrals import ReferralFilter, ReferralForm, ReferralMoveForm, SignalForm
from supervision.models import (
    READS_REFERRALS,
    Inspection,
    Referral,
    ReferralEvent,
    ReferralFile,
    ReferralQuerySet,
    Source,
)
from supervision.permissions import MAY_REFER, Sight, may, moves_open_to, sight_of
from supervision.repeats import Kind, repeats
from supervision.workflow import Move, State

PER_PAGE = 50
DONE = {
    Move.VERIFY: "已开始核实。",
    Move.NOTE: "情况已记下。",
    Move.SUBSTANTIATE: "已认定属实。",
    Move.DISMISS: "已认定不属实。",
    Move.RECHECK: "已转回核实。",
    Move.HANDLE: "处理已记下。",
    Move.CLOSE: "已办结，涉及单位收到提醒。",
}
# The move whose button is filled, by state.
USUAL = {
    State.REFERRED: Move.VERIFY,
    State.VERIFYING: Move.SUBSTANTIATE,
    State.SUBSTANTIATED: Move.HANDLE,
    State.UNSUBSTANTIATED: Move.CLOSE,
    State.HANDLED: Move.CLOSE,
}
DOTS = {Move.RECHECK: "back", Move.DISMISS: "stop"}
TITLES = ("编号", "移交时间", "涉及单位", "移交事由", "情况", "来源", "移交人", "状态", "结果", "结论", "办结时间")


@dataclass(frozen=True)
class Offer:
    """A move this person may make now, with its form."""

    move: Move
    form: ReferralMoveForm
    is_onward: bool
    is_open: bool


@dataclass(frozen=True)
class Step:
    """An event as the time line shows it."""

    title: str
    time: str
    dot: str
    quote: str
    text: str


@only(*READS_REFERRALS)
@never_cache
@require_safe
def referral_list(request: Request) -> HttpResponse:
    """What this person may know of: the group what waits, others what they referred or what is concluded."""
    user = request.user
    choice = ReferralFilter(request.GET)
    mine = Referral.objects.visible_to(user)
    page = Paginator(_chosen(mine, choice).select_related("unit", "referred_by").open_first(), PER_PAGE)
    is_group = user.role == Role.SUPERVISION
    facts = {
        "page": page.get_page(request.GET.get("page")),
        "choice": choice,
        "chosen": choice.cleaned_data,
        "counts": [(state, number) for state, number in stats.referral_counts_for(user).items()],
        "unit_options": unit_choice().options(str(request.GET.get("unit", ""))),
        "is_group": is_group,
        "tells_counts": is_group or user.role == Role.LEADER,
        "may_refer": user.role in MAY_REFER,
        "is_unit": user.role == Role.LIAISON,
    }
    return render(request, "supervision/referrals.html", facts)


def _chosen(referrals: ReferralQuerySet, choice: ReferralFilter) -> ReferralQuerySet:
    choice.is_valid()
    wanted = choice.cleaned_data
    if wanted.get("unit"):
        referrals = referrals.filter(unit=wanted["unit"])
    return referrals.filter(state=wanted["state"]) if wanted.get("state") else referrals


@only(*MAY_REFER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@takes_photos
def referral_new(request: Request) -> HttpResponse:
    form = ReferralForm(request.POST or None, request.FILES or None, initial=_facts_of_signal(request))
    if request.method == "POST" and form.is_valid():
        source = Source.OFFICE if request.user.role == Role.OFFICE else Source.GROUP
        source = Source.SIGNAL if form.cleaned_data["kind"] else source
        made = actions.refer(form.told, source=source, by=request.user, at=timezone.now())
        messages.success(request, f"已移交督导组，编号{made}。")
        return redirect(_after(request, made))
    return render(request, "supervision/referral_new.html", {"form": form}, status=422 if form.errors else 200)


def _facts_of_signal(request: Request) -> dict[str, Any]:
    """What a repeat signal says of a unit, counted anew: the link names it and carries no words."""
    asked = SignalForm(request.GET)
    if not asked.is_valid():
        return {}
    kind, unit = Kind(asked.cleaned_data["kind"]), asked.cleaned_data["unit"]
    found = repeats(request.user, at=timezone.now(), kind=kind, unit=unit)
    return {"unit": unit.pk, "kind": kind, "text": "；".join(one.words for one in found) + "。"} if found else {}


def _after(request: Request, made: Referral) -> str:
    """A member of the group cannot open what concerns the own unit."""
    is_seen = Referral.objects.visible_to(request.user).filter(pk=made.pk).exists()
    return made.get_absolute_url() if is_seen else reverse("supervision:referrals")


@only(*READS_REFERRALS)
@never_cache
@require_safe
def referral(request: Request, pk: int) -> HttpResponse:
    return _show(request, find_referral(request, pk))


@only(Role.SUPERVISION)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@takes_photos
def move(request: Request, pk: int, move: str) -> HttpResponse:
    """Make one move; a form that is wrong or comes too late is shown again with all that was typed."""
    found = find_referral(request, pk)
    if move not in Move.values or move == Move.REFER:
        raise Http404
    chosen = Move(move)
    if request.method != "POST":
        return redirect(found)  # signing in again leads here
    permit(may(request.user, chosen, found))
    form = ReferralMoveForm(request.POST, request.FILES, move=chosen)
    if not form.is_valid():
        return _show(request, found, chosen, form, status=422)
    said = dict(form.cleaned_data)
    found.version = said.pop("version")
    try:
        actions.move_referral(found, chosen, **said, by=request.user, at=timezone.now())
    except DomainError as refused:
        # Not left to the edge: what was typed has to stay on the page.
        newest = _referrals(request).filter(pk=pk).first() or found
        return _show(request, newest, chosen, form, refusal=refused.message, status=409)
    messages.success(request, DONE[chosen])
    return redirect(found)


@only(*READS_REFERRALS)
@require_safe
def evidence(request: Request, token: str) -> FileResponse:
    """A file of a referral, checked anew with each request."""
    return kept_file(get_object_or_404(ReferralFile.objects.visible_to(request.user), token=token))


@only(Role.SUPERVISION)
@require_POST
def export(request: Request) -> StreamingHttpResponse:
    """The list as a table; that it was taken along stands in the audit log."""
    found = _chosen(Referral.objects.visible_to(request.user), ReferralFilter(request.GET))
    actions.note_export(found, by=request.user, at=timezone.now())
    rows = (_row(one) for one in found.select_related("unit", "referred_by__unit", "referred_by__group").open_first())
    answer = StreamingHttpResponse(as_csv(rows, titles=TITLES), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="referrals.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _row(one: Referral) -> list[Cell]:
    closed = one.closed_at.astimezone(CITY_TIME) if one.closed_at else None
    return [
        str(one), one.referred_at.astimezone(CITY_TIME), str(one.unit), one.get_matter_display(), one.text,
        one.get_source_display(), str(one.referred_by), one.get_state_display(), one.verdict, one.conclusion, closed,
    ]  # fmt: skip


def find_referral(request: Request, pk: int) -> Referral:
    return get_object_or_404(_referrals(request), pk=pk)


def _referrals(request: Request) -> ReferralQuerySet:
    named = ("unit", "referred_by__unit", "referred_by__group", "finding__inspection__unit")
    return Referral.objects.visible_to(request.user).select_related(*named, "finding__inspection__grid__community")


def _show(
    request: Request,
    referral: Referral,
    tried: Move | None = None,
    form: ReferralMoveForm | None = None,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    sight = sight_of(request.user, referral)
    moves = moves_open_to(request.user, referral)
    if form and refusal:
        form.show_against(referral.version)
    facts = {
        "referral": referral,
        "offers": _offers(referral, moves, tried, form),
        "form": form,
        "refusal": refusal,
        # Where the move is no longer possible, its form is gone: what was typed is given back.
        "lost": form.cleaned_data.get("reason", "") if form and refusal and tried not in moves else "",
        **_SHOWN[sight](request, referral),
    }
    return render(request, "supervision/referral.html", facts, status=status)


def _offers(referral: Referral, moves: list[Move], tried: Move | None, form: ReferralMoveForm | None) -> list[Offer]:
    usual = USUAL.get(State(referral.state))
    return [
        Offer(
            move,
            form if form and move == tried else ReferralMoveForm(initial={"version": referral.version}, move=move),
            is_onward=move == usual,
            is_open=move == tried,
        )
        for move in moves
    ]


def _whole(request: Request, referral: Referral) -> dict[str, Any]:
    events = referral.events.select_related("by__unit", "by__group").order_by("-version")
    return {
        "steps": [_step(event) for event in events],
        "files": list(ReferralFile.objects.visible_to(request.user).filter(referral=referral)),
        "origin": _origin(request, referral),
        "tells_referrer": True,
        "tells_when": True,
    }


def _own(request: Request, referral: Referral) -> dict[str, Any]:
    files = ReferralFile.objects.visible_to(request.user).filter(referral=referral)
    return {
        "steps": [],
        "files": list(files),
        "origin": _origin(request, referral),
        "tells_referrer": False,
        "tells_when": True,
    }


def _conclusion(request: Request, referral: Referral) -> dict[str, Any]:
    # The day of the referral would lead to the inspection of that day, and so to who referred it.
    return {"steps": [], "files": [], "origin": None, "tells_referrer": False, "tells_when": False}


_SHOWN: dict[Sight, Callable[[Request, Referral], dict[str, Any]]] = {
    Sight.WHOLE: _whole,
    Sight.OWN: _own,
    Sight.CONCLUSION: _conclusion,
}


def _origin(request: Request, referral: Referral) -> Inspection | None:
    """The inspection it came from, for those who may read that."""
    found = referral.finding.inspection if referral.finding else None
    is_seen = found and Inspection.objects.visible_to(request.user).filter(pk=found.pk).exists()
    return found if is_seen else None


def _step(event: ReferralEvent) -> Step:
    move = Move(event.move)
    return Step(
        title="，".join(filter(None, [move.label, event.get_measure_display() if event.measure else ""])),
        time=f"{event.at.astimezone(CITY_TIME):%Y-%m-%d %H:%M}",
        dot=DOTS.get(move, "done"),
        quote=event.reason,
        text=str(event.by),
    )
