"""Photos of cases, never public by their address: each request is checked again."""

from typing import TypeVar

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import public
from accounts.models import Role
from common.http import sealed
from complaints import pictures
from complaints.models import Complaint, DraftPhoto, Photo, PublicVersion
from complaints.models.photo import StoredPhoto
from complaints.views.visitor import Visitor

Response = TypeVar("Response", HttpResponse, FileResponse)


@public
@require_safe
def photo(request: HttpRequest, token: str) -> FileResponse:
    stored = _visible(request, token)
    try:
        return _sealed(FileResponse(stored.file.open("rb"), content_type="image/jpeg"))
    except FileNotFoundError:
        raise Http404 from None


@public
@require_safe
def small_photo(request: HttpRequest, token: str) -> HttpResponse:
    """The same picture at the size of a list, made on the way: a phone should not load 2 MB for six thumbnails."""
    stored = _visible(request, token)
    try:
        with stored.file.open("rb") as file:
            return _sealed(HttpResponse(pictures.small(file), content_type="image/jpeg"))
    except FileNotFoundError:
        raise Http404 from None


def _visible(request: HttpRequest, token: str) -> StoredPhoto:
    """A photo that this person may see, or 404: whoever may not is not told that there is one."""
    stored = Photo.objects.filter(token=token).first()
    if stored:
        if _is_published(stored) or _staff_may_see(request, stored) or _resident_may_see(request, stored):
            return stored
        raise Http404
    if request.user.is_authenticated and request.user.role == Role.OFFICE:
        held = DraftPhoto.objects.filter(token=token, draft__held__isnull=False).first()
        if held:
            return held
    drafts = Visitor(request, at=timezone.now()).draft_ids()
    own = DraftPhoto.objects.filter(token=token, draft_id__in=drafts).first() if drafts else None
    if own is None:
        raise Http404
    return own


def _is_published(stored: Photo) -> bool:
    return PublicVersion.objects.shown().filter(photos=stored).exists()


def _staff_may_see(request: HttpRequest, stored: Photo) -> bool:
    if not request.user.is_authenticated:
        return False
    return Complaint.objects.visible_to(request.user).filter(pk=stored.complaint_id).exists()


def _resident_may_see(request: HttpRequest, stored: Photo) -> bool:
    """Their own pictures with the end of their phone number, those of the result with the code alone."""
    followed = Visitor(request, at=timezone.now()).followed()
    if followed is None:
        return False
    if stored.kind == Photo.Kind.AFTER:
        return followed.case.pk == stored.complaint_id and followed.sees_result
    is_own = followed.reporter.complaint_id == stored.complaint_id
    return is_own and stored.kind == Photo.Kind.BEFORE and followed.sees_own_words


def _sealed(response: Response) -> Response:
    """Opened by itself it is a picture and nothing else, and no cache keeps it."""
    response["Content-Disposition"] = "inline; filename=photo.jpg"
    return sealed(response)
