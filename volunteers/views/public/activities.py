"""Activities as residents see them: which are coming, one of them, a place in it, being there."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import public
from common.clock import CITY_TIME
from common.masking import hide_phones
from common.months import Month
from common.revalidation import by_minute, revalidated
from volunteers import actions, stats
from volunteers.codes import read_attendance_code
from volunteers.models import Activity, ActivityPhoto, ActivityType, Campaign, ServiceRecord, SignUp, Volunteer
from volunteers.views.public.caller import Caller, VolunteerRequest, volunteers_only
from volunteers.workflow import ActivityState

PER_PAGE = 24


@dataclass(frozen=True)
class Shown:
    """For templates/components/photo_grid.html."""

    thumb_url: str
    url: str
    alt: str


@public
@require_safe
@revalidated("volunteers", "reference", clock=by_minute)
def home(request: HttpRequest) -> HttpResponse:
    """What one can join, soonest first; by type, or a campaign's."""
    now = timezone.now()
    chosen_type, campaign = request.GET.get("type", ""), request.GET.get("campaign", "")
    found = Activity.objects.upcoming(at=now).named()
    found = found.filter(type=chosen_type) if chosen_type in ActivityType.values else found
    found = found.filter(campaign=campaign) if campaign in Campaign.values and campaign else found
    year = now.astimezone(CITY_TIME).year
    last_month = Month.of(now).shifted(-1)
    facts = {
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "types": ActivityType.choices,
        "chosen_type": chosen_type,
        "campaign": Campaign(campaign).label if campaign in Campaign.values and campaign else "",
        "has_campaign": Activity.objects.upcoming(at=now).exclude(campaign="").exists(),
        "volunteer": Caller(request, at=now).volunteer(),
        "last_month": last_month,
        "done": stats.month_total(last_month),
        "year": year,
    }
    return render(request, "volunteers/public/home.html", facts)


@public
@require_safe
@revalidated("volunteers", "reference", clock=by_minute)
def activity(request: HttpRequest, pk: int) -> HttpResponse:
    shown = _public_activity(pk)
    return _activity_page(request, shown, Caller(request, at=timezone.now()).volunteer())


@volunteers_only
@require_POST
def sign_up(request: VolunteerRequest, pk: int) -> HttpResponse:
    shown = _public_activity(pk)
    accepts = "accept_overlap" in request.POST
    try:
        mine = actions.sign_up(shown, volunteer=request.volunteer, at=timezone.now(), accept_overlap=accepts)
    except (actions.SmallClash, actions.Clash, actions.NotOpen) as refused:
        return _activity_page(request, shown, request.volunteer, refused=refused, status=409)
    if mine.state == SignUp.State.WAITING:
        messages.info(request, "名额满了，您排在候补里。有人取消会按次序补上，补上了发短信告诉您。")
    else:
        messages.success(request, "报上了。前一天会提醒您；来不了请尽早在这里取消。")
    return redirect(shown)


@volunteers_only
@require_POST
def withdraw(request: VolunteerRequest, pk: int) -> HttpResponse:
    shown = _public_activity(pk)
    mine = SignUp.objects.standing().filter(activity=shown, volunteer=request.volunteer).first()
    if mine:
        actions.withdraw(mine, at=timezone.now())
        messages.success(request, "已经取消。名额会让给下一位。")
    return redirect(shown)


@volunteers_only
@require_POST
def here(request: VolunteerRequest, pk: int) -> HttpResponse:
    """Check in or out by position; the position itself goes no further than this comparison."""
    shown = _public_activity(pk)
    try:
        point = (float(request.POST["longitude"]), float(request.POST["latitude"]))
    except (KeyError, ValueError):
        messages.info(request, "没有拿到您的位置。请允许浏览器定位，或扫组织者的码。")
        return redirect(shown)
    is_leaving = request.POST.get("go") == "out"
    actions.check_in_here(shown, volunteer=request.volunteer, point=point, is_leaving=is_leaving, at=timezone.now())
    messages.success(request, "签退好了，辛苦了。" if is_leaving else "签到好了。走的时候记得签退。")
    return redirect(shown)


@volunteers_only
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: VolunteerRequest, code: str) -> HttpResponse:
    """Where the organiser's QR leads: one button, in or out."""
    now = timezone.now()
    pk = read_attendance_code(code, at=now)
    if pk is None:
        return render(request, "volunteers/public/check_old.html", status=409)
    shown = _public_activity(pk)
    if request.method == "POST":
        is_leaving = request.POST.get("go") == "out"
        actions.attend(shown, volunteer=request.volunteer, how=SignUp.How.QR, is_leaving=is_leaving, at=now)
        messages.success(request, "签退好了，辛苦了。" if is_leaving else "签到好了。走的时候再扫一次签退。")
        return redirect(shown)
    facts = {"activity": shown, "mine": _mine(shown, request.volunteer), "volunteer": request.volunteer}
    return render(request, "volunteers/public/check.html", facts)


@public
@require_safe
def photo(request: HttpRequest, token: str) -> FileResponse:
    """A picture of a published activity: public, and nothing but a picture."""
    stored = get_object_or_404(ActivityPhoto.objects.exclude(activity__published_at=None), token=token)
    try:
        response = FileResponse(stored.file.open("rb"), content_type="image/jpeg")
    except FileNotFoundError:
        raise Http404 from None
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline; filename=photo.jpg"
    response["Cache-Control"] = "public, max-age=86400"
    return response


def _public_activity(pk: int) -> Activity:
    found: Activity = get_object_or_404(Activity.objects.public().named(), pk=pk)
    return found


def _mine(shown: Activity, volunteer: Volunteer | None) -> SignUp | None:
    return SignUp.objects.standing().filter(activity=shown, volunteer=volunteer).first() if volunteer else None


def _activity_page(
    request: HttpRequest,
    shown: Activity,
    volunteer: Volunteer | None,
    *,
    refused: actions.SmallClash | actions.Clash | actions.NotOpen | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    mine = _mine(shown, volunteer)
    facts = {
        "activity": shown,
        "volunteer": volunteer,
        "mine": mine,
        "ahead": shown.sign_ups.waiting().filter(turn__lt=mine.turn).count() if mine else 0,
        "waiting": shown.sign_ups.waiting().count(),
        "is_open": shown.is_open(at=now),
        "has_begun": shown.has_begun(at=now),
        "is_over": now >= shown.ends_at,
        "is_cancelled": shown.state == ActivityState.CANCELLED,
        "takes_attendance": shown.takes_attendance(at=now),
        "refused": refused,
        "may_accept": isinstance(refused, actions.SmallClash),
        "record": ServiceRecord.objects.filter(activity=shown, volunteer=volunteer).first() if volunteer else None,
        "report": hide_phones(shown.report),
        "photos": [_shown(one, shown) for one in shown.photos.all()],
    }
    return render(request, "volunteers/public/activity.html", facts, status=status)


def _shown(stored: ActivityPhoto, shown: Activity) -> Shown:
    url = reverse("volunteers:activity_photo", args=[stored.token])
    return Shown(url, url, f"{shown.title}的照片")
