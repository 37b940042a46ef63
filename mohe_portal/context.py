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
    # The name of this person's unit.
    unit: str = ""
    side_list: SideList = NO_PAGES


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
        unit=unit_listing().name(user.unit_id) if user and user.unit_id else "",
        side_list=side_list(Role(user.role), match.view_name if match else "") if user else NO_PAGES,
    )
