"""Before a second report of the same thing: the resident may follow the first one instead."""

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import public
from common import client
from common.errors import TooMany
from complaints import actions
from complaints.alike import Alike, alike
from complaints.forms import FollowForm
from complaints.models import Draft
from complaints.views.visitor import Visitor

# What the draft holds once the place is known.
_NEEDED = {"group", "place"}


@public
@never_cache
@require_safe
def alike_cases(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    draft = _placed(Visitor(request, at=now).draft())
    if draft is None:
        return redirect("complaints:new")
    found = alike(draft.answers, at=now)
    if not found:
        return redirect("complaints:new_step", "photos")
    return render(request, "complaints/public/alike.html", {"found": found})


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, number: str) -> HttpResponse:
    """Only a case that was offered for this draft can be followed: a number alone opens nothing."""
    now = timezone.now()
    visitor = Visitor(request, at=now)
    draft = _placed(visitor.draft())
    offered = _offered(draft, number, at=now) if draft else None
    if draft is None or offered is None:
        messages.info(request, "这件刚刚有了变化，不能关注了。请接着填。")
        return redirect("complaints:alike")
    form = FollowForm(request.POST or None)
    if not form.is_valid():
        return _page(request, draft, offered, form, status=422 if form.is_bound else 200)
    phone = form.cleaned_data["phone"]
    try:
        actions.spend_on_following(phone=phone, client=client.network(request), at=now)
    except TooMany as error:
        form.add_error(None, error.message)
        response = _page(request, draft, offered, form, status=429)
        response["Retry-After"] = str(error.retry_after)
        return response
    following = actions.follow(offered.case, contact=actions.Contact(phone), key=str(draft.pk), at=now)
    visitor.has_followed(draft.pk, key=following.key, reporter=following.reporter)
    return redirect("complaints:receipt")


def _placed(draft: Draft | None) -> Draft | None:
    return draft if draft and draft.answers.keys() >= _NEEDED else None


def _offered(draft: Draft, number: str, *, at: datetime) -> Alike | None:
    return next((one for one in alike(draft.answers, at=at) if one.case.number == number), None)


def _page(request: HttpRequest, draft: Draft, offered: Alike, form: FollowForm, *, status: int) -> HttpResponse:
    context = {"begun": draft.pk, "one": offered, "form": form, "retention_days": settings.CONTACT_RETENTION_DAYS}
    return render(request, "complaints/public/follow.html", context, status=status)
