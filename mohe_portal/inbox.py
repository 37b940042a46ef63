"""The pages of a person's notices. They stand here because notifications, below accounts, knows no access decisions."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import staff
from common.http import Request
from notifications.models import Kind, Notice, Urgency

SHOWN = 100


@staff
@require_safe
def inbox(request: Request) -> HttpResponse:
    notices = Notice.objects.filter(recipient=request.user).exclude(kind=Kind.DIGEST).order_by("-created_at", "-pk")
    shown = {"notices": notices[:SHOWN], "shown": SHOWN, "Urgency": Urgency}
    return render(request, "notifications/inbox.html", shown)


@staff
@require_POST
def open_notice(request: Request, pk: int) -> HttpResponse:
    """Mark one notice read and go where it points."""
    notice = get_object_or_404(Notice, pk=pk, recipient=request.user)
    Notice.objects.unread_by(request.user.pk).filter(pk=pk).update(read_at=timezone.now())
    return redirect(notice.url)


@staff
@require_POST
def read_all(request: Request) -> HttpResponse:
    Notice.objects.unread_by(request.user.pk).update(read_at=timezone.now())
    return redirect("notifications:inbox")


app_name = "notifications"
urlpatterns = [
    path("", inbox, name="inbox"),
    path("read-all/", read_all, name="read_all"),
    path("<int:pk>/open/", open_notice, name="open"),
]
