"""Flags (红旗、蓝旗) as marks: glyph and word, so that colour alone never says it."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from common.templatetags.components import kept, sprite

register = template.Library()

# The one character beside the glyph.
SHORT = {"red": "红", "blue": "蓝", "good": "补"}
UNMARKED = "未"


@register.simple_tag
@kept
def flag(kind: str, word: str = "", size: int | None = None) -> SafeString:
    """`kind` = red | blue | good | none; `word` stands behind the glyph, else one character; `size` = 16 | 44."""
    return _flag(kind, word or SHORT.get(kind, UNMARKED), f"flag flag-{kind}{f' flag-{size}' if size else ''}")


@register.simple_tag
@kept
def flag_cell(kind: str, url: str = "", label: str = "") -> SafeString:
    """One <td> of a board: `kind` = that of a flag, or na where there is no task; `label` = what is read aloud."""
    shown = "—" if kind == "na" else _flag(kind, SHORT.get(kind, UNMARKED))
    if url:
        spoken = format_html(' aria-label="{}"', label) if label else ""
        shown = format_html('<a href="{}"{}>{}</a>', url, spoken, shown)
    return format_html('<td class="cell-{}">{}</td>', kind, shown)


@register.simple_tag
@kept
def flag_counts(*, red: int, blue: int, none: int, good: int = 0) -> SafeString:
    """How many of each; `good` of the blue ones were made good later."""
    made_good = f"（补成 {good}）" if good else ""
    return format_html(
        '<span class="flag-counts">{}{}{}</span>',
        _flag("red", f"红 {red}"),
        _flag("blue", f"蓝 {blue}{made_good}"),
        _flag("none", f"未标 {none}"),
    )


@register.simple_tag
@kept
def flag_row(*, red: int, blue: int, none: int, good: int = 0) -> SafeString:
    """Flags as they hang on the wall, without words: the counts stand beside them (flag_counts)."""
    hung = [*["red"] * red, *["good"] * good, *["blue"] * blue, *["none"] * none]
    drawn = format_html_join("", '<svg class="flag flag-{}">{}</svg>', ((kind, _use(kind)) for kind in hung))
    return format_html('<span class="flag-row" aria-hidden="true">{}</span>', drawn)


def _flag(kind: str, word: str, css: str = "flag") -> SafeString:
    return format_html(
        '<span class="flag-word flag-{}"><svg class="{}" aria-hidden="true">{}</svg>{}</span>',
        kind,
        css,
        _use(kind),
        word,
    )


def _use(kind: str) -> SafeString:
    return format_html('<use href="{}#flag-{}"/>', sprite(), kind)
