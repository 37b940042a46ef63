"""The responsible units: found by everybody on the staff, kept by the office and the administrator."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions
from accounts.access import only, staff
from accounts.forms import UnitFilterForm, UnitForm
from accounts.models import Unit
from accounts.permissions import MASTER_DATA, may_edit_units
from common.http import Request

PER_PAGE = 50


@staff
@require_safe
def units(request: Request) -> HttpResponse:
    filters = UnitFilterForm(request.GET)
    page = Paginator(_found(filters), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/units.html", {"page": page, "filters": filters})


@staff
@require_safe
def unit(request: Request, code: str) -> HttpResponse:
    shown = get_object_or_404(Unit, code=code)
    members = shown.members.filter(is_active=True).order_by("role", "name")
    context = {"unit": shown, "members": members, "may_edit": may_edit_units(request.user)}
    return render(request, "accounts/unit.html", context)


@only(*MASTER_DATA)
@require_http_methods(["GET", "HEAD", "POST"])
def unit_edit(request: Request, code: str) -> HttpResponse:
    edited = get_object_or_404(Unit, code=code)
    form = UnitForm(request.POST or None, instance=get_object_or_404(Unit, code=code))
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "unit": edited}
        return render(request, "accounts/unit_edit.html", context, status=422 if form.is_bound else 200)
    actions.edit_unit(edited, **form.cleaned_data, by=request.user, at=timezone.now())
    messages.success(request, f"{edited.name}已保存。")
    return redirect("accounts:unit", code=code)


def _found(filters: UnitFilterForm) -> QuerySet[Unit]:
    filters.is_valid()
    wanted = filters.cleaned_data
    found = Unit.objects.search(wanted.get("q", ""))
    if kind := wanted.get("kind"):
        found = found.filter(kind=kind)
    return found.annotate(people=Count("members", filter=Q(members__is_active=True))).order_by("-is_active", "code")
