"""A person's own page of how they want to hear of things."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import staff
from common.budgets import Limit, spend
from common.http import Request
from mohe_portal.notice_forms import ChannelForm
from notifications import preferences
from notifications.models import Urgency
from notifications.outbox import notify

TESTS = Limit("test-notice", 5, timedelta(hours=1), "测试提醒一小时最多发 5 次，请过一会儿再试。")


@staff
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def notice_preferences(request: Request) -> HttpResponse:
    choices = preferences.choices_of(request.user)
    forms = [ChannelForm(choice, request.POST or None) for choice in choices.values()]
    if request.method != "POST" or not all([form.is_valid() for form in forms]):
        return _page(request, forms)
    with transaction.atomic():
        for form in forms:
            preferences.choose(request.user, form.channel, **form.cleaned_data)
    messages.success(request, "提醒方式已保存。")
    return redirect("notice_preferences")


@staff
@require_POST
def notice_test(request: Request) -> HttpResponse:
    """Send oneself a notice by every channel that is on, at any hour."""
    now = timezone.now()
    spend(TESTS, str(request.user.pk), at=now)
    notify(
        [request.user],
        reason=f"test:{now.isoformat()}",
        title="测试提醒：收到就说明设置好了",
        url=reverse("notice_preferences"),
        urgency=Urgency.URGENT,
        at=now,
    )
    messages.success(request, "测试提醒已发出，一般几秒就到。没收到，过一会儿刷新本页看原因。")
    return redirect("notice_preferences")


def _page(request: Request, forms: list[ChannelForm]) -> HttpResponse:
    last = preferences.last_deliveries(request.user)
    begin, end = settings.NOTICE_QUIET_HOURS
    shown = {
        "channels": [(form, last.get(form.channel)) for form in forms],
        "is_any_on": any(form.choice.is_on and form.choice.pk for form in forms),
        "has_errors": any(form.errors for form in forms),
        "quiet_begin": begin,
        "quiet_end": end,
    }
    return render(request, "notifications/preferences.html", shown, status=422 if shown["has_errors"] else 200)
