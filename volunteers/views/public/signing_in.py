"""Phone, code, and for whoever is new the few questions of the registration."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import public
from common import client
from common.clock import CITY_TIME
from common.errors import DomainError, TooMany
from common.masking import masked
from volunteers import actions
from volunteers.consent import CONSENT, whom_to_ask
from volunteers.forms import CodeForm, PhoneForm, RegisterForm
from volunteers.views.public.caller import Caller

SHOWN_CODE = "volunteer_code_shown"


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The phone; the same page for whoever is registered and whoever is not."""
    caller = Caller(request, at=timezone.now())
    if "next" in request.GET:
        caller.comes_from(request.GET["next"])
    form = PhoneForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, "sign_in", form)
    phone = form.cleaned_data["phone"]
    try:
        sent = actions.send_code(phone, client=client.network(request), at=caller.at)
    except DomainError as refused:
        return _refused(request, "sign_in", form, refused)
    caller.asks_for_code(phone, keep=form.cleaned_data["keep"])
    # Only on a portal for trying out, which cannot send anything.
    request.session[SHOWN_CODE] = sent.shown
    return redirect("volunteers:sign_in_code")


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    caller = Caller(request, at=timezone.now())
    phone = caller.asked_phone()
    if not phone:
        return redirect("volunteers:sign_in")
    form = CodeForm(request.POST if request.method == "POST" else None)
    facts = {"phone": masked(phone), "shown": request.session.get(SHOWN_CODE, "")}
    if not form.is_valid():
        return _page(request, "code", form, **facts)
    try:
        is_right = actions.is_code_of(phone, form.cleaned_data["code"], at=caller.at)
    except TooMany as refused:
        return _refused(request, "code", form, refused, **facts)
    if not is_right:
        form.add_error("code", "验证码不对，或者过了 10 分钟。看看最新一条短信，或者重新要一个。")
        return _page(request, "code", form, **facts)
    request.session.pop(SHOWN_CODE, None)
    return redirect(caller.way_back()) if caller.has_proved(phone) else redirect("volunteers:register")


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    caller = Caller(request, at=timezone.now())
    phone = caller.proved_phone()
    if not phone:
        return redirect(caller.way_back() if caller.volunteer() else "volunteers:sign_in")
    today = caller.at.astimezone(CITY_TIME).date()
    form = RegisterForm(request.POST if request.method == "POST" else None, today=today)
    facts: dict[str, Any] = {"phone": masked(phone), "consent": CONSENT, "whom_to_ask": whom_to_ask()}
    if not form.is_valid():
        return _page(request, "register", form, **facts)
    try:
        volunteer = actions.register(form.about, phone=phone, at=caller.at)
    except actions.TooYoung as refused:
        form.add_error("born_year", refused.message)
        return _page(request, "register", form, **facts)
    caller.has_registered(volunteer)
    messages.success(request, "登记好了，谢谢您。现在可以报名活动、申请加入队伍。")
    return redirect(caller.way_back())


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    Caller(request, at=timezone.now()).leaves()
    messages.success(request, "已经退出。这台设备上看不到您的志愿服务了。")
    return redirect("volunteers:home")


def _page(request: HttpRequest, name: str, form: object, status: int = 0, **facts: object) -> HttpResponse:
    errors = getattr(form, "errors", None)
    template = f"volunteers/public/{name}.html"
    return render(request, template, {"form": form, **facts}, status=status or (422 if errors else 200))


def _refused(
    request: HttpRequest, name: str, form: PhoneForm | CodeForm, refused: DomainError, **facts: object
) -> HttpResponse:
    """Not left to the edge: what was typed has to stay on the page."""
    form.add_error(None, refused.message)
    response = _page(request, name, form, status=429 if isinstance(refused, TooMany) else 409, **facts)
    if isinstance(refused, TooMany):
        response["Retry-After"] = str(refused.retry_after)
    return response
