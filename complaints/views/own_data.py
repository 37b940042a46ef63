"""What is kept of a resident with a case: to be seen, corrected and erased with the code and the end of the phone."""

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import public
from complaints import actions
from complaints.forms import OwnDataForm
from complaints.models import ErasureRequest, LegalHold, Reporter
from complaints.stats import times_revealed
from complaints.views.visitor import Followed, Visitor


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_data(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    followed = _known(request, at=now)
    if followed is None:
        return _to_tail(request)
    reporter = followed.reporter
    form = OwnDataForm(request.POST or None, initial={"name": reporter.name})
    if request.method != "POST" or not form.is_valid():
        return _page(request, reporter, form)
    changed = actions.correct_contact(reporter, **form.cleaned_data, at=now)
    messages.success(request, f"{'和'.join(changed)}改好了。" if changed else "没有改动。")
    return redirect("complaints:own_data")


@public
@never_cache
@require_POST
def erase_own_data(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    followed = _known(request, at=now)
    if followed is None:
        return _to_tail(request)
    waiting = actions.ask_for_erasure(followed.reporter, at=now)
    if waiting:
        messages.success(request, "收到您的请求。这件还在办或依法要保留，由创城办决定，结果在这一页看。")
        return redirect("complaints:own_data")
    # From here on they are who anybody with the code is.
    Visitor(request, at=now).follows(followed.reporter, knows_phone=False)
    messages.success(request, "您的手机号和称呼已经删除。查询码还能看进度。")
    return redirect("complaints:tracked")


def _known(request: HttpRequest, *, at: datetime) -> Followed | None:
    followed = Visitor(request, at=at).followed()
    return followed if followed and followed.knows_phone and not followed.reporter.erased_at else None


def _to_tail(request: HttpRequest) -> HttpResponse:
    messages.info(request, "请先输入查询码和手机号后四位，再看个人信息。")
    return redirect("complaints:tracked")


def _page(request: HttpRequest, reporter: Reporter, form: OwnDataForm) -> HttpResponse:
    case = reporter.complaint
    context = {
        "reporter": reporter,
        "case": case,
        "form": form,
        "revealed": times_revealed(case),
        "retention_days": settings.CONTACT_RETENTION_DAYS,
        "is_on_hold": LegalHold.objects.running().filter(complaint=case).exists(),
        "asked": ErasureRequest.objects.filter(reporter=reporter).order_by("-asked_at").first(),
    }
    return render(request, "complaints/public/own_data.html", context, status=422 if form.errors else 200)
