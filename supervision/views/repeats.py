"""Repeat signals (反复出现的情况): listed with what shows them; a person decides whether one is referred."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import only
from common.http import Request
from supervision import actions
from supervision.forms.referrals import ThresholdsForm
from supervision.permissions import MAY_REFER
from supervision.repeats import Kind, Thresholds, repeats


@only(*MAY_REFER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def repeat_list(request: Request) -> HttpResponse:
    """The signals by kind; sending the page changes the thresholds."""
    form = ThresholdsForm(request.POST or None, initial=asdict(Thresholds.current()))
    if request.method == "POST" and form.is_valid():
        actions.set_thresholds(Thresholds(**form.cleaned_data), by=request.user, at=timezone.now())
        messages.success(request, "标准已保存，列表按新的算。")
        return redirect("supervision:repeats")
    found = repeats(request.user, at=timezone.now())
    facts = {
        "form": form,
        "kinds": [(kind, [one for one in found if one.kind == kind]) for kind in Kind],
        "total": len(found),
    }
    return render(request, "supervision/repeats.html", facts, status=422 if form.errors else 200)
