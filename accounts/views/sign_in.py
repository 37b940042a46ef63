"""Signing in, in one step or two, and out."""

from datetime import datetime

from django.conf import settings
from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login as remember_device
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import actions, lockout
from accounts import second_factor as factor
from accounts.access import public, staff
from accounts.forms import CodeForm, SignInForm
from accounts.middleware import SIGNED_OUT_IDLE
from accounts.models import User
from accounts.views.targets import target_of
from common import client
from common.http import Request

BACKEND = "accounts.backends.PortalBackend"


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return HttpResponseRedirect(target_of(request))
    if request.method != "POST":
        return _sign_in_page(request, SignInForm(request), idle=request.session.pop(SIGNED_OUT_IDLE, False))
    address, now = client.address(request), timezone.now()
    lockout.count_try(request.POST.get("username", ""), address=address, at=now)
    form = SignInForm(request, data=request.POST)
    if not form.is_valid():
        # While locked the password was not even looked at, and the lock-out itself is in the log.
        if form.non_field_errors() and not _is_locked_already(request):
            actions.note_failed_sign_in(form.cleaned_data["username"], address=address, at=now)
        return _sign_in_page(request, form, status=422)
    user = form.get_user()
    assert isinstance(user, User)  # noqa: S101 -- the form is valid
    if factor.confirmed_device(user):
        factor.hold(request, user, target=target_of(request), at=now)
        return redirect("accounts:second_factor")
    return _enter(request, user, target=target_of(request), at=now)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """The second step of signing in: the code, within five minutes after the password."""
    now = timezone.now()
    held = factor.held(request, at=now)
    device = factor.confirmed_device(held[0]) if held else None
    if held is None or device is None:
        return redirect("accounts:login")
    user, target = held
    form = CodeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _code_page(request, form, status=422 if form.is_bound else 200)
    answer = factor.check(device, form.cleaned_data["code"], at=now)
    if answer.device:
        return _enter(request, user, target=target, device=answer.device, at=now)
    if answer.wait:
        form.add_error("code", f"输错的次数太多，请 {answer.wait} 秒后再试。")
        return _code_page(request, form, status=429)
    actions.note_wrong_code(user, address=client.address(request), at=now)
    form.add_error("code", "动态口令不对，或已经用过。请看手机上现在的 6 位数字。")
    return _code_page(request, form, status=422)


@staff
@require_POST
def logout(request: Request) -> HttpResponse:
    actions.note_sign_out(request.user, idle=False, at=timezone.now())
    auth.logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


def locked_out(request: HttpRequest, refused: HttpResponse, credentials: dict[str, str] | None) -> HttpResponse:
    """The answer of django-axes to a locked account (settings.AXES_LOCKOUT_CALLABLE)."""
    now = timezone.now()
    if not _is_locked_already(request):
        name = (credentials or {}).get("username", "")
        actions.note_lock_out(name, address=client.address(request), at=now)
    seconds = lockout.seconds_locked(request, credentials, at=now)
    shown = {"minutes": -(-seconds // 60), "failures": settings.AXES_FAILURE_LIMIT, "target": target_of(request)}
    response = render(request, "accounts/locked_out.html", shown, status=429)
    response["Retry-After"] = str(seconds)
    return response


def _enter(
    request: HttpRequest, user: User, *, target: str, at: datetime, device: TOTPDevice | None = None
) -> HttpResponse:
    factor.let_go(request)
    auth.login(request, user, backend=BACKEND)
    if device:
        remember_device(request, device)
    actions.note_sign_in(user, with_code=device is not None, address=client.address(request), at=at)
    if factor.is_advised_for(user) and not factor.is_owed_by(user) and not user.must_change_password:
        messages.info(request, "您的账号权限较大，建议到“我的账号”设置动态口令。")
    return HttpResponseRedirect(target)


def _is_locked_already(request: HttpRequest) -> bool:
    """Whether django-axes refused this try unseen, because of earlier ones."""
    return bool(request.axes_locked_out) and request.axes_failures_since_start is None  # type: ignore[attr-defined]


def _sign_in_page(request: HttpRequest, form: SignInForm, *, idle: bool = False, status: int = 200) -> HttpResponse:
    shown = {
        "form": form,
        "target": request.POST.get("next") or request.GET.get("next", ""),
        "idle_minutes": settings.SESSION_IDLE_MINUTES if idle else 0,
    }
    return render(request, "accounts/login.html", shown, status=status)


def _code_page(request: HttpRequest, form: CodeForm, *, status: int) -> HttpResponse:
    # Here it is the page's only question; where the second factor is set up, the QR code comes first.
    form.fields["code"].widget.attrs["autofocus"] = True
    return render(request, "accounts/second_factor.html", {"form": form}, status=status)
