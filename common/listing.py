"""Lists to choose from that are read once and shown often: what a filter offers, ready to be shown."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from common.templatetags.fields import attributes


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: its key in the database, the value that is sent, its words in the list and elsewhere."""

    key: int
    value: str
    label: str
    group: str = ""
    name: str = ""
    # What is not offered any more can still be looked for.
    is_offered: bool = True

    def __str__(self) -> str:
        return self.name or self.label


class Listing:
    """Entries in their order; made once and shared, so nobody may change it."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.by_key = {one.key: one for one in entries}
        self.by_value = {one.value: one for one in self.by_key.values()}
        self._options = _options(one for one in self.by_key.values() if one.is_offered)

    def name(self, key: int | None) -> str:
        """The words for a row, empty where there is none."""
        return str(self.by_key[key]) if key in self.by_key else ""

    def options(self, chosen: str) -> SafeString:
        """The options of a select, one of them chosen or none."""
        if chosen not in self.by_value:
            return self._options
        begin = format_html('<option value="{}"', chosen)
        return mark_safe(self._options.replace(f"{begin}>", f"{begin} selected>", 1))  # noqa: S308 -- both are written above


def choices(pairs: Iterable[tuple[str, Any]]) -> Listing:
    """A listing of what stands in the code."""
    return Listing(Entry(number, str(value), str(label)) for number, (value, label) in enumerate(pairs))


def _options(entries: Iterable[Entry]) -> SafeString:
    by_group: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in entries:
        by_group[one.group].append((one.value, one.label))
    return format_html_join("\n", "{}", ((_group(name, members),) for name, members in by_group.items()))


def _group(name: str, members: list[tuple[str, str]]) -> SafeString:
    written = format_html_join("\n", '<option value="{}">{}</option>', members)
    return format_html('<optgroup label="{}">\n{}\n</optgroup>', name, written) if name else written


class ListingSelect(forms.Widget):
    """A select that writes a listing as it is kept; `empty` says what stands for no choice."""

    def __init__(self, listing: Callable[[], Listing], *, empty: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.listing = listing
        self.empty = empty

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        all_attrs = self.build_attrs(self.attrs, attrs)
        chosen = str(value or "")
        return format_html(
            '<select name="{}" class="form-select {}"{}>\n<option value=""{}>{}</option>\n{}\n</select>',
            name,
            all_attrs.get("class", ""),
            attributes(all_attrs),
            "" if chosen else mark_safe(" selected"),
            self.empty,
            self.listing().options(chosen),
        )


class ListingField(forms.Field):
    """Gives the Entry whose value was sent, None for no choice."""

    default_error_messages = {"invalid_choice": forms.ModelChoiceField.default_error_messages["invalid_choice"]}

    def __init__(self, listing: Callable[[], Listing], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.listing = listing

    def to_python(self, value: Any) -> Entry | None:
        if value in self.empty_values:
            return None
        entry = self.listing().by_value.get(str(value))
        if entry is None:
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return entry
