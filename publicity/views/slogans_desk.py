"""The creation office's desk of the slogans: calls, what was sent, what is shown, who may be reached."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import only
from accounts.models import Role
from common.clock import CITY_TIME
from common.errors import DomainError
from common.http import Request
from publicity import slogan_sheet
from publicity.actions import slogans as actions
from publicity.forms.announcements import VersionForm
from publicity.forms.slogans import CollectionForm, DecisionForm, RevealForm, StateChoice, ticked
from publicity.models import Collection, Entry, Sender
from publicity.models.slogans import retention_days
from publicity.slogan_stats import Turnout, entries_by_state, turnout, turnout_by_collection, waiting_by_collection
from publicity.views.quiz_desk import XLSX

PER_PAGE = 100


@only(Role.OFFICE)
@require_safe
def slogans_desk(request: Request) -> HttpResponse:
    """All collections with their numbers."""
    page = Paginator(Collection.objects.all(), PER_PAGE).get_page(request.GET.get("page"))
    numbers, waiting = turnout_by_collection(), waiting_by_collection()
    today = timezone.now().astimezone(CITY_TIME).date()
    rows = [(one, one.phase(today), numbers.get(one.pk, Turnout()), waiting.get(one.pk, 0)) for one in page]
    return render(request, "publicity/slogans_desk.html", {"page": page, "rows": rows})


@only(Role.OFFICE)
@require_safe
def collection_desk(request: Request, pk: int) -> HttpResponse:
    """What was sent, by state; what waits first."""
    return _list_page(request, _find(pk), DecisionForm(initial={"to": Entry.State.SHOWN}), state=_state_of(request))


@only(Role.OFFICE)
@require_POST
def entries_decide(request: Request, pk: int) -> HttpResponse:
    """Move all that are ticked; the list comes back as it was, without them."""
    shown, state = _find(pk), _state_of(request)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _list_page(request, shown, form, state=state, status=422)
    to, seen = Entry.State(form.cleaned_data["to"]), ticked(request.POST.getlist("entry"))
    try:
        moved = actions.decide(shown, seen, to, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
    except DomainError as refused:
        # Not left to the edge: the ticks have to stay on the page.
        form.add_error(None, refused.message)
        return _list_page(request, shown, form, state=state, status=409)
    if moved:
        messages.success(request, f"{moved} 条已改为“{to.label}”。")
    if moved < len(seen):
        messages.warning(request, f"{len(seen) - moved} 条刚刚被别人改过，没有动。请看最新的状态。")
    return redirect(f"{reverse('publicity:collection_desk', args=[pk])}?{urlencode({'state': state})}")


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def collection_new(request: Request) -> HttpResponse:
    now = timezone.now()
    form = CollectionForm(request.POST or None, initial={"version": 0, "opens_on": now.astimezone(CITY_TIME).date()})
    if request.method == "POST" and form.is_valid():
        begun = actions.begin(form.call, by=request.user, at=now)
        messages.success(request, "已保存，还没有发布。")
        return redirect("publicity:collection_desk", begun.pk)
    return _form_page(request, form, None)


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def collection_edit(request: Request, pk: int) -> HttpResponse:
    """Change a collection; whoever had not seen the newest state is told and keeps what was typed."""
    shown = _find(pk)
    form = CollectionForm(request.POST or None, initial=CollectionForm.told_by(shown))
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, form, shown)
    shown.version = form.cleaned_data["version"]
    try:
        actions.rewrite(shown, form.call, by=request.user, at=timezone.now())
    except DomainError as refused:
        newest = Collection.objects.filter(pk=pk).first() or shown
        form.show_against(newest.version)
        return _form_page(request, form, newest, refused=refused.message)
    messages.success(request, "已保存，公开页同时更新。" if shown.is_published else "已保存。")
    return redirect("publicity:collection_desk", pk)


@only(Role.OFFICE)
@require_POST
def collection_publish(request: Request, pk: int) -> HttpResponse:
    return _move(request, pk, actions.publish, "已发布，到开始日期居民就能送。")


@only(Role.OFFICE)
@require_POST
def collection_withdraw(request: Request, pk: int) -> HttpResponse:
    return _move(request, pk, actions.withdraw, "已撤下，居民看不到了。")


@only(Role.OFFICE)
@require_safe
def entries_sheet(request: Request, pk: int) -> HttpResponse:
    """For the jury: the slogans of one state or all, without who sent them."""
    shown, state = _find(pk), _state_of(request)
    found = shown.entries.filter(state=state) if state else shown.entries.exclude(state=Entry.State.HIDDEN)
    response = HttpResponse(slogan_sheet.workbook(found.order_by("pk")), content_type=XLSX)
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{shown.title}.xlsx") or "attachment"
    return response


@only(Role.OFFICE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sender(request: Request, pk: int) -> HttpResponse:
    """One who sent slogans; the phone is shown once, for a reason that is kept."""
    found = get_object_or_404(Sender.objects.select_related("collection"), pk=pk)
    form = RevealForm(request.POST if request.method == "POST" else None)
    phone, status = "", 200
    if form.is_valid():
        try:
            phone = actions.reveal_phone(found, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        except DomainError as refused:
            form.add_error(None, refused.message)
            status = 429
    facts = {
        "sender": found,
        "entries": list(found.entries.all()),
        "form": form,
        "phone": phone,
        "retention_days": retention_days(),
    }
    if form.errors and status == 200:
        status = 422
    return render(request, "publicity/sender.html", facts, status=status)


@only(Role.OFFICE)
@require_POST
def sender_erase(request: Request, pk: int) -> HttpResponse:
    actions.erase_on_request(get_object_or_404(Sender, pk=pk), by=request.user, at=timezone.now())
    messages.success(request, "称呼和电话已删除，口号留着。")
    return redirect("publicity:sender", pk)


def _list_page(
    request: Request, shown: Collection, form: DecisionForm, *, state: str, status: int = 200
) -> HttpResponse:
    found = shown.entries.filter(state=state) if state else shown.entries.all()
    counts = entries_by_state(shown)
    facts = {
        "collection": shown,
        "phase": shown.phase(timezone.now().astimezone(CITY_TIME).date()),
        "turnout": turnout(shown),
        "state": state,
        "tabs": [(value, label, counts[value]) for value, label in Entry.State.choices],
        "page": Paginator(found.select_related("sender"), PER_PAGE).get_page(request.GET.get("page")),
        "form": form,
        "ticked": request.POST.getlist("entry"),
    }
    return render(request, "publicity/collection_desk.html", facts, status=status)


def _form_page(request: Request, form: CollectionForm, shown: Collection | None, *, refused: str = "") -> HttpResponse:
    facts = {"form": form, "collection": shown, "refused": refused}
    status = 409 if refused else 422 if form.errors else 200
    return render(request, "publicity/collection_edit.html", facts, status=status)


def _move(request: Request, pk: int, action: Callable[..., None], done: str) -> HttpResponse:
    moved, seen = _find(pk), VersionForm(request.POST)
    if seen.is_valid():
        moved.version = seen.cleaned_data["version"]
    try:
        action(moved, by=request.user, at=timezone.now())
        messages.success(request, done)
    except DomainError as refused:
        # The list shows the newest state beside the sentence.
        messages.warning(request, refused.message)
    return redirect("publicity:collection_desk", pk)


def _state_of(request: Request) -> str:
    """What the address says; where it says nothing that is meant, what waits. `state=` is all."""
    choice = StateChoice(request.GET)
    if "state" not in request.GET or not choice.is_valid():
        return Entry.State.WAITING
    return str(choice.cleaned_data["state"])


def _find(pk: int) -> Collection:
    return get_object_or_404(Collection, pk=pk)
