from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import only
from accounts.models import Role
from common.http import Request
from complaints import actions
from complaints.models import Tuning
from complaints.staff_forms import TuningForm


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def tuning(request: Request) -> HttpResponse:
    """The numbers of the complaint platform (投诉平台设置)."""
    form = TuningForm(request.POST or None, initial=asdict(Tuning.current()))
    if request.method != "POST" or not form.is_valid():
        return render(request, "complaints/staff/tuning.html", {"form": form}, status=422 if form.is_bound else 200)
    actions.tune(Tuning(**form.cleaned_data), by=request.user, at=timezone.now())
    messages.success(request, "已保存，从现在起按新的办。")
    return redirect("complaints:tuning")
