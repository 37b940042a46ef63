"""The check-lists for patrollers: read by all who work with patrols, written by the office."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import only, staff
from accounts.models import Role
from common.http import Request
from volunteers import actions
from volunteers.forms import GuideForm
from volunteers.models import Guide


@staff
@require_safe
def guides(request: Request) -> HttpResponse:
    context = {"guides": list(Guide.objects.all()), "may_edit": request.user.role == Role.OFFICE}
    return render(request, "volunteers/guides.html", context)


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def guide_new(request: Request) -> HttpResponse:
    return _edited(request, Guide(position=Guide.objects.count() + 1))


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def guide_edit(request: Request, pk: int) -> HttpResponse:
    return _edited(request, get_object_or_404(Guide, pk=pk))


def _edited(request: Request, guide: Guide) -> HttpResponse:
    form = GuideForm(request.POST if request.method == "POST" else None, instance=guide)
    if form.is_valid():
        saved = actions.save_guide(form.save(commit=False), by=request.user, at=timezone.now())
        messages.success(request, f"“{saved}”的指引存好了。")
        return redirect("volunteers:guides")
    context = {"form": form, "guide": guide}
    return render(request, "volunteers/guide_edit.html", context, status=422 if form.errors else 200)


@only(Role.OFFICE)
@require_POST
def guide_remove(request: Request, pk: int) -> HttpResponse:
    guide = Guide.objects.filter(pk=pk).first()
    # One that is gone already was removed by an earlier press of the same button.
    if guide:
        actions.remove_guide(guide, by=request.user, at=timezone.now())
        messages.success(request, f"“{guide}”的指引删掉了。")
    return redirect("volunteers:guides")
