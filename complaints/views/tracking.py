"""Following a case: the code opens it, the end of the phone number shows what one wrote, the rating closes it."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import public
from common import client
from common.errors import TooMany
from complaints import actions, story
from complaints.forms import RatingForm, TailForm, TrackForm
from complaints.models import Reporter
from complaints.views.tracked import awaits_rating, show_tracked
from complaints.views.visitor import Visitor

# Said of an unknown code and of a wrong tail alike, so that neither tells whether a code exists.
NOT_FOUND = "没有找到这件反映。请核对查询码和手机号后四位；后四位记不清，可以先不填。"


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    form = TrackForm(request.POST or None)
    if not form.is_valid():
        return _track_page(request, form, status=422 if form.is_bound else 200)
    code, tail = form.cleaned_data["code"], form.cleaned_data["tail"]
    try:
        reporter = actions.find_reporter(code=code, tail=tail, client=client.network(request), at=now)
    except TooMany as error:
        form.add_error(None, error.message)
        return _retry_after(_track_page(request, form, status=429), error)
    if reporter:
        Visitor(request, at=now).follows(reporter, knows_phone=bool(tail))
        return redirect("complaints:tracked")
    held = actions.find_held(code=code, tail=tail, at=now)
    if held:
        Visitor(request, at=now).waits_for(held)
        return redirect("complaints:waiting")
    form.add_error("code", NOT_FOUND)
    return _track_page(request, form, status=422)


def _track_page(request: HttpRequest, form: TrackForm, *, status: int) -> HttpResponse:
    return render(request, "complaints/public/track.html", {"form": form}, status=status)


def _retry_after(response: HttpResponse, error: TooMany) -> HttpResponse:
    response["Retry-After"] = str(error.retry_after)
    return response


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tracked(request: HttpRequest) -> HttpResponse:
    """The case this session follows; a POST brings the last four digits of the phone."""
    now = timezone.now()
    visitor = Visitor(request, at=now)
    followed = visitor.followed()
    if followed is None:
        return redirect("complaints:waiting" if visitor.waiting() else "complaints:track")
    form = TailForm(request.POST or None)
    if not form.is_valid():
        return show_tracked(request, followed, at=now, tail_form=form, status=422 if form.is_bound else 200)
    try:
        matches = actions.is_tail_of(followed.reporter, tail=form.cleaned_data["tail"], at=now)
    except TooMany as error:
        form.add_error("tail", error.message)
        return _retry_after(show_tracked(request, followed, at=now, tail_form=form, status=429), error)
    if not matches:
        form.add_error("tail", "手机号后四位对不上，请再看一遍。要填当时留的手机号。")
        return show_tracked(request, followed, at=now, tail_form=form, status=422)
    visitor.follows(followed.reporter, knows_phone=True)
    return redirect("complaints:tracked")


@public
@never_cache
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """A report that somebody looks at before it becomes a case; once it is one, its page is the case's."""
    now = timezone.now()
    visitor = Visitor(request, at=now)
    held = visitor.waiting()
    if held is None:
        return redirect("complaints:track")
    if held.complaint_id:
        reporter = Reporter.objects.get(complaint_id=held.complaint_id, is_follower=False)
        visitor.follows(reporter, knows_phone=False)
        return redirect("complaints:tracked")
    context = {"held": held, "filed": story.moment(held.filed_at, now=now), "hotline": settings.FOOTER["hotline"]}
    return render(request, "complaints/public/waiting.html", context)


@public
@never_cache
@require_POST
def rate(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    followed = Visitor(request, at=now).followed()
    if followed is None:
        messages.info(request, "这一页放太久了。请重新输入查询码，再评价。")
        return redirect("complaints:track")
    case = followed.reporter.complaint
    if not awaits_rating(followed):
        # Sent twice, or rated in another tab; or by somebody who only follows.
        return redirect("complaints:tracked")
    form = RatingForm(request.POST)
    if not form.is_valid():
        return show_tracked(request, followed, at=now, rating_form=form, status=422)
    actions.rate(case, **form.cleaned_data, at=now)
    messages.success(request, "谢谢您的评价。" if case.rated_at else "谢谢您。这件会再办一次，办完还请您评价。")
    return redirect("complaints:tracked")
