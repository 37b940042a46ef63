"""Public pages that a browser may keep and ask about: ETag and 304, and never anything of somebody's session."""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
ANYBODYS = "is_anybodys"


def revalidated(view: View) -> View:
    """For a public page whose words are the same for all who are not signed in (长辈版 is a cookie, and varies by it).

    Whoever has a session gets it unkept. The others keep it, ask each time, and get it again only if it changed.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if not isinstance(response, HttpResponse) or response.status_code != 200:
            return response
        if _is_somebodys(request, response):
            patch_cache_control(response, private=True, no_store=True)
            return response
        etag = f'"{sha256(response.content).hexdigest()[:24]}"'
        response["ETag"] = etag
        response["Cache-Control"] = "no-cache"
        patch_vary_headers(response, ["Cookie"])
        return get_conditional_response(request, etag=etag, response=response) or response

    return answered  # type: ignore[return-value]  # wraps() keeps the signature


def _is_somebodys(request: HttpRequest, response: HttpResponse) -> bool:
    """Signed in, just told something by a message, or given a form's token."""
    asked_with = settings.SESSION_COOKIE_NAME in request.COOKIES or "messages" in request.COOKIES
    return asked_with or bool(response.cookies) or "CSRF_COOKIE_NEEDS_UPDATE" in request.META


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
