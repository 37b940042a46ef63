"""What every request of a signed-in person passes: idle sign-out, and steps they owe before anything else."""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from accounts import actions
from accounts.models import User
from accounts.second_factor import is_owed_by

View = Callable[[HttpRequest], HttpResponse]
LAST_SEEN = "last_seen"
SIGNED_OUT_IDLE = "signed_out_idle"


class sign_in_first(LoginRequiredMiddleware):  # noqa: N801 -- named as it reads in settings.MIDDLEWARE
    """Lead whoever is not signed in to the sign-in page, and from there back to the page they were on."""

    def handle_no_permission(  # type: ignore[override]  # htmx cannot follow a redirect for the whole page
        self, request: HttpRequest, view_func: object
    ) -> HttpResponse:
        return _go(request, redirect_to_login(_page_of(request)).url)


def idle_sign_out(get_response: View) -> View:
    """Sign out a session that has been quiet for SESSION_IDLE_MINUTES."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            moment = timezone.now()
            now = moment.timestamp()
            quiet_for = now - request.session.get(LAST_SEEN, now)
            if quiet_for > settings.SESSION_IDLE_MINUTES * 60:
                actions.note_sign_out(request.user, idle=True, at=moment)
                logout(request)
                request.session[SIGNED_OUT_IDLE] = True
            # Once a minute is enough to know, and spares a write on every request.
            elif quiet_for > 60 or LAST_SEEN not in request.session:
                request.session[LAST_SEEN] = now
        return get_response(request)

    return middleware


class _StepOwed:
    """Lead a person who owes a step to the page where they take it, whatever page of staff they ask for."""

    page: str
    free_pages: frozenset[str]

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        if not request.user.is_authenticated or _is_public(view):
            return None
        match = request.resolver_match
        if (match and match.view_name in self.free_pages) or not self.is_owed_by(request.user):
            return None
        back = urlencode({REDIRECT_FIELD_NAME: _page_of(request)})
        return _go(request, f"{resolve_url(self.page)}?{back}")

    def is_owed_by(self, user: User) -> bool:
        raise NotImplementedError


class first_password_change(_StepOwed):  # noqa: N801 -- named as it reads in settings.MIDDLEWARE
    """A person whose password was set by somebody else sets their own first."""

    page = "accounts:password_change"
    free_pages = frozenset({"accounts:password_change", "accounts:logout"})

    def is_owed_by(self, user: User) -> bool:
        return user.must_change_password


class second_factor_first(_StepOwed):  # noqa: N801 -- named as it reads in settings.MIDDLEWARE
    """With REQUIRE_SECOND_FACTOR a privileged person sets a second factor up first."""

    page = "accounts:totp"
    free_pages = first_password_change.free_pages | {"accounts:totp", "accounts:totp_begin"}

    def is_owed_by(self, user: User) -> bool:
        return is_owed_by(user)


def _is_public(view: object) -> bool:
    access = getattr(view, "access", None)
    return access.public if access else getattr(view, "login_required", True) is False


def _page_of(request: HttpRequest) -> str:
    """The address to come back to: the page asked for, or the page that a form or htmx sent this from."""
    if request.method in {"GET", "HEAD"} and not request.headers.get("HX-Request"):
        return request.get_full_path()
    sent_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(sent_from, {request.get_host()}, require_https=request.is_secure()):
        return resolve_url(settings.LOGIN_REDIRECT_URL)
    parts = urlsplit(sent_from)
    return urlunsplit(("", "", parts.path, parts.query, ""))


def _go(request: HttpRequest, url: str) -> HttpResponse:
    """Redirect the whole page: htmx would put the other page into a corner of this one."""
    return HttpResponseClientRedirect(url) if request.headers.get("HX-Request") else HttpResponseRedirect(url)
