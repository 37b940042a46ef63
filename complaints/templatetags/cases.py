"""The clock and the state of a case as marks, for any page that shows a case."""

from collections.abc import Iterable
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from common.templatetags.components import icon, kept
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
