"""What residents send without an account, from pages that are the same for everybody."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from common.errors import TooMany

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def without_token(view: View) -> View:
    """For a form on a page that stands ready for everybody, and so can hold no token (docs/adr/0041).

    It says nothing in anybody's name. What browsers tell of a form on another site is refused.
    """

    @csrf_exempt
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "cross-site":
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return answered  # type: ignore[return-value]  # wraps() keeps the signature


def try_later(response: HttpResponseBase, refused: TooMany) -> HttpResponseBase:
    response["Retry-After"] = str(refused.retry_after)
    return response
