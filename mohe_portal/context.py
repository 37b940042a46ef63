from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString

from accounts.listings import unit_listing
from accounts.models import Role
from common.http import ELDER_COOKIE
from common.models import SAMPLE_DATA, Fact
from mohe_portal.masthead import Frame, tools
from mohe_portal.navigation import SideList, side_list
from notifications.models import Notice

NO_PAGES = SideList((), SafeString())


@dataclass(frozen=True)
class Portal:
    """What every page's frame shows, whatever the page."""

    sample_data: bool
    footer: dict[str, str]
    elder: bool
    unread: int = 0
    side_list: SideList = NO_PAGES
    # The right half of the masthead.
    tools: SafeString = SafeString()


def portal(request: HttpRequest) -> dict[str, Any]:
    # Lazy: an htmx partial without the frame asks the database nothing.
    return {"portal": SimpleLazyObject(lambda: _portal(request))}


def _portal(request: HttpRequest) -> Portal:
    about: dict[str, Any] = {
        "sample_data": bool(Fact.read(SAMPLE_DATA, False)),
        "footer": settings.FOOTER,
        "elder": request.COOKIES.get(ELDER_COOKIE) == "1",
    }
    # A request that failed before the session middleware has no user.
    if not hasattr(request, "user") or not request.user.is_authenticated:
        return Portal(**about)
    user, match = request.user, request.resolver_match
    frame = Frame(
        page=match.view_name if match else "",
        role=Role(user.role),
        name=user.name,
        unit=unit_listing().name(user.unit_id) if user.unit_id else "",
        unread=Notice.objects.count_unread_by(user.pk),
    )
    return Portal(
        **about, unread=frame.unread, side_list=side_list(frame.role, frame.page), tools=tools(frame, request)
    )
