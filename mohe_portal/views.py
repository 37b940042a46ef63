from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from accounts.access import public
from common.api import plain_problem
from common.http import ELDER_COOKIE
from common.months import Month
from common.revalidation import by_minute, revalidated
from complaints import stats as complaint_stats
from complaints.public_stats import recently_published
from progress import stats as progress_stats
from publicity.stats import invitations, latest_news
from reports.rollups import reading as rollups
from volunteers.stats import upcoming_activities

A_YEAR = 365 * 24 * 3600
API = "/api/"
SHOWN_AT_HOME = (
    "figures",
    "boards",
    "reference",
    "published",
    "volunteers",
    "publicity",
    "initiative",
    "quiz",
    "slogans",
)


@public
@require_safe
@revalidated(*SHOWN_AT_HOME, clock=by_minute)
def home(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    month = Month.of(now)
    published = recently_published(limit=3)
    context = {
        "month": month,
        "figures": rollups.by_month(month, month, at=now).get((month, None), rollups.Summed()),
        "boards": progress_stats.month_boards(month),
        "published": published,
        "closed": [] if published else complaint_stats.recently_closed(limit=6),
        "activities": upcoming_activities(3, at=now),
        "news": latest_news(4),
        "invitations": invitations(on=timezone.localdate(now)),
    }
    return render(request, "home.html", context)


# Without a token, so that public pages are the same for everybody; it changes nothing but how large the text is.
@csrf_exempt
@public
@require_POST
def elder(request: HttpRequest) -> HttpResponse:
    """Switch 长辈版 on or off and come back to the page."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = redirect(back)
    if request.COOKIES.get(ELDER_COOKIE) == "1":
        response.delete_cookie(ELDER_COOKIE)
    else:
        response.set_cookie(
            ELDER_COOKIE, "1", max_age=A_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
        )
    return response


@public
@require_safe
@revalidated()
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/help.html")


@public
@require_safe
@revalidated()
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/privacy.html", {"retention_days": settings.CONTACT_RETENTION_DAYS})


@public
@require_safe
@revalidated()
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/accessibility.html")


@public
@require_safe
@revalidated()
def sitemap(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/sitemap.html")


@public
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """The gallery of components, in debug mode only."""
    return render(request, "components_gallery.html")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith(API):
        return plain_problem(404, "not_found", "没有这个地址，或者没有这一项。")
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    if request.path.startswith(API):
        return plain_problem(500, "error", "系统出错了，已经记录。请稍后再试。")
    return render(request, "500.html", status=500)
