"""The office decides what the public reads of a closed case."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import only
from accounts.models import Role
from common.http import Request
from complaints import actions
from complaints.models import PublicVersion
from complaints.publish_form import PublishForm
from complaints.views.staff.case import find_case


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: Request, number: str) -> HttpResponse:
    case = find_case(request, number)
    form = PublishForm(request.POST or None, case=case)
    if request.method != "POST" or not form.is_valid():
        shown = PublicVersion.objects.filter(complaint=case, is_published=True).exists()
        context = {"case": case, "form": form, "is_published": shown}
        return render(request, "complaints/staff/publish.html", context, status=422 if form.is_bound else 200)
    actions.publish(case, **form.cleaned_data, by=request.user, at=timezone.now())
    messages.success(request, "已公开，公众页面上能看到了。")
    return redirect(case)


@only(Role.OFFICE)
@require_POST
def unpublish(request: Request, number: str) -> HttpResponse:
    case = find_case(request, number)
    actions.unpublish(case, by=request.user, at=timezone.now())
    messages.success(request, "已撤下，公众页面上看不到了。")
    return redirect(case)
