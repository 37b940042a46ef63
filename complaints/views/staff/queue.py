import re
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import staff
from common.crypto import digest
from common.http import Request
from common.masking import masked
from complaints.permissions import may_search_phones
from complaints.queue_page import QueuePage, SearchedPhone

SEARCHED_PHONE = "searched_phone"


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
    page = QueuePage(request.GET, user=request.user, at=timezone.now(), phone=_searched_phone(request))
    return render(request, "complaints/staff/queue.html", {"queue": page})


def _phone_in(typed: str) -> str:
    digits = re.sub(r"[\s\-－+]", "", typed).removeprefix("86")
    return digits if re.fullmatch(r"1\d{10}", digits) else ""


def _search_phone(request: Request, phone: str) -> HttpResponse:
    if not may_search_phones(request.user):
        messages.warning(request, "按电话查案件只有创城办和热线受理员可以用。请按案件编号、地点或内容查。")
        return _to_queue()
    request.session[SEARCHED_PHONE] = {"digest": digest("phone", phone), "shown": masked(phone)}
    return _to_queue(phone="1")


def _searched_phone(request: Request) -> SearchedPhone | None:
    kept = request.session.get(SEARCHED_PHONE) if request.GET.get("phone") else None
    return SearchedPhone(**kept) if kept and may_search_phones(request.user) else None


def _to_queue(**parameters: str) -> HttpResponse:
    given = {name: value for name, value in parameters.items() if value}
    return redirect(reverse("complaints:queue") + (f"?{urlencode(given)}" if given else ""))
