"""A person's own account: password and second factor."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, update_session_auth_hash
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_otp import login as remember_device

from accounts import actions, lockout
from accounts import second_factor as factor
from accounts.access import staff
from accounts.forms import CodeForm, NewPasswordForm, OwnPasswordForm
from accounts.passwords import RULES
from accounts.views.targets import target_of
from common.budgets import spend
from common.http import Request


@staff
@require_safe
def profile(request: Request) -> HttpResponse:
    device = factor.confirmed_device(request.user)
    shown = {"device": device, "advised": factor.is_advised_for(request.user)}
    return render(request, "accounts/profile.html", shown)


@staff
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password_change(request: Request) -> HttpResponse:
    form = NewPasswordForm(request.user, request.POST or None)
    if request.method == "POST":
        spend(lockout.OWN_PASSWORD, str(request.user.pk), at=timezone.now())
        if form.is_valid():
            actions.change_password(request.user, password=form.cleaned_data["new_password1"], at=timezone.now())
            # This session goes on; those elsewhere end with the old password.
            update_session_auth_hash(request, request.user)
            messages.success(request, "密码已改好。在别处登录的都已退出。")
            return HttpResponseRedirect(target_of(request, otherwise="accounts:profile"))
    target = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME, "")
    shown = {"form": form, "rules": RULES, "target": target, "forced": request.user.must_change_password}
    return render(request, "accounts/password_change.html", shown, status=422 if form.errors else 200)


@staff
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def totp(request: Request) -> HttpResponse:
    """Set the second factor up: explained, then the QR code with the field that proves it; or, once in use, removed."""
    device = factor.device_being_set_up(request.user)
    if request.method != "POST" or device is None:
        return _totp_page(request)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _totp_page(request, code_form=form, status=422)
    answer = actions.confirm_second_factor(device, form.cleaned_data["code"], by=request.user, at=timezone.now())
    if answer.device:
        remember_device(request, answer.device)
        messages.success(request, "动态口令已启用。下次登录要输手机上的 6 位数字。")
        return HttpResponseRedirect(target_of(request, otherwise="accounts:profile"))
    if answer.wait:
        form.add_error("code", f"输错的次数太多，请 {answer.wait} 秒后再试。")
        return _totp_page(request, code_form=form, status=429)
    form.add_error("code", "动态口令不对。请看手机上现在的 6 位数字；手机时间要准。")
    return _totp_page(request, code_form=form, status=422)


@staff
@require_POST
def totp_begin(request: Request) -> HttpResponse:
    actions.begin_second_factor(request.user)
    back = urlencode({REDIRECT_FIELD_NAME: target_of(request, otherwise="accounts:profile")})
    return HttpResponseRedirect(f"{resolve_url('accounts:totp')}?{back}")


@staff
@sensitive_post_parameters()
@require_POST
def totp_remove(request: Request) -> HttpResponse:
    spend(lockout.OWN_PASSWORD, str(request.user.pk), at=timezone.now())
    form = OwnPasswordForm(request.user, request.POST)
    if not form.is_valid():
        return _totp_page(request, password_form=form, status=422)
    actions.remove_second_factor(request.user, by=request.user, at=timezone.now())
    messages.success(request, "动态口令已移除。")
    return redirect("accounts:profile")


def _totp_page(
    request: Request,
    *,
    code_form: CodeForm | None = None,
    password_form: OwnPasswordForm | None = None,
    status: int = 200,
) -> HttpResponse:
    in_use = factor.confirmed_device(request.user)
    starting = None if in_use else factor.device_being_set_up(request.user)
    shown = {
        "in_use": in_use,
        "owed": factor.is_owed_by(request.user),
        "code_form": code_form or CodeForm(),
        "password_form": password_form or OwnPasswordForm(request.user),
        "qr_code": factor.qr_code(starting) if starting else None,
        "typed_key": factor.typed_key(starting) if starting else "",
    }
    return render(request, "accounts/totp.html", shown, status=status)
