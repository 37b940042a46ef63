import logging
import secrets
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.template.loader import render_to_string

from common.errors import DomainError, TooMany
from common.logs import request_id as current_request_id

logger = logging.getLogger(__name__)
View = Callable[[HttpRequest], HttpResponse]

RETRY_AFTER_SECONDS = 5


def request_id(get_response: View) -> View:
    """Give every request an id that its log lines and its answer carry."""

    def middleware(request: HttpRequest) -> HttpResponse:
        token = current_request_id.set(secrets.token_hex(4))
        try:
            response = get_response(request)
            response["X-Request-ID"] = current_request_id.get()
            return response
        finally:
            current_request_id.reset(token)

    return middleware


class unavailable_database_is_503:  # noqa: N801 -- named as it reads in settings.MIDDLEWARE
    """A database that cannot be reached is a pause, not an error: 503 and when to come back."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError) as error:
            return self.process_exception(request, error) or HttpResponse(status=503)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, OperationalError | InterfaceError):
            return None
        logger.error("database unavailable: %s", type(error).__name__)
        # No request context: its processors would ask the database again.
        response = HttpResponse(render_to_string("503.html"), status=503)
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response


class show_domain_errors:  # noqa: N801 -- named as it reads in settings.MIDDLEWARE
    """Turn a refused request into a page (or an htmx flash) that says why."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        status = 429 if isinstance(error, TooMany) else 409
        is_htmx = bool(request.headers.get("HX-Request"))
        template = "components/flash.html" if is_htmx else f"{status}.html"
        response = render(request, template, {"message": error.message}, status=status)
        if is_htmx:
            response["HX-Retarget"] = "#flash"
            response["HX-Reswap"] = "innerHTML"
        if isinstance(error, TooMany):
            response["Retry-After"] = str(error.retry_after)
        return response


def say_what_is_not_allowed(get_response: View) -> View:
    """Whoever opens the address of a button (GET where only POST is known) gets words instead of an empty page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or response.content:
            return response
        told = render(request, "405.html", status=405)
        told["Allow"] = response["Allow"]
        return told

    return middleware
