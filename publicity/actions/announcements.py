"""What the creation office does to announcements (创城动态)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F

from accounts.models import User
from audit import log
from common.clock import CITY_TIME
from common.errors import DomainError, StaleRecord
from complaints.pictures import CleanPhoto
from publicity.models import Announcement, Picture, Section, State


class StaleAnnouncement(StaleRecord):
    def __init__(self) -> None:
        super().__init__("这一篇刚刚被别人改过，您这一次没有保存。您写的内容还在，请对照最新情况再保存。")


@dataclass(frozen=True)
class Draft:
    """What an announcement says. `photo` is a new picture; without one the old one stays, unless it is dropped."""

    section: Section
    title: str
    dated_on: date
    text: str
    photo: CleanPhoto | None = None
    photo_words: str = ""
    drops_photo: bool = False


@transaction.atomic
def write(draft: Draft, *, by: User, at: datetime) -> Announcement:
    """Keep a new announcement as a draft, which only the office sees."""
    announcement = Announcement.objects.create(**_fields(draft), written_by=by)
    _picture(announcement, draft, at)
    log.record("起草创城动态", by=by, at=at, target=announcement)
    return announcement


@transaction.atomic
def rewrite(announcement: Announcement, draft: Draft, *, by: User, at: datetime) -> None:
    """Change what it says; of a published one the public page changes at once."""
    if announcement.is_published:
        _ensure_not_ahead(draft.dated_on, at)
    _change(announcement, **_fields(draft))
    _picture(announcement, draft, at)
    log.record("修改创城动态", by=by, at=at, target=announcement, state=announcement.state)


@transaction.atomic
def publish(announcement: Announcement, *, by: User, at: datetime) -> None:
    """Show it to everybody; one that was withdrawn comes back."""
    if announcement.is_published:
        raise DomainError("这一篇已经发布。")
    _ensure_not_ahead(announcement.dated_on, at)
    _change(announcement, state=State.PUBLISHED, published_at=at)
    log.record("发布创城动态", by=by, at=at, target=announcement)


@transaction.atomic
def withdraw(announcement: Announcement, *, by: User, at: datetime) -> None:
    """Take it back from the public; it stays with the office."""
    if not announcement.is_published:
        raise DomainError("这一篇没有发布，不用撤下。")
    _change(announcement, state=State.WITHDRAWN)
    log.record("撤下创城动态", by=by, at=at, target=announcement)


def _ensure_not_ahead(day: date, at: datetime) -> None:
    if day > at.astimezone(CITY_TIME).date():
        raise DomainError("日期还没到，不能发布。到那一天再发布，或把日期改成今天。")


def _fields(draft: Draft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in ("section", "title", "dated_on", "text")}


def _change(announcement: Announcement, **changes: Any) -> None:
    if not Announcement.objects.as_read(announcement).update(version=F("version") + 1, **changes):
        raise StaleAnnouncement
    announcement.refresh_from_db()


def _picture(announcement: Announcement, draft: Draft, at: datetime) -> None:
    old = announcement.photo
    if old and (draft.photo or draft.drops_photo):
        file = old.file
        old.delete()
        transaction.on_commit(lambda: file.delete(save=False), robust=True)
    elif old:
        Picture.objects.filter(pk=old.pk).update(words=draft.photo_words)
    if draft.photo:
        photo = draft.photo
        picture = Picture(
            announcement=announcement, words=draft.photo_words, width=photo.width, height=photo.height,
            sha256=photo.sha256, added_at=at,
        )  # fmt: skip
        picture.file.save("photo.jpg", ContentFile(photo.content), save=False)
        picture.save()
    announcement.refresh_from_db()
