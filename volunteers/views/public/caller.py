"""Who a browser's session belongs to: a volunteer whose phone proved itself here. They have no account.

The session holds no readable phone: one that waits for its code, or for the rest of the registration, is sealed.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from accounts.access import public
from common import crypto
from volunteers.models import Volunteer

# On a computer of others; on one's own phone, if its owner says so.
LASTS, LASTS_ON_OWN_PHONE = timedelta(hours=1), timedelta(days=14)
ASKED_FOR = timedelta(minutes=15)
PROVED_FOR = timedelta(minutes=30)
VOLUNTEER, ASKED, PROVED, BACK = "volunteer", "volunteer_asked", "volunteer_proved", "volunteer_back"


class Caller:
    def __init__(self, request: HttpRequest, *, at: datetime) -> None:
        self.session, self.at, self.request = request.session, at, request

    def volunteer(self) -> Volunteer | None:
        """Who is signed in here, unless the time is over or they are gone."""
        kept = self._kept(VOLUNTEER)
        return Volunteer.objects.active().filter(pk=kept["pk"]).first() if kept else None

    def asks_for_code(self, phone: str, *, keep: bool) -> None:
        self._keep(ASKED, ASKED_FOR, phone=crypto.encrypt(phone), keep=keep)

    def asked_phone(self) -> str:
        """The phone that a code was sent to; empty where none waits."""
        kept = self._kept(ASKED)
        return crypto.decrypt(kept["phone"]) if kept else ""

    def has_proved(self, phone: str) -> Volunteer | None:
        """The code was right: sign in whoever has this phone, or remember that it may register."""
        kept = self._kept(ASKED) or {"keep": False}
        self.session.pop(ASKED, None)
        # The session from before the proof is worth nothing to whoever planted it.
        self.session.cycle_key()
        known = Volunteer.objects.with_phone(phone).first()
        if known:
            self.signs_in(known, keep=kept["keep"])
        else:
            self._keep(PROVED, PROVED_FOR, phone=crypto.encrypt(phone), keep=kept["keep"])
        return known

    def proved_phone(self) -> str:
        kept = self._kept(PROVED)
        return crypto.decrypt(kept["phone"]) if kept else ""

    def has_registered(self, volunteer: Volunteer) -> None:
        keep = bool((self._kept(PROVED) or {}).get("keep"))
        self.session.pop(PROVED, None)
        self.signs_in(volunteer, keep=keep)

    def signs_in(self, volunteer: Volunteer, *, keep: bool) -> None:
        self._keep(VOLUNTEER, LASTS_ON_OWN_PHONE if keep else LASTS, pk=volunteer.pk, since=self.at.timestamp())

    def proved_lately(self) -> bool:
        """Whether the code was typed within the hour: for what cannot be undone."""
        kept = self._kept(VOLUNTEER)
        return bool(kept and self.at.timestamp() - kept["since"] < LASTS.total_seconds())

    def leaves(self) -> None:
        for name in (VOLUNTEER, ASKED, PROVED, BACK):
            self.session.pop(name, None)

    def comes_from(self, path: str) -> None:
        """Where they wanted to go before they were asked who they are."""
        if url_has_allowed_host_and_scheme(path, allowed_hosts=None) and path.startswith("/volunteers/"):
            self.session[BACK] = path[:200]

    def way_back(self) -> str:
        return str(self.session.pop(BACK, "") or reverse("volunteers:me"))

    def _keep(self, name: str, lasts: timedelta, **facts: Any) -> None:
        self.session[name] = facts | {"until": (self.at + lasts).timestamp()}

    def _kept(self, name: str) -> dict[str, Any] | None:
        kept = self.session.get(name)
        return kept if kept and kept["until"] > self.at.timestamp() else None


class VolunteerRequest(HttpRequest):
    """A request of a signed-in volunteer, for annotations."""

    volunteer: Volunteer


def volunteers_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For volunteers who are signed in; whoever is not proves their phone first and comes back."""

    @public
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        volunteer = Caller(request, at=timezone.now()).volunteer()
        if volunteer is None:
            back = request.path if request.method in {"GET", "HEAD"} else request.POST.get("back", "")
            return redirect(f"{reverse('volunteers:sign_in')}?{urlencode({'next': back})}")
        request.volunteer = volunteer  # type: ignore[attr-defined]  # see VolunteerRequest
        return view(request, *args, **kwargs)

    return guarded
