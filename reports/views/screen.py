"""The big screen: opened by whoever is signed in, or by a link that the office made for one screen."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import only, public
from accounts.models import Role
from common.http import Request
from reports.actions import screens
from reports.forms import ScreenForm
from reports.models import ScreenLink
from reports.screen import screen as composed

COOKIE = "screen"
A_YEAR = 365 * 24 * 3600


@public
@require_safe
def screen(request: HttpRequest) -> HttpResponse:
    if not _may_look(request):
        return _unkept(render(request, "reports/screen_closed.html"))
    return _unkept(render(request, "reports/screen.html", {"screen": _composed()}))


@public
@require_safe
def scenes(request: HttpRequest) -> HttpResponse:
    """The scenes alone, for the page that refreshes itself. Who may not look any more is led back to the page."""
    if not _may_look(request):
        return redirect("reports:screen")
    return _unkept(render(request, "reports/_scenes.html", {"screen": _composed()}))


@public
@require_safe
def enter(request: HttpRequest, key: str) -> HttpResponse:
    """The link of one screen: kept in a cookie, so that the key does not stay in the address."""
    response = redirect("reports:screen")
    if screens.screen_of(key, at=timezone.now()):
        response.set_cookie(
            COOKIE, key, max_age=A_YEAR, httponly=True, samesite="Lax", secure=settings.SECURE_COOKIES, path="/screen/"
        )
    return _unkept(response)


@only(Role.OFFICE, Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def links(request: Request) -> HttpResponse:
    """The screens that are open by a link; a new one shows its link once."""
    form = ScreenForm(request.POST or None)
    address = ""
    if request.method == "POST" and form.is_valid():
        link, key = screens.open_screen(name=form.cleaned_data["name"], by=request.user, at=timezone.now())
        address, form = request.build_absolute_uri(redirect("reports:screen_enter", key).url), ScreenForm()
        messages.success(request, f"“{link}”的链接建好了。")
    status = 422 if form.is_bound else 200
    context = {"form": form, "links": ScreenLink.objects.select_related("created_by"), "address": address}
    return _unkept(render(request, "reports/screens.html", context, status=status))


@only(Role.OFFICE, Role.ADMINISTRATOR)
@require_POST
def revoke(request: Request, pk: int) -> HttpResponse:
    link = get_object_or_404(ScreenLink, pk=pk)
    screens.revoke_screen(link, by=request.user, at=timezone.now())
    messages.success(request, f"“{link}”已停用，那块屏一分钟内不再显示。")
    return redirect("reports:screens")


def _may_look(request: HttpRequest) -> bool:
    if request.user.is_authenticated:
        return True
    return screens.screen_of(request.COOKIES.get(COOKIE, ""), at=timezone.now()) is not None


def _composed() -> object:
    return composed(at=timezone.now())


def _unkept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response
