"""Pledges (表态发言) and the ledger of publicity work (宣传台账): both kept by the office."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F

from accounts.models import Unit, User
from audit import log
from common.errors import StaleRecord
from complaints.pictures import CleanPhoto
from publicity.models import Pledge, Work, WorkPhoto

OVERTAKEN = "这一条刚刚被别人改过，您这一次没有保存。您写的内容还在，请对照最新情况再保存。"


@dataclass(frozen=True)
class PledgeDraft:
    unit: Unit
    speaker: str
    text: str
    pledged_on: date
    is_public: bool = False


@dataclass(frozen=True)
class WorkDraft:
    """`photo` is a new picture; without one the old one stays."""

    kind: Work.Kind
    title: str
    done_on: date
    place: str = ""
    unit: Unit | None = None
    amount: int = 1
    link: str = ""
    photo: CleanPhoto | None = None


@transaction.atomic
def write_pledge(draft: PledgeDraft, *, by: User, at: datetime) -> Pledge:
    written = Pledge.objects.create(written_by=by, **_said(draft))
    log.record("录入表态发言", by=by, at=at, target=written, is_public=draft.is_public)
    return written


@transaction.atomic
def rewrite_pledge(pledge: Pledge, draft: PledgeDraft, *, by: User, at: datetime) -> None:
    same = Pledge.objects.filter(pk=pledge.pk, version=pledge.version)
    if not same.update(version=F("version") + 1, **_said(draft)):
        raise StaleRecord(OVERTAKEN)
    log.record("修改表态发言", by=by, at=at, target=pledge, is_public=draft.is_public)


@transaction.atomic
def enter_work(draft: WorkDraft, *, by: User, at: datetime) -> Work:
    entered = Work.objects.create(written_by=by, **_said(draft))
    _keep_photo(entered, draft.photo, at)
    log.record("登记宣传台账", by=by, at=at, target=entered)
    return entered


@transaction.atomic
def rewrite_work(work: Work, draft: WorkDraft, *, by: User, at: datetime) -> None:
    if not Work.objects.filter(pk=work.pk, version=work.version).update(version=F("version") + 1, **_said(draft)):
        raise StaleRecord(OVERTAKEN)
    _keep_photo(work, draft.photo, at)
    log.record("修改宣传台账", by=by, at=at, target=work)


@transaction.atomic
def remove_work(work: Work, *, by: User, at: datetime) -> None:
    """Take a piece of work out of the ledger; the audit log says what it was."""
    log.record("删除宣传台账", by=by, at=at, target=work, done_on=str(work.done_on), amount=work.amount)
    _drop_photo(work)
    work.delete()


def _said(draft: PledgeDraft | WorkDraft) -> dict[str, Any]:
    return {one.name: getattr(draft, one.name) for one in fields(draft) if one.name != "photo"}


def _keep_photo(work: Work, photo: CleanPhoto | None, at: datetime) -> None:
    if photo is None:
        return
    _drop_photo(work)
    kept = WorkPhoto(work=work, width=photo.width, height=photo.height, sha256=photo.sha256, added_at=at)
    kept.file.save("photo.jpg", ContentFile(photo.content), save=False)
    kept.save()


def _drop_photo(work: Work) -> None:
    old = WorkPhoto.objects.filter(work=work).first()
    if old:
        file = old.file
        old.delete()
        transaction.on_commit(lambda: file.delete(save=False), robust=True)
