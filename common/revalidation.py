"""Public pages: ready in the process while nothing that they show has changed, and kept by browsers that ask each time.

What was made for nobody in particular may be shown to everybody. Whoever brings a session, or any cookie that we do not
know to say nothing of a person, gets a page of their own.
"""

import gzip
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from hashlib import sha256
from threading import Lock
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers

from common.http import ELDER_COOKIE
from common.revisions import revision_of

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
ANYBODYS = "is_anybodys"
# Of each page there is its packed form alone; few are larger than ten kilobytes.
MOST_KEPT_BYTES = 8 * 1024 * 1024
OF_ITS_KEY = 2048


@dataclass(frozen=True)
class Page:
    """A page as it is sent to everybody. Packed once: there is no secret in it that its size could tell."""

    headers: dict[str, str]
    packed: bytes
    etag: str

    @classmethod
    def of(cls, response: HttpResponse) -> "Page":
        # Weak: packed or not, it is the same page.
        etag = f'W/"{sha256(response.content).hexdigest()[:24]}"'
        return cls(dict(response.items()), gzip.compress(response.content, 6, mtime=0), etag)

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
        response = HttpResponse(self.packed if is_packed else gzip.decompress(self.packed), headers=self.headers)
        if is_packed:
            response["Content-Encoding"] = "gzip"
        response["ETag"] = self.etag
        response["Cache-Control"] = "no-cache"
        patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
        return get_conditional_response(request, etag=self.etag, response=response) or response


class Shelf:
    """The pages that were asked for last, each in its latest edition, for all threads of this process."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._pages: OrderedDict[Hashable, tuple[Hashable, Page]] = OrderedDict()
        self._lock = Lock()

    def find(self, key: Hashable, edition: Hashable) -> Page | None:
        with self._lock:
            kept, page = self._pages.get(key, (None, None))
            if page is None or kept != edition:
                return None
            self._pages.move_to_end(key)
            return page

    def put(self, key: Hashable, edition: Hashable, page: Page) -> None:
        with self._lock:
            self._forget(key)
            self._pages[key] = (edition, page)
            self.bytes += _size(page)
            while self.bytes > self.most_bytes:
                self._forget(next(iter(self._pages)))

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self.bytes = 0

    def _forget(self, key: Hashable) -> None:
        _, page = self._pages.pop(key, (None, None))
        self.bytes -= _size(page) if page else 0


def _size(page: Page) -> int:
    return len(page.packed) + OF_ITS_KEY


ready = Shelf(MOST_KEPT_BYTES)


def by_day(at: datetime) -> object:
    """For pages that know the date: a month becomes the current one, a deadline passes at midnight."""
    return timezone.localdate(at)


def by_minute(at: datetime) -> object:
    """For pages that know the hour, or show what is not watched: they may be a minute old."""
    return at.replace(second=0, microsecond=0)


def revalidated(*topics: str, clock: Callable[[datetime], object] = by_day) -> Callable[[View], View]:
    """For a public page whose words are the same for all who are not signed in (长辈版 is a cookie, and varies by it).

    It may depend on its address, on 长辈版, on rows of `topics` (`common.revisions`), and on the time as `clock` tells
    it. While none of these changed, this process sends the page that it has. Browsers keep it, too, ask each time, and
    get it again only if it changed. Whoever has a session gets it from the view, to be kept nowhere.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            place = _place(request, topics, clock)
            page = ready.find(*place) if place else None
            if page:
                return page.answer(request)
            response = view(request, *args, **kwargs)
            if not isinstance(response, HttpResponse) or response.status_code != 200:
                return response
            if _is_somebodys(request, response):
                patch_cache_control(response, private=True, no_store=True)
                return response
            page = Page.of(response)
            if place:
                ready.put(*place, page)
            return page.answer(request)

        answered.topics = topics  # type: ignore[attr-defined]  # for the test that walks the addresses
        return answered  # type: ignore[return-value]  # wraps() keeps the signature

    return decorate


def _place(
    request: HttpRequest, topics: tuple[str, ...], clock: Callable[[datetime], object]
) -> tuple[Hashable, Hashable] | None:
    """Key and edition of the page that is asked for; None where the request says anything of a person.

    To be asked before the view reads anything: a page may be newer than its edition, never older.
    """
    of_no_person = {ELDER_COOKIE, settings.CSRF_COOKIE_NAME}
    if request.COOKIES.keys() - of_no_person or "Authorization" in request.headers or "HX-Request" in request.headers:
        return None
    key = (request.build_absolute_uri(), request.COOKIES.get(ELDER_COOKIE) == "1")
    return key, (revision_of("facts", *topics), clock(timezone.now()))


def _is_somebodys(request: HttpRequest, response: HttpResponse) -> bool:
    """Signed in, just told something by a message, or given a cookie, a form's token, or a nonce for a script."""
    asked_with = settings.SESSION_COOKIE_NAME in request.COOKIES or "messages" in request.COOKIES
    was_told = request.session.modified or getattr(get_messages(request), "added_new", False)
    was_given = response.cookies or "CSRF_COOKIE_NEEDS_UPDATE" in request.META or getattr(request, "csp_nonce", None)
    return asked_with or was_told or bool(was_given)


def same_for_everybody(view: View) -> View:
    """For public data that no cookie changes; see `vary_not_by_cookie`."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        setattr(response, ANYBODYS, True)
        return response

    return answered  # type: ignore[return-value]  # wraps() keeps the signature


def vary_not_by_cookie(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Stands outside the session, which says Vary: Cookie of all it was asked about, and takes that back.

    An answer that sets a cookie is for one person, whatever it holds.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not getattr(response, ANYBODYS, False):
            return response
        if response.cookies:
            response["Cache-Control"] = "private, no-store"
            return response
        varies = [name.strip() for name in response.get("Vary", "").split(",")]
        kept = [name for name in varies if name and name.lower() != "cookie"]
        if kept:
            response["Vary"] = ", ".join(kept)
        else:
            del response["Vary"]
        return response

    return middleware
