"""What a resident may do about the own case on the way: press for it once a day, or take it back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.access import public
from common.errors import DomainError
from complaints import actions
from complaints.forms import WithdrawForm
from complaints.views.tracked import may_urge, may_withdraw, show_tracked
from complaints.views.visitor import Visitor

TOO_LONG_OPEN = "这一页放太久了。请重新输入查询码，再办。"


@public
@never_cache
@require_POST
def urge(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    followed = Visitor(request, at=now).followed()
    if followed is None:
        messages.info(request, TOO_LONG_OPEN)
        return redirect("complaints:track")
    if may_urge(followed):
        try:
            actions.urge(followed.case, by=None, at=now)
            messages.success(request, "已经替您催了，办理的人会收到提醒。")
        except DomainError as refused:
            messages.warning(request, refused.message)
    return redirect("complaints:tracked")


@public
@never_cache
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    followed = Visitor(request, at=now).followed()
    if followed is None:
        messages.info(request, TOO_LONG_OPEN)
        return redirect("complaints:track")
    if not may_withdraw(followed):
        # The result came in meanwhile, or it was withdrawn in another tab: the page says how it stands.
        return redirect("complaints:tracked")
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return show_tracked(request, followed, at=now, withdraw_form=form, status=422)
    actions.withdraw(followed.case, reason=form.cleaned_data["why"], at=now)
    messages.success(request, "已经撤回。还有问题，可以再反映。")
    return redirect("complaints:tracked")
