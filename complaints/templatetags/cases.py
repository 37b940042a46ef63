"""The clock, the state and the moves of a case, for any page that shows one."""

from collections.abc import Iterable
from functools import lru_cache

from django import template
from django.template import Engine
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from common.templatetags.components import icon, kept
from complaints import ways
from complaints.case_moves import Offer
from complaints.models import Complaint
from complaints.queue_page import Row, Tab
from complaints.workflow import RequestKind, State

register = template.Library()

LIGHT_ICONS = {"in_time": "check", "soon": "clock", "late": "alert", "paused": "pause"}
NO_LIGHT = mark_safe('<span class="mut">—</span>')
# More classes of a state's badge, and its icon; a case that is suspended is shown as that.
BADGES: dict[str, tuple[str, str]] = {
    State.RECEIVED: ("", "inbox"),
    State.ACCEPTED: (" state-info", "arrow"),
    State.DISPATCHED: (" state-info", "arrow"),
    State.HANDLING: (" state-go", "clock"),
    State.HANDLED: (" state-go", "eye"),
    State.CLOSED: (" state-ok", "check"),
    State.REJECTED: (" state-line", "cross"),
    State.MERGED: (" state-line", "copy"),
    State.WITHDRAWN: (" state-line", "undo"),
    "suspended": (" state-line", "pause"),
}


@register.simple_tag
@kept
def light(light: str, words: str = "") -> SafeString:
    """A clock: `light` = in_time | soon | late | paused, anything else a dash; `words` like 剩 2 天, 暂停至 12-02."""
    if light not in LIGHT_ICONS:
        return NO_LIGHT
    return format_html('<span class="light light-{}">{}{}</span>', light, icon(LIGHT_ICONS[light]), words)


@register.simple_tag
@kept
def state_badge(state: str, label: str = "") -> SafeString:
    """A State or `suspended`; `label` = other words, as for residents, else the name that staff use."""
    if state not in BADGES:
        return SafeString()
    css, drawn = BADGES[state]
    return format_html('<span class="state{}">{}{}</span>', css, icon(drawn), label or _name(state))


def _name(state: str) -> str:
    return str((RequestKind.SUSPENSION if state == "suspended" else State(state)).label)


@register.simple_tag(takes_context=True)
def move(context: Context, offer: Offer) -> SafeString:
    """One move a person may make: its button, and below it the form, or the way to it."""
    return format_html(
        '<details class="move{}" id="move-{}"{}>\n  <summary class="btn{}">{}</summary>\n  {}\n</details>\n',
        " move-onward" if offer.is_onward else "",
        offer.move,
        mark_safe(" open") if offer.is_open else "",
        " btn-primary" if offer.is_onward else "",
        offer.label,
        _form(context, offer) if offer.form else way(offer.way),
    )


def _form(context: Context, offer: Offer) -> SafeString:
    with context.push(offer=offer):
        return Engine.get_default().get_template("complaints/staff/_move_form.html").render(context)


@register.simple_tag
def way(url: str) -> SafeString:
    """To a form that is folded away: fetched where it stands when that is opened; without script a page with it."""
    return format_html(
        '<a class="move-way" href="{}" hx-get="{}" hx-trigger="toggle from:closest details once" hx-swap="outerHTML">'
        "去填写</a>",
        url,
        url,
    )


@register.simple_tag
def case_way(case: Complaint, name: str) -> str:
    """The address `complaints:name` of a case."""
    return ways.way(case, name)


@register.simple_tag
@lru_cache(maxsize=128)
def queue_tabs(tabs: tuple[Tab, ...]) -> SafeString:
    return render_to_string("complaints/staff/_queue_tabs.html", {"tabs": tabs})


@register.simple_tag
def queue_rows(rows: Iterable[Row], tells_unit: object, may_tick: object) -> SafeString:
    """The lines of the queue's table."""
    lines = (_kept_line("complaints/staff/_queue_row.html", row, bool(tells_unit), bool(may_tick)) for row in rows)
    return _together(lines)


@register.simple_tag
def queue_cards(rows: Iterable[Row]) -> SafeString:
    """The same on a phone."""
    return _together(_kept_line("complaints/staff/_queue_card.html", row) for row in rows)


def _together(lines: Iterable[SafeString]) -> SafeString:
    return mark_safe("".join(lines))  # noqa: S308 -- each is a template's


# The queue is opened again and again, and most of its lines say what they said before.
@lru_cache(maxsize=4000)
def _kept_line(name: str, row: Row, tells_unit: bool = False, may_tick: bool = False) -> SafeString:
    return render_to_string(name, {"row": row, "tells_unit": tells_unit, "may_tick": may_tick})
