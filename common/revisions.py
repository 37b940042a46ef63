"""What seldom changes is read once for each process, and again when a row that it was made from has changed.

An app lists in its AppConfig, as `watched`, the models of each topic. Triggers note every change to their tables, by
whatever statement, in that change's own transaction (see `common.change_triggers`). The keys of a topic's notes are its
revision: another one after each change, and never the same again, also where a transaction was rolled back.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from hashlib import sha256
from typing import Any, ParamSpec, TypeVar

from django.db import connection
from django.http import HttpRequest, HttpResponse

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Revision = frozenset[int]

_read: ContextVar[dict[str, Revision] | None] = ContextVar("revisions", default=None)


def remembered(*topics: str, most: int = 128) -> Callable[[Callable[Arguments, Result]], Callable[Arguments, Result]]:
    """For a function whose result depends on its (hashable) arguments and on rows of `topics` alone.

    The result is shared by every thread of the process: nobody may change it. The `most` last asked for are kept.
    """

    def decorate(compute: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
        @lru_cache(maxsize=most)
        def kept(revision: tuple[Revision, ...], *args: Any, **kwargs: Any) -> Result:
            return compute(*args, **kwargs)

        @wraps(compute)
        def current(*args: Any, **kwargs: Any) -> Result:
            return kept(revision_of(*topics), *args, **kwargs)

        return current

    return decorate


def revision_of(*topics: str) -> tuple[Revision, ...]:
    """Equal to an earlier one exactly when nothing of these topics was changed between."""
    held = _read.get()
    known = held or _revisions()
    if held is not None:
        held.update(known)
    return tuple(known.get(topic, frozenset()) for topic in topics)


def stamp_of(*topics: str) -> str:
    """The revision in twenty letters and digits, good for an ETag."""
    told = repr([sorted(revision) for revision in revision_of(*topics)])
    return sha256(told.encode()).hexdigest()[:20]


def _revisions() -> dict[str, Revision]:
    by_topic: dict[str, set[int]] = defaultdict(set)
    with connection.cursor() as cursor:
        # By hand: this runs for every page, and models lean on this module.
        cursor.execute("SELECT topic, id FROM common_change")
        for topic, key in cursor.fetchall():
            by_topic[topic].add(key)
    return {topic: frozenset(keys) for topic, keys in by_topic.items()}


@contextmanager
def read_once() -> Iterator[None]:
    """Within it the revisions are read at the first question and hold to the end: for what changes no topic."""
    if _read.get() is not None:
        yield
        return
    before = _read.set({})
    try:
        yield
    finally:
        _read.reset(before)


def read_once_to_show(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a page that is only shown reads the revisions once. One that changes something asks each time."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return get_response(request)
        with read_once():
            return get_response(request)

    return middleware
