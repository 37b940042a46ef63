"""The creation office's desk: it writes announcements, looks at them, publishes and withdraws them."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import only
from accounts.models import Role
from common.clock import CITY_TIME
from common.errors import DomainError
from common.http import Request
from complaints.uploads import takes_photos
from publicity import actions
from publicity.forms.announcements import AnnouncementForm, VersionForm
from publicity.models import Announcement, AnnouncementQuerySet

PER_PAGE = 50


@only(Role.OFFICE)
@require_safe
def desk(request: Request) -> HttpResponse:
    """Everything that was written: drafts, published, withdrawn."""
    page = Paginator(Announcement.objects.select_related("written_by"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "publicity/desk.html", {"page": page})


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@takes_photos
def new(request: Request) -> HttpResponse:
    now = timezone.now()
    form = AnnouncementForm(
        request.POST or None,
        request.FILES or None,
        initial={"version": 0, "dated_on": now.astimezone(CITY_TIME).date()},
    )
    if request.method == "POST" and form.is_valid():
        written = actions.write(form.draft, by=request.user, at=now)
        messages.success(request, "草稿已保存，下面是发布以后的样子。")
        return redirect("publicity:preview", written.pk)
    facts = {"form": form, "written": None, "stale": ""}
    return render(request, "publicity/write.html", facts, status=422 if form.errors else 200)


@only(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@takes_photos
def edit(request: Request, pk: int) -> HttpResponse:
    """Change an announcement; whoever had not seen the newest state is told and keeps what was typed."""
    written = _find(pk)
    form = AnnouncementForm(
        request.POST or None, request.FILES or None, written=written, initial=AnnouncementForm.told_by(written)
    )
    stale = ""
    if request.method == "POST" and form.is_valid():
        written.version = form.cleaned_data["version"]
        try:
            actions.rewrite(written, form.draft, by=request.user, at=timezone.now())
        except DomainError as refused:
            # Not left to the edge: what was typed has to stay on the page.
            stale = refused.message + ("照片要重新选。" if form.cleaned_data["photo"] else "")
            written = _all().filter(pk=pk).first() or written
            form.show_against(written.version)
        else:
            messages.success(request, "已保存，公开页同时更新。" if written.is_published else "草稿已保存。")
            return redirect("publicity:preview", pk)
    facts = {"form": form, "written": written, "stale": stale}
    return render(request, "publicity/write.html", facts, status=409 if stale else 422 if form.errors else 200)


@only(Role.OFFICE)
@require_safe
def preview(request: Request, pk: int) -> HttpResponse:
    """An announcement as it looks to everybody, with the buttons that publish or withdraw it."""
    return render(request, "publicity/preview.html", {"announcement": _find(pk)})


@only(Role.OFFICE)
@require_POST
def publish(request: Request, pk: int) -> HttpResponse:
    return _move(request, pk, actions.publish, "已发布，居民现在就能看到。")


@only(Role.OFFICE)
@require_POST
def withdraw(request: Request, pk: int) -> HttpResponse:
    return _move(request, pk, actions.withdraw, "已撤下，居民看不到了。")


def _move(request: Request, pk: int, action: Callable[..., None], done: str) -> HttpResponse:
    moved, seen = _find(pk), VersionForm(request.POST)
    if seen.is_valid():
        moved.version = seen.cleaned_data["version"]
    try:
        action(moved, by=request.user, at=timezone.now())
        messages.success(request, done)
    except DomainError as refused:
        # The preview shows the newest state beside the sentence.
        messages.warning(request, refused.message)
    return redirect("publicity:preview", pk)


def _find(pk: int) -> Announcement:
    return get_object_or_404(_all(), pk=pk)


def _all() -> AnnouncementQuerySet:
    return Announcement.objects.select_related("picture", "written_by__unit")
