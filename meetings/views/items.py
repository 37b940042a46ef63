"""Action items (交办事项): list, one item with its steps, and the moves a person may make on it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import only, permit
from common.clock import CITY_TIME
from common.errors import DomainError
from common.http import Request
from meetings import actions, stats
from meetings.forms import ItemFilter, ItemForm, MoveForm
from meetings.models import READS_SOMETHING, ActionItem, ActionItemQuerySet, Step
from meetings.permissions import HOLDERS, may, may_edit, moves_open_to
from meetings.views.instructions import about_link
from meetings.views.meetings import PER_PAGE, find_meeting
from meetings.workflow import ItemState, Move

DONE = {
    Move.FOLLOW_UP: "进展已记下。",
    Move.REPORT: "已报告办完，等交办的人确认。",
    Move.POSTPONE: "期限已改。",
    Move.CONFIRM: "已确认办结。",
    Move.CANCEL: "已取消。",
    Move.REOPEN: "已重新打开。",
}
PERFORM: dict[Move, Callable[..., None]] = {
    Move.FOLLOW_UP: actions.follow_up,
    Move.REPORT: actions.report_done,
    Move.POSTPONE: actions.postpone,
    Move.CONFIRM: actions.confirm,
    Move.CANCEL: actions.cancel,
    Move.REOPEN: actions.reopen,
}
DOTS = {Move.REOPEN: "back", Move.CANCEL: "stop"}


@dataclass(frozen=True)
class Offer:
    """A move this person may make now, with its form."""

    move: Move
    form: MoveForm
    is_onward: bool
    is_open: bool


@dataclass(frozen=True)
class Told:
    """A step as the time line shows it."""

    title: str
    time: str
    dot: str
    quote: str
    text: str


@only(*READS_SOMETHING)
@require_safe
def item_list(request: Request) -> HttpResponse:
    """The action items that concern this person, the most urgent first."""
    now = timezone.now()
    choice = ItemFilter(request.GET)
    mine = ActionItem.objects.visible_to(request.user)
    found = _chosen(mine, choice, now.astimezone(CITY_TIME).date()).named().most_urgent_first()
    facts = {
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "choice": choice,
        "unit": choice.cleaned_data.get("unit"),
        "counts": stats.item_counts(mine, at=now),
        "today": now.astimezone(CITY_TIME).date(),
    }
    return render(request, "meetings/items.html", facts)


@only(*READS_SOMETHING)
@require_safe
def item(request: Request, pk: int) -> HttpResponse:
    return _show(request, find_item(request, pk))


@only(*HOLDERS)
@require_http_methods(["GET", "HEAD", "POST"])
def item_new(request: Request, pk: int) -> HttpResponse:
    """Give a unit something to do, from a meeting."""
    meeting, now = find_meeting(request, pk), timezone.now()
    permit(may_edit(request.user, meeting))
    form = ItemForm(request.POST or None, today=now.astimezone(CITY_TIME).date())
    if request.method == "POST" and form.is_valid():
        given = actions.assign(meeting, **form.cleaned_data, by=request.user, at=now)
        messages.success(request, f"已交给{given.unit}：{given.content}")
        return redirect(request.path if "again" in request.POST else meeting)
    return render(
        request, "meetings/item_new.html", {"meeting": meeting, "form": form}, status=422 if form.errors else 200
    )


@only(*READS_SOMETHING)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: Request, pk: int, move: str) -> HttpResponse:
    """Make one move; a form that is wrong or comes too late is shown again with all that was typed."""
    found = find_item(request, pk)
    chosen = _offered(move)
    if request.method != "POST":
        return redirect(found)  # signing in again leads here
    permit(may(request.user, chosen, found))
    form = MoveForm(request.POST, move=chosen, today=timezone.now().astimezone(CITY_TIME).date())
    if not form.is_valid():
        return _show(request, found, chosen, form, status=422)
    try:
        _perform(request, found, chosen, form)
    except DomainError as refused:
        # Not left to the edge: what was typed has to stay on the page.
        newest = _items(request).filter(pk=pk).first() or found
        return _show(request, newest, chosen, form, refusal=refused.message, status=409)
    messages.success(request, DONE[chosen])
    return redirect(found)


def find_item(request: Request, pk: int) -> ActionItem:
    return get_object_or_404(_items(request), pk=pk)


def _items(request: Request) -> ActionItemQuerySet:
    return ActionItem.objects.visible_to(request.user).named().select_related("created_by__unit", "created_by__group")


def _offered(move: str) -> Move:
    if move not in Move.values or move == Move.ASSIGN:
        raise Http404
    return Move(move)


def _perform(request: Request, item: ActionItem, move: Move, form: MoveForm) -> None:
    said = dict(form.cleaned_data)
    item.version = said.pop("version")
    PERFORM[move](item, **said, by=request.user, at=timezone.now())


def _chosen(items: ActionItemQuerySet, choice: ItemFilter, today: date) -> ActionItemQuerySet:
    wanted = choice.cleaned_data if choice.is_valid() else {}
    state = wanted.get("state") or ItemState.OPEN
    narrowed = {
        ItemState.OPEN: items.open(),
        ItemState.DONE: items.filter(state=ItemState.DONE),
        ItemState.CANCELLED: items.filter(state=ItemState.CANCELLED),
        "overdue": items.overdue(on=today),
        "reported": items.open().filter(is_reported=True),
    }.get(state, items)
    return narrowed.filter(unit=wanted["unit"]) if wanted.get("unit") else narrowed


def _show(
    request: Request,
    item: ActionItem,
    tried: Move | None = None,
    form: MoveForm | None = None,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    today = timezone.now().astimezone(CITY_TIME).date()
    moves = moves_open_to(request.user, item)
    usual = _usual(moves, item)
    if form and refusal:
        form.show_against(item.version)
    offers = [
        Offer(
            move,
            form if form and move == tried else MoveForm(initial={"version": item.version}, move=move, today=today),
            is_onward=move == usual,
            is_open=move == tried,
        )
        for move in moves
    ]
    facts = {
        "item": item,
        "about": about_link(item, request.user),
        "offers": offers,
        "steps": [_told(step) for step in item.steps.select_related("by__unit", "by__group").order_by("-version")],
        "today": today,
        "form": form,
        "refusal": refusal,
        # Where the move is no longer possible, its form is gone: what was typed is given back.
        "lost": form.cleaned_data.get("text", "") if form and refusal and tried not in moves else "",
    }
    return render(request, "meetings/item.html", facts, status=status)


def _usual(moves: list[Move], item: ActionItem) -> Move | None:
    """The move whose button is filled."""
    if Move.REPORT in moves:
        return Move.FOLLOW_UP
    return Move.CONFIRM if Move.CONFIRM in moves and item.is_reported else None


def _told(step: Step) -> Told:
    move = Move(step.move)
    due = f"期限 {step.due_on:%Y-%m-%d}" if step.due_on else ""
    return Told(
        title=move.label,
        time=f"{step.at.astimezone(CITY_TIME):%Y-%m-%d %H:%M}",
        dot=DOTS.get(move, "done"),
        quote=step.text,
        text="　".join(filter(None, [str(step.by), due])),
    )
