from collections.abc import Sequence
from datetime import datetime

from django.core.files.base import ContentFile

from complaints.models import Event, Photo
from complaints.models.photo import StoredPhoto
from complaints.pictures import CleanPhoto


def store(photos: Sequence[CleanPhoto], *, at: datetime) -> list[Photo]:
    """Write the files and give back unsaved rows that name them."""
    rows = [Photo(width=p.width, height=p.height, sha256=p.sha256, added_at=at) for p in photos]
    for row, photo in zip(rows, photos, strict=True):
        row.file.save("photo.jpg", ContentFile(photo.content), save=False)
    return rows


def attach(photos: "Sequence[StoredPhoto]", *, to: Event, kind: Photo.Kind) -> None:
    """File photos that lie on the disk already with a move of a case."""
    Photo.objects.bulk_create(
        Photo(
            complaint_id=to.complaint_id, event=to, kind=kind, token=p.token, file=p.file.name,
            width=p.width, height=p.height, sha256=p.sha256, added_at=p.added_at,
        )
        for p in photos
    )  # fmt: skip
