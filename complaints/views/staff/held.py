from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import only
from accounts.models import Role
from common.http import Request
from complaints import actions
from complaints.held_page import LET_IN, HeldForm, rows, waiting


@only(Role.OFFICE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def held(request: Request) -> HttpResponse:
    """Reports that wait for a look (待复核): let in, or refused with a reason."""
    now = timezone.now()
    form = HeldForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form)
    given = form.cleaned_data
    if given["decision"] == LET_IN:
        count = actions.let_in_all(given["held"], by=request.user, at=now)
        messages.success(request, f"放行了 {count} 件，按原来的提交时间进入待受理。")
    else:
        count = actions.refuse_all(given["held"], reply=given["reply"], by=request.user, at=now)
        messages.success(request, f"不收 {count} 件，居民凭查询码能看到原因。")
    return redirect("complaints:held")


def _page(request: Request, form: HeldForm) -> HttpResponse:
    found = waiting(cursor=request.GET.get("cursor", ""))
    context = {
        "form": form,
        "rows": rows(found.rows, now=timezone.now()),
        "ticked": {str(pk) for pk in form["held"].value() or []},
        "next_url": f"?cursor={found.next_cursor}" if found.next_cursor else "",
        "previous_url": f"?cursor={found.previous_cursor}" if found.previous_cursor else "",
    }
    return render(request, "complaints/staff/held.html", context, status=422 if form.is_bound else 200)
