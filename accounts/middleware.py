from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

View = Callable[[HttpRequest], HttpResponse]
LAST_SEEN = "last_seen"
# Reachable before the first password is changed.
FREE_PAGES = {"accounts:password_change", "accounts:logout", "elder"}


def idle_sign_out(get_response: View) -> View:
    """Sign out a session that has been quiet for SESSION_IDLE_MINUTES."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = timezone.now().timestamp()
            quiet_for = now - request.session.get(LAST_SEEN, now)
            if quiet_for > settings.SESSION_IDLE_MINUTES * 60:
                logout(request)
                request.session["signed_out_idle"] = True
            # Once a minute is enough to know, and spares a write on every request.
            elif quiet_for > 60 or LAST_SEEN not in request.session:
                request.session[LAST_SEEN] = now
        return get_response(request)

    return middleware


class first_password_change:  # noqa: N801 -- named as it reads in settings.MIDDLEWARE
    """Lead a person whose password was set by somebody else to the page where they set their own."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        if not request.user.is_authenticated or not request.user.must_change_password:
            return None
        match = request.resolver_match
        if getattr(view, "login_required", True) is False or (match and match.view_name in FREE_PAGES):
            return None
        messages.info(request, "第一次登录，请先设一个自己的密码。")
        return redirect("accounts:password_change")
