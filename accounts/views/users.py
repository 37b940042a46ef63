"""People and their roles, for the administrator."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import actions
from accounts import second_factor as factor
from accounts.access import only
from accounts.forms import UserFilterForm, UserForm
from accounts.models import Role, User
from accounts.permissions import may_change_post_of
from common.http import Request

PER_PAGE = 50


@only(Role.ADMINISTRATOR)
@require_safe
def users(request: Request) -> HttpResponse:
    filters = UserFilterForm(request.GET)
    page = Paginator(_found(filters), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/users.html", {"page": page, "filters": filters})


@only(Role.ADMINISTRATOR)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def user_new(request: Request) -> HttpResponse:
    form = UserForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/user_new.html", {"form": form}, status=422 if form.is_bound else 200)
    given = form.cleaned_data
    issued = actions.create_user(
        username=given["username"], name=given["name"], post=form.post(), by=request.user, at=timezone.now()
    )
    # Shown in this answer only: a redirect would have to keep the password somewhere on the way.
    return render(request, "accounts/password_issued.html", {"issued": issued, "is_new": True})


@only(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def user_edit(request: Request, pk: int) -> HttpResponse:
    person = get_object_or_404(_people(), pk=pk)
    is_self = not may_change_post_of(request.user, person)
    form = UserForm(request.POST or None, instance=get_object_or_404(User, pk=pk), post_is_fixed=is_self)
    if request.method != "POST" or not form.is_valid():
        shown = {"form": form, "person": person, "is_self": is_self, "device": factor.confirmed_device(person)}
        return render(request, "accounts/user_edit.html", shown, status=422 if form.is_bound else 200)
    given = form.cleaned_data
    saved = actions.edit_user(
        person,
        name=given["name"],
        post=form.post(),
        is_active=given["is_active"],
        by=request.user,
        at=timezone.now(),
    )
    messages.success(request, f"{saved.name}的账号已保存。")
    return redirect("accounts:users")


@only(Role.ADMINISTRATOR)
@never_cache
@require_POST
def user_reset_password(request: Request, pk: int) -> HttpResponse:
    issued = actions.reset_password(get_object_or_404(_people(), pk=pk), by=request.user, at=timezone.now())
    return render(request, "accounts/password_issued.html", {"issued": issued, "is_new": False})


@only(Role.ADMINISTRATOR)
@require_POST
def user_remove_second_factor(request: Request, pk: int) -> HttpResponse:
    """The way back for who lost their phone."""
    person = get_object_or_404(_people(), pk=pk)
    actions.remove_second_factor(person, by=request.user, at=timezone.now())
    messages.success(request, f"{person.name}的动态口令已移除，凭密码就能登录。")
    return redirect("accounts:user_edit", pk=pk)


def _people() -> QuerySet[User]:
    return User.objects.select_related("unit", "group", "leader")


def _found(filters: UserFilterForm) -> QuerySet[User]:
    filters.is_valid()
    wanted = filters.cleaned_data
    devices = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
    found = User.objects.search(wanted.get("q", "")).select_related("unit", "group", "leader")
    if role := wanted.get("role"):
        found = found.filter(role=role)
    if unit := wanted.get("unit"):
        found = found.filter(unit=unit)
    if state := wanted.get("state"):
        found = found.filter(is_active=state == "active")
    return found.annotate(has_second_factor=Exists(devices)).order_by(F("unit__code").asc(nulls_first=True), "username")
