"""The photos of a complaint that is not filed yet: sent one by one by the script, or together by the plain form."""

from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.access import public
from common import client
from common.errors import DomainError, TooMany
from complaints import actions, pictures
from complaints.models import Draft, DraftPhoto
from complaints.uploads import takes_photos
from complaints.views.visitor import Visitor


@public
@never_cache
@require_POST
@takes_photos
def add_photo(request: HttpRequest) -> HttpResponse:
    """One photo from the script: answered with its row of the list, or with a plain sentence saying why not."""
    now = timezone.now()
    draft = Visitor(request, at=now).draft()
    file = request.FILES.get("photo")
    if draft is None or not isinstance(file, UploadedFile):
        return _said("这一页放太久了。请从第一步重新填。", status=409)
    try:
        photo = _add(request, draft, file, now)
    except DomainError as error:
        # Caught here and not at the edge: the script shows the sentence beside the photo.
        return _said(error.message, status=429 if isinstance(error, TooMany) else 422)
    number = list(draft.photos.values_list("pk", flat=True)).index(photo.pk) + 1
    return render(
        request,
        "complaints/public/new_photos.html#row",
        {"photo": photo, "number": number, "begun": draft.pk},
        status=201,
    )


@public
@never_cache
@require_POST
def remove_photo(request: HttpRequest, token: str) -> HttpResponse:
    visitor = Visitor(request, at=timezone.now())
    draft = visitor.draft()
    if draft:
        visitor.keeps(draft)
    photo = draft.photos.filter(token=token).first() if draft else None
    # One that is gone already was removed by an earlier press of the same button.
    if photo:
        actions.remove_draft_photo(photo)
    return redirect("complaints:new_step", "photos")


def add_all(request: HttpRequest, draft: Draft, now: datetime) -> list[str]:
    """Keep what can be kept of the photos sent together; gives back a sentence for each of the others."""
    refusals = []
    for file in request.FILES.getlist("photos"):
        try:
            _add(request, draft, file, now)
        except DomainError as error:
            refusals.append(f"照片“{file.name}”：{error.message}")
    return refusals


def _add(request: HttpRequest, draft: Draft, file: "UploadedFile[Any]", now: datetime) -> DraftPhoto:
    actions.spend_on_photo(client=client.network(request), at=now)
    return actions.add_draft_photo(draft, photo=pictures.clean(file, file.size or 0), at=now)


def _said(sentence: str, *, status: int) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
