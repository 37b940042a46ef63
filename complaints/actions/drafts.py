from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q

from common.errors import DomainError
from complaints.models import Draft, DraftPhoto
from complaints.pictures import CleanPhoto

MOST_PHOTOS = 6


@transaction.atomic
def keep_answers(draft: Draft | None, *, answers: dict[str, Any], at: datetime) -> Draft:
    """Add what one step asked to the draft, or begin one; gives back the draft as it is now."""
    current = _locked(draft) if draft else Draft(created_at=at)
    current.answers = current.answers | answers
    current.save()
    return current


@transaction.atomic
def add_draft_photo(draft: Draft, *, photo: CleanPhoto, at: datetime) -> DraftPhoto:
    """Keep a photo for a draft; the same picture sent again, after an answer that got lost, is kept once."""
    # Locked, or six photos sent at once would all count to five.
    _locked(draft)
    same = draft.photos.filter(sha256=photo.sha256).first()
    if same:
        return same
    if draft.photos.count() >= MOST_PHOTOS:
        raise DomainError(f"最多传 {MOST_PHOTOS} 张照片。要换的话，先移除一张。")
    row = DraftPhoto(draft=draft, width=photo.width, height=photo.height, sha256=photo.sha256, added_at=at)
    row.file.save("photo.jpg", ContentFile(photo.content), save=False)
    row.save(force_insert=True)
    return row


def _locked(draft: Draft) -> Draft:
    current = Draft.objects.select_for_update().filter(pk=draft.pk).first()
    if current is None:
        raise DomainError("这份反映已经提交了，不能再改。要补充，请再反映一件。")
    return current


@transaction.atomic
def remove_draft_photo(photo: DraftPhoto) -> None:
    _delete_file_after_commit(str(photo.file.name))
    photo.delete()


@transaction.atomic
def forget_abandoned_drafts(*, at: datetime) -> int:
    """Delete the drafts, with their photos, that nobody filed within Draft.KEPT_FOR; returns how many."""
    # One that waits for a person's look was handed in: only what was done with it counts.
    is_nobodys = Q(held=None) | Q(held__erased_at__isnull=False)
    abandoned = Draft.objects.filter(is_nobodys, created_at__lt=at - Draft.KEPT_FOR)
    for name in DraftPhoto.objects.filter(draft__in=abandoned).values_list("file", flat=True):
        _delete_file_after_commit(name)
    gone = Draft.objects.filter(pk__in=list(abandoned.values_list("pk", flat=True)))
    count = gone.count()
    gone.delete()
    return count


def _delete_file_after_commit(name: str) -> None:
    transaction.on_commit(lambda: default_storage.delete(name), robust=True)
