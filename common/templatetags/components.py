"""Small pieces that stand on every page, many times on some.

In Python, because a page has hundreds of them and an included template takes its time. What comes out depends on the
arguments alone, so it is kept; `typed`, because a string marked safe equals one that still has to be escaped.
"""

from functools import cache, lru_cache

from django import template
from django.template.context import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
kept = lru_cache(maxsize=2048, typed=True)


@cache
def sprite() -> str:
    """The address of the file that holds every icon."""
    return static("img/icons.svg")


@register.simple_tag
@kept
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """`name` = id in static/img/icons.svg; `css` = more classes (i-lg); `label` where no word stands beside it."""
    spoken = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    classes = f"i {css}" if css else "i"
    return format_html('<svg class="{}" {}><use href="{}#{}"/></svg>', classes, spoken, sprite(), name)


@register.simple_tag
@cache
def brand_mark() -> SafeString:
    """The seal."""
    return format_html('<svg class="brand-mark" aria-hidden="true"><use href="{}#brand"/></svg>', sprite())


@register.simple_tag
def sample_tag() -> SafeString:
    """The mark of made-up data on exports, prints and cards."""
    return mark_safe('<span class="sample-tag">示例数据</span>')


@register.simple_tag
@kept
def bar(percent: int, light: str = "", mark: int | None = None) -> SafeString:
    """The share of a time that is used; over 100 fills it. `light` colours it (else larch), `mark` places a tick."""
    return format_html(
        '<svg class="bar{}" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="bar-bg" width="100" height="6"/><rect class="bar-on" width="{}" height="6"/>{}</svg>',
        f" bar-{light}" if light else "",
        percent,
        format_html('<rect class="bar-mark" x="{}" width=".8" height="6"/>', mark) if mark else "",
    )


@register.simple_tag(takes_context=True)
def nav_link(context: Context, view: str, label: str) -> SafeString:
    """A link to a page without arguments that says whether one is there already."""
    address = _address(view)
    return _link(address, label, is_current=context["request"].path == address)


@kept
def _address(view: str) -> str:
    """Kept, because every page has a dozen of these links, and to find out where one leads takes longest."""
    return reverse(view)


@kept
def _link(address: str, label: str, *, is_current: bool) -> SafeString:
    current = mark_safe(' aria-current="page"') if is_current else ""
    return format_html('<a href="{}"{}>{}</a>', address, current, label)
