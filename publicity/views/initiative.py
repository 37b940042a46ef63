"""The citizens' initiative (创城全民倡议书) as everybody reads and joins it."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import public
from common import client
from common.errors import TooMany
from common.revalidation import revalidated
from publicity.actions import initiative as actions
from publicity.actions.budgets import spend_on_joining
from publicity.models import InitiativeVersion, Joining
from publicity.permissions import may_publish
from publicity.views.anybody import try_later, without_token
from publicity.views.public import frame

# Says that this browser was counted, and as which; it is sent to these pages only.
COOKIE, COOKIE_PATH, A_YEAR = "initiative", "/initiative/", 365 * 24 * 3600


@public
@require_safe
@revalidated("initiative", "joinings")
def initiative(request: HttpRequest) -> HttpResponse:
    return _page(request)


@public
@without_token
@require_POST
def join(request: HttpRequest) -> HttpResponseBase:
    """Count this browser, once; a second time it is told what it was told before."""
    version = get_object_or_404(InitiativeVersion.objects.order_by("-ordinal")[:1])
    if _counted_as(request):
        return redirect("publicity:initiative")
    now = timezone.now()
    try:
        spend_on_joining(client=client.network(request), at=now)
    except TooMany as refused:
        return try_later(_page(request, refused=refused.message, status=429), refused)
    number = actions.join(version, at=now)
    response = redirect("publicity:initiative")
    response.set_signed_cookie(
        COOKIE, str(number), salt=COOKIE, max_age=A_YEAR, path=COOKIE_PATH, samesite="Lax",
        secure=request.is_secure(), httponly=True,
    )  # fmt: skip
    return response


def _page(request: HttpRequest, *, refused: str = "", status: int = 200) -> HttpResponse:
    version = InitiativeVersion.current()
    facts = {
        "version": version,
        "joined": Joining.objects.count() if version else 0,
        "counted_as": _counted_as(request),
        "refused": refused,
        "may_publish": may_publish(request.user),
    }
    return render(request, "publicity/initiative.html", frame(request) | facts, status=status)


def _counted_as(request: HttpRequest) -> int:
    """The number that this browser was told when it joined; 0 where it has not."""
    told = request.get_signed_cookie(COOKIE, default="", salt=COOKIE)
    return int(told) if told and told.isdecimal() else 0
