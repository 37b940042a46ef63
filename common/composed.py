"""Statements that nearly every page asks, composed once: only the values in them differ (docs/adr/0037).

Django puts a statement together anew each time it is asked. For the row of a session, of a user or of a case that takes
several times as long as the database takes to find it.
"""

from collections.abc import Callable, Sequence
from copy import copy
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, Field, QuerySet
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")


class Composed(Generic[Row]):
    """A queryset that `build` makes from the places of its values; `places` tells the kind of each.

    >>> by_number = Composed(lambda number: Case.objects.filter(number=number), number=CharField())
    >>> by_number(number="2026-000001")
    [<Case: 2026-000001>]

    What differs otherwise than by one value (another filter, a list of some length, None) is another statement.
    """

    def __init__(self, build: Callable[..., "QuerySet[Any, Row]"], **places: "Field[Any, Any]") -> None:
        self._build = build
        self._places = places

    def __call__(self, **values: Any) -> list[Row]:
        if self._kept is None:
            return []
        queryset = self._kept.queryset
        asked = type(queryset)(model=queryset.model, query=_Question(self._kept, self._prepared(values)))  # type: ignore[arg-type]
        for name in ("_iterable_class", "_fields", "_prefetch_related_lookups"):
            setattr(asked, name, getattr(queryset, name))
        return list(asked)

    def _prepared(self, values: dict[str, Any]) -> dict[str, Any]:
        # The connection itself: what stands for it in django.db looks for it anew at each attribute.
        connection = connections[DEFAULT_DB_ALIAS]
        return {
            name: field.get_db_prep_value(values[name], connection, prepared=False)
            for name, field in self._places.items()
        }

    @cached_property
    def _kept(self) -> "_Kept | None":
        """None where Django sees by itself that there is nothing."""
        # Not before the first question: models, and what the statement is for (SQLite, PostgreSQL), are known by then.
        queryset = self._build(**{name: Given(name, field) for name, field in self._places.items()})
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return None
        columns = [column for column, *_ in compiler.select[: compiler.col_count]]
        return _Kept(queryset, compiler, sql, params, compiler.get_converters(columns))


class Given(Expression):
    """Holds the place of a value."""

    def __init__(self, name: str, field: "Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]  # itself, until the value takes its place
        return "%s", [self]


class _Kept(NamedTuple):
    queryset: "QuerySet[Any, Any]"
    compiler: SQLCompiler
    sql: str
    params: Sequence[Any]
    # How values of the columns become Python's: the same on every connection.
    converters: dict[int, Any]


class _Question:
    """Stands in for the Query of a queryset, with its statement ready."""

    def __init__(self, kept: _Kept, values: dict[str, Any]) -> None:
        self._kept = kept
        self._params = [values[one.name] if isinstance(one, Given) else one for one in kept.params]

    def get_compiler(self, *args: Any, **kwargs: Any) -> SQLCompiler:
        # The kept one knows which column is what, for every thread; a connection belongs to one.
        compiler = copy(self._kept.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        compiler.as_sql = lambda *args, **kwargs: (self._kept.sql, self._params)  # type: ignore[assignment, method-assign]
        compiler.get_converters = lambda expressions: self._kept.converters  # type: ignore[method-assign]
        return compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._kept.queryset.query, name)
