"""The draft of an inspection: kept on the server from the first words on, with gaps, for its author alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from accounts.models import Unit, User
from common.errors import DomainError
from complaints.pictures import CleanPhoto
from grids.models import Grid
from supervision.models import Finding, FindingPhoto, Inspection

MOST_PHOTOS = 6


class AlreadySubmitted(DomainError):
    code = "already_submitted"

    def __init__(self) -> None:
        super().__init__("这次指导推进已经提交，草稿不能再改。有错的，在它的页面上写更正。")


@dataclass(frozen=True)
class Facts:
    """When, where and what was looked at. `point` is (longitude, latitude), WGS-84, and wins over `grid`."""

    on: date
    grid: Grid | None = None
    unit: Unit | None = None
    place: str = ""
    looked_at: str = ""
    point: tuple[float, float] | None = None

    @property
    def columns(self) -> dict[str, Any]:
        located = Grid.locate(*self.point).grid if self.point else None
        longitude, latitude = self.point or (None, None)
        return {
            "on": self.on,
            "grid": located or self.grid,
            "unit": self.unit,
            "place": self.place,
            "looked_at": self.looked_at,
            "longitude": longitude,
            "latitude": latitude,
        }


@transaction.atomic
def keep_draft(facts: Facts, *, key: str, by: User, at: datetime) -> Inspection:
    """Keep what was filled in so far; the first call with a key begins the draft."""
    columns = facts.columns | {"saved_at": at}
    kept, is_new = Inspection.objects.get_or_create(key=f"{by.pk}:{key}", defaults=columns | {"by": by})
    if not is_new and not Inspection.objects.filter(pk=kept.pk, submitted_at=None).update(**columns):
        raise AlreadySubmitted
    kept.refresh_from_db()
    return kept


@transaction.atomic
def begin_finding(draft: Inspection, *, at: datetime) -> Finding:
    """An empty finding to be filled in. One that is still empty is given again: a second press makes no second one."""
    _lock(draft)
    empty = draft.findings.filter(text="", outcome="", photos=None).first()
    return empty or Finding.objects.create(inspection=draft, added_at=at)


@transaction.atomic
def keep_finding(finding: Finding, *, at: datetime, **said: Any) -> None:
    """Keep what was filled in of a draft's finding: text, outcome, group, place, task, as far as they are given."""
    _lock(finding.inspection)
    Finding.objects.filter(pk=finding.pk).update(**said)
    Inspection.objects.filter(pk=finding.inspection_id).update(saved_at=at)
    finding.refresh_from_db()


@transaction.atomic
def add_photo(finding: Finding, *, photo: CleanPhoto, at: datetime) -> FindingPhoto:
    """Keep a photo of a draft's finding; the same picture sent again is kept once."""
    _lock(finding.inspection)
    same = finding.photos.filter(sha256=photo.sha256).first()
    if same:
        return same
    if finding.photos.count() >= MOST_PHOTOS:
        raise DomainError(f"一个问题最多 {MOST_PHOTOS} 张照片。要换的话，先删掉一张。")
    row = FindingPhoto(finding=finding, width=photo.width, height=photo.height, sha256=photo.sha256, added_at=at)
    row.file.save("photo.jpg", ContentFile(photo.content), save=False)
    row.save(force_insert=True)
    return row


@transaction.atomic
def remove_photo(photo: FindingPhoto) -> None:
    _lock(photo.finding.inspection)
    _forget([photo])


@transaction.atomic
def drop_finding(finding: Finding) -> None:
    """Take a finding out of a draft: it was never submitted."""
    _lock(finding.inspection)
    _forget(finding.photos.all())
    finding.delete()


@transaction.atomic
def discard(draft: Inspection) -> None:
    """Throw a draft away, findings and photos with it: it was never submitted."""
    _lock(draft)
    _forget(FindingPhoto.objects.filter(finding__inspection=draft))
    draft.findings.all().delete()
    draft.delete()


def _lock(draft: Inspection) -> None:
    """Held until the end, so that nothing comes in beside a submission or a seventh photo beside the sixth."""
    if Inspection.objects.select_for_update().filter(pk=draft.pk, submitted_at=None).first() is None:
        raise AlreadySubmitted


def _forget(photos: Iterable[FindingPhoto]) -> None:
    for photo in photos:
        photo.delete()
        transaction.on_commit(partial(default_storage.delete, str(photo.file.name)), robust=True)
