"""The receipt: the one page that shows a tracking code. It is derived anew each time and kept nowhere."""

from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import public
from common import crypto
from complaints.actions.lookup import TAIL_LENGTH
from complaints.models import Held, Reporter
from complaints.views.visitor import Visitor


@public
@never_cache
@require_safe
def receipt(request: HttpRequest) -> HttpResponse:
    context = _receipt(request)
    if context is None:
        messages.info(request, "回执只在提交当天、用同一个浏览器能看。有查询码就能查进度。")
        return redirect("complaints:track")
    return render(request, "complaints/public/receipt.html", context)


@public
@never_cache
@require_safe
def receipt_picture(request: HttpRequest) -> HttpResponse:
    """The receipt as one picture. SVG, because the fonts are then those of the phone that shows it; the script turns
    it into a PNG."""
    context = _receipt(request)
    if context is None:
        return redirect("complaints:track")
    response = render(request, "complaints/public/receipt.svg", context, content_type="image/svg+xml")
    response["Content-Disposition"] = f'attachment; filename="{context["number"] or "receipt"}.svg"'
    return response


@public
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """For whoever sits at a computer that others use, too."""
    Visitor(request, at=timezone.now()).leaves()
    messages.success(request, "这台电脑上已经看不到您的回执和进度了。")
    return redirect("complaints:track")


def _receipt(request: HttpRequest) -> dict[str, Any] | None:
    key = Visitor(request, at=timezone.now()).receipt_key()
    if key is None:
        return None
    code = crypto.tracking_code(key)
    told = _told(crypto.digest("code", code))
    if told is None:
        return None
    track_url = request.build_absolute_uri(reverse("complaints:track"))
    return told | {"code": crypto.grouped(code), "track_url": track_url, "qr": _qr(track_url)}


def _told(digest: str) -> dict[str, Any] | None:
    """What the receipt says of whoever has this code, whether filing, following or waiting to be looked at."""
    reporter = Reporter.objects.select_related("complaint").filter(code_digest=digest).first()
    if reporter:
        return {
            "number": reporter.complaint.number,
            "filed_at": reporter.created_at,
            "tail": reporter.phone[-TAIL_LENGTH:],
            "is_follower": reporter.is_follower,
            "is_held": False,
        }
    held = Held.objects.filter(code_digest=digest).first()
    if held is None:
        return None
    tail = held.phone[-TAIL_LENGTH:]
    return {"number": "", "filed_at": held.filed_at, "tail": tail, "is_follower": False, "is_held": True}


def _qr(address: str) -> str:
    """The address alone, without the code, not even behind a "#": scanning apps hand the whole address to their own
    servers, and it stays in the phone's history. Who finds the paper still has to type."""
    svg = segno.make(address, error="m", micro=False).svg_inline(omitsize=True, border=2, svgclass="qr", lineclass=None)
    return mark_safe(svg)  # noqa: S308 -- made of an address of ours by segno
