"""The administrator's page of what could not be delivered. It shows no titles: they may tell of cases."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import only
from accounts.models import Role
from audit import log
from common.http import Request
from notifications.dead_letters import retry
from notifications.models import DeliveryState, NoticeDelivery
from notifications.tasks import deliver_waiting

PER_PAGE = 50


@only(Role.ADMINISTRATOR)
@require_safe
def dead_letters(request: Request) -> HttpResponse:
    dead = NoticeDelivery.objects.dead().select_related("notice__recipient__unit", "notice__recipient__group")
    page = Paginator(dead.order_by("-pk"), PER_PAGE).get_page(request.GET.get("page"))
    retrying = NoticeDelivery.objects.filter(state=DeliveryState.WAITING, tries__gt=0).count()
    return render(request, "notifications/dead_letters.html", {"page": page, "retrying": retrying})


@only(Role.ADMINISTRATOR)
@require_POST
def retry_dead(request: Request) -> HttpResponse:
    """Try one again (`delivery`), or all."""
    chosen = NoticeDelivery.objects.all()
    one = request.POST.get("delivery", "")
    if one:
        chosen = chosen.filter(pk=int(one)) if one.isascii() and one.isdigit() and len(one) < 19 else chosen.none()
    now = timezone.now()
    with transaction.atomic():
        count = retry(chosen, at=now)
        if count:
            log.record("重发提醒", by=request.user, at=now, count=count, delivery=one)
        transaction.on_commit(deliver_waiting.delay, robust=True)
    messages.success(request, f"{count} 条重新发送。" if count else "已经没有要重发的了。")
    return redirect("dead_letters")
