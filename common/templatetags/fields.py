"""What the widgets of forms write. In Python, because a list to choose from has some hundred options."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
Option = Mapping[str, Any]


@register.simple_tag
def attributes(given: Mapping[str, Any]) -> SafeString:
    """The attributes of a widget but its class, which its template writes; True is a bare name, False nothing."""
    others = ((name, value) for name, value in given.items() if name != "class" and value is not False)
    return format_html_join("", "{}", ((_attribute(name, value),) for name, value in others))


def _attribute(name: str, value: object) -> SafeString:
    # str: a number is no text for readers, who might want it written with a comma.
    return format_html(" {}", name) if value is True else format_html(' {}="{}"', name, str(value))


@register.simple_tag
def options(groups: Iterable[tuple[str | None, list[Option], int]]) -> SafeString:
    """The options of a select, as its widget groups them."""
    return format_html_join("", "\n{}", ((_group(name, members),) for name, members, _ in groups))


def _group(name: str | None, members: list[Option]) -> SafeString:
    lines = ((str(one["value"]), attributes(one["attrs"]), one["label"]) for one in members)
    written = format_html_join("\n", '<option value="{}"{}>{}</option>', lines)
    return format_html('<optgroup label="{}">\n{}\n</optgroup>', name, written) if name else written
