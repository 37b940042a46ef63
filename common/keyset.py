"""Paging by key: the rows after (or before) a row's sort keys. No OFFSET, and rows that come or go shift nothing."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.db.models import Q, QuerySet

R = TypeVar("R")


@dataclass(frozen=True)
class Page(Generic[R]):
    """One page of rows. `first` counts from 1; a cursor is empty where there is nothing further that way."""

    rows: list[R]
    first: int
    next_cursor: str
    previous_cursor: str

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


@dataclass(frozen=True)
class _Cursor:
    backwards: bool
    first: int
    values: tuple[Any, ...]


def page(rows: "QuerySet[Any, R]", keys: Sequence[str], *, cursor: str, size: int) -> Page[R]:
    """The page of `rows` that `cursor` (from an earlier page; empty: the first) names.

    `keys` are fields or annotations, never null and together unique, "-" for descending. A cursor that cannot be
    read gives the first page.
    """
    here = _read(cursor, len(keys))
    try:
        rows = rows.filter(_beyond(keys, here)) if here else rows
    except (TypeError, ValueError):  # a forged cursor: values of other types than the keys'
        here = None
    is_back = here is not None and here.backwards
    return _page(list(rows.order_by(*(_turned(key) if is_back else key for key in keys))[: size + 1]), keys, here, size)


def first_page(found: list[R], keys: Sequence[str], *, size: int) -> Page[R]:
    """Of rows that were found in the order of `keys`, one more than `size` of them if there are."""
    return _page(found, keys, None, size)


def _page(found: list[R], keys: Sequence[str], here: _Cursor | None, size: int) -> Page[R]:
    backwards = here is not None and here.backwards
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if here is None or (backwards and not more):
        first = 1
    else:
        first = max(1, here.first - len(found)) if backwards else here.first
    has_next, has_previous = (True, more) if backwards else (more, here is not None)
    return Page(
        found,
        first,
        _written(keys, found[-1], first + len(found), backwards=False) if found and has_next else "",
        _written(keys, found[0], first, backwards=True) if found and has_previous else "",
    )


def _turned(key: str) -> str:
    return key[1:] if key.startswith("-") else f"-{key}"


def _beyond(keys: Sequence[str], here: _Cursor) -> Q:
    """Rows past the cursor's: greater in the first key, or equal in it and greater in the second, and so on."""
    beyond, equal = Q(), Q()
    for key, value in zip(keys, here.values, strict=True):
        name = key.removeprefix("-")
        comparison = "lt" if key.startswith("-") != here.backwards else "gt"
        beyond |= equal & Q(**{f"{name}__{comparison}": value})
        equal &= Q(**{name: value})
    return beyond


def _written(keys: Sequence[str], row: Any, first: int, *, backwards: bool) -> str:
    values = [getattr(row, key.removeprefix("-")) for key in keys]
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps([int(backwards), first, *plain]).encode()).decode().rstrip("=")


def _read(cursor: str, keys: int) -> _Cursor | None:
    try:
        told = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        backwards, first, *plain = told
        values = tuple(_value(value) for value in plain)
    except (ValueError, TypeError, OverflowError, binascii.Error):
        return None
    return _Cursor(bool(backwards), first, values) if isinstance(first, int) and len(values) == keys else None


def _value(plain: Any) -> int | datetime:
    return datetime.fromisoformat(plain).astimezone(UTC) if isinstance(plain, str) else int(plain)
