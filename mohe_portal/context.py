from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from common.http import ELDER_COOKIE
from common.models import SAMPLE_DATA, Fact
from mohe_portal.navigation import Section, side_nav
from notifications.models import Notice


@dataclass(frozen=True)
class Portal:
    """What every page's frame shows, whatever the page."""

    sample_data: bool
    footer: dict[str, str]
    elder: bool
    unread: int = 0
    side_nav: list[Section] = field(default_factory=list)


def portal(request: HttpRequest) -> dict[str, Any]:
    # Lazy: an htmx partial without the frame asks the database nothing.
    return {"portal": SimpleLazyObject(lambda: _portal(request))}


def _portal(request: HttpRequest) -> Portal:
    # A request that failed before the session middleware has no user.
    user = request.user if hasattr(request, "user") and request.user.is_authenticated else None
    match = request.resolver_match
    return Portal(
        sample_data=bool(Fact.read(SAMPLE_DATA, False)),
        footer=settings.FOOTER,
        elder=request.COOKIES.get(ELDER_COOKIE) == "1",
        unread=Notice.objects.unread_by(user.pk).count() if user else 0,
        side_nav=side_nav(user, match.view_name if match else "") if user else [],
    )
