"""Finding cases by words, the way Chinese is searched: any two neighbouring characters may be what one remembers.

PostgreSQL answers from an index of pairs of characters (migration 0007); SQLite reads the rows one by one.
docs/adr/0015 and 0035 say why, with figures.
"""

import re
from typing import Any

from django.db import connection
from django.db.models import BooleanField, F, Func, Q, Value
from django.db.models.functions import Lower, StrIndex
from django.db.models.lookups import GreaterThan

from grids.listings import grids_named

_WHOLE = re.compile(r"\d{4}-\d{6}")
_BEGIN = re.compile(r"\d{4}-\d{0,5}")
_SERIAL = re.compile(r"\d{3,6}")


def stands_in_case(word: str) -> Q:
    """Cases with the word in the number, the text, the place, or the name of their grid or its community."""
    if _WHOLE.fullmatch(word):
        return Q(number=word)
    in_grid = _in_grid(word)
    elsewhere = _in_number(word) | in_grid
    found = _in_words(word) | elsewhere
    if connection.vendor != "postgresql" or in_grid:
        # A word that names a grid is found in every hundredth case at least: the newest are read in their order.
        return found
    # Said twice, once as the index can answer it, once as it is meant, so that no row that the index gave is cut into
    # pairs again.
    return found & (Q(_HasGrams(grams(word))) | elsewhere)


def _in_words(word: str) -> Q:
    # Not LIKE: PostgreSQL's planner would take it for a second, independent sieve, and expect next to nothing; SQLite
    # takes longer over it.
    if word.lower() == word.upper():
        return _at_some_place(F("text"), Value(word)) | _at_some_place(F("place"), Value(word))
    lower = Lower(Value(word))
    return _at_some_place(Lower("text"), lower) | _at_some_place(Lower("place"), lower)


def _at_some_place(words: F | Lower, word: Value | Lower) -> Q:
    return Q(GreaterThan(StrIndex(words, word), 0))


def _in_number(word: str) -> Q:
    if _BEGIN.fullmatch(word):
        return Q(number__startswith=word)
    if _SERIAL.fullmatch(word):
        # As it is spoken: the serial of any year. Each is one number, so that the index of numbers finds it.
        return Q(number__in=[f"{year}-{int(word):06}" for year in range(2020, 2050)])
    return Q()


def _in_grid(word: str) -> Q:
    # Their keys, since a subquery beside an OR would keep every index out of use.
    keys = grids_named(word)
    return Q(grid__in=keys) if keys else Q()


def grams(word: str) -> tuple[str, ...]:
    """Pairs of characters that together cover the word; a single character is one of its own."""
    lower = word.lower()
    if len(lower) < 2:
        return (lower,)
    starts = [*range(0, len(lower) - 1, 2), len(lower) - 2]
    return tuple(sorted({lower[at : at + 2] for at in starts}))


class _HasGrams(Func):
    """`complaint_grams(text, place)` holds them all: what the index complaint_grams answers."""

    function = "complaint_grams"
    template = "%(function)s(%(expressions)s) @> %%s::text[]"
    output_field = BooleanField()

    def __init__(self, wanted: tuple[str, ...]) -> None:
        super().__init__(F("text"), F("place"))
        self.wanted = wanted

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        sql, params = super().as_sql(*args, **kwargs)
        return sql, [*params, list(self.wanted)]
