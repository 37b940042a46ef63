"""News of the campaign as everybody reads it."""

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import public
from common.revalidation import revalidated
from publicity.forms.announcements import SectionChoice
from publicity.models import Announcement, Picture, Section, State
from publicity.permissions import may_publish
from publicity.stats import invitations, told

PER_PAGE = 20


@public
@require_safe
@revalidated("publicity", "initiative", "quiz", "slogans")
def news(request: HttpRequest) -> HttpResponse:
    """What is published, of one section or of all."""
    choice = SectionChoice(request.GET)
    section = choice.cleaned_data["section"] if choice.is_valid() else ""
    found = Announcement.objects.published().select_related("picture")
    page = Paginator(found.filter(section=section) if section else found, PER_PAGE).get_page(request.GET.get("page"))
    facts = {
        "page": page,
        "rows": [told(announcement) for announcement in page],
        "sections": Section.choices,
        "section": section,
        "invitations": invitations(on=timezone.localdate()),
        "may_publish": may_publish(request.user),
    }
    return render(request, "publicity/news.html", frame(request) | facts)


@public
@require_safe
@revalidated("publicity")
def announcement(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(Announcement.objects.published().select_related("picture"), pk=pk)
    facts = {"announcement": shown, "may_publish": may_publish(request.user)}
    return render(request, "publicity/announcement.html", frame(request) | facts)


@public
@require_safe
def picture(request: HttpRequest, token: str) -> FileResponse:
    """The picture of a published announcement, or for the office of any; nothing but a picture."""
    stored = get_object_or_404(Picture.objects.select_related("announcement"), token=token)
    if stored.announcement.state != State.PUBLISHED and not may_publish(request.user):
        raise Http404
    try:
        response = FileResponse(stored.file.open("rb"), content_type="image/jpeg")
    except FileNotFoundError:
        raise Http404 from None
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline; filename=photo.jpg"
    # Withdrawn is withdrawn: no copy on the way outlives it.
    response["Cache-Control"] = "private, no-cache"
    return response


def frame(request: HttpRequest) -> dict[str, object]:
    return {"frame": "base_staff.html" if request.user.is_authenticated else "base_public.html"}
