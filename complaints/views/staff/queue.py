import re
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import staff
from common.http import Request
from complaints import actions, bulk
from complaints.listings import saved_filters
from complaints.models import SavedFilter
from complaints.permissions import MAY_EXPORT, may_search_phones
from complaints.queue_page import QueuePage
from complaints.staff_forms import SaveFilterForm
from complaints.views.staff.searching import keep_searched_phone, searched_phone


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def queue(request: Request) -> HttpResponse:
    """The queue; a POST is a search, so that a phone typed into the box stands in no address and no log."""
    typed = request.POST.get("q", "") if request.method == "POST" else request.GET.get("q", "")
    phone = _phone_in(typed)
    if phone:
        return _search_phone(request, phone)
    if request.method == "POST":
        return _to_queue(q=typed.strip())
    return _page(request, request.GET)


def _page(
    request: Request, parameters: QueryDict, *, save_form: SaveFilterForm | None = None, status: int = 200
) -> HttpResponse:
    page = QueuePage(parameters, user=request.user, at=timezone.now(), phone=searched_phone(request))
    context = {
        "queue": page,
        "bulk": bulk.offered(page.state, request.user) if page.rows else None,
        "saved": saved_filters(request.user.pk),
        "save_form": save_form or SaveFilterForm(initial={"query": page.saved_query}),
        "may_export": request.user.role in MAY_EXPORT,
    }
    return render(request, "complaints/staff/queue.html", context, status=status)


@staff
@require_POST
def save_filter(request: Request) -> HttpResponse:
    """Keep what the queue is narrowed by under a name."""
    form = SaveFilterForm(request.POST)
    query = str(form.data.get("query", ""))[:500]
    if not form.is_valid():
        return _page(request, QueryDict(query), save_form=form, status=422)
    saved = actions.save_filter(name=form.cleaned_data["name"], query=form.cleaned_data["query"], by=request.user)
    messages.success(request, f"已存为“{saved.name}”，在“我的筛选”里。")
    return redirect(f"{reverse('complaints:queue')}?{saved.query}")


@staff
@require_POST
def delete_filter(request: Request, pk: int) -> HttpResponse:
    saved = get_object_or_404(SavedFilter, pk=pk, owner=request.user)
    actions.delete_filter(saved)
    messages.success(request, f"已删掉筛选“{saved.name}”。")
    return redirect("complaints:queue")


def _phone_in(typed: str) -> str:
    digits = re.sub(r"[\s\-－+]", "", typed).removeprefix("86")
    return digits if re.fullmatch(r"1\d{10}", digits) else ""


def _search_phone(request: Request, phone: str) -> HttpResponse:
    if not may_search_phones(request.user):
        messages.warning(request, "按电话查案件只有创城办和热线受理员可以用。请按案件编号、地点或内容查。")
        return _to_queue()
    keep_searched_phone(request, phone)
    return _to_queue(phone="1")


def _to_queue(**parameters: str) -> HttpResponse:
    given = {name: value for name, value in parameters.items() if value}
    return redirect(reverse("complaints:queue") + (f"?{urlencode(given)}" if given else ""))
