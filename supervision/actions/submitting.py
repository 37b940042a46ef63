"""An inspection is submitted: each of its findings becomes what it was marked for, all together or not at all."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.urls import reverse

from accounts.models import Role, User
from audit import log
from common.clock import CITY_TIME
from common.errors import DomainError
from complaints import actions as cases
from complaints.models import Channel, ProblemGroup
from complaints.pictures import CleanPhoto
from notifications.outbox import notify
from progress.evidence import CleanEvidence
from progress.models.report import KeptFile
from supervision.actions.referrals import Told, refer
from supervision.models import Finding, FindingPhoto, Inspection, Matter, Outcome, Source

OLDEST = timedelta(days=60)


@transaction.atomic
def submit(draft: Inspection, *, by: User, at: datetime) -> Inspection:
    """Submit a draft; a second call changes nothing. Raises DomainError where something is still missing."""
    # Locked, so that the slower of two finds it done; read anew, so that what is looked at is what is submitted.
    locked = Inspection.objects.select_for_update().get(pk=draft.pk)
    if not locked.is_draft:
        return locked
    draft = locked
    findings = list(draft.findings.select_related("task__unit", "unit").prefetch_related("photos"))
    _ensure_whole(draft, findings, at=at)
    mine = Inspection.objects.filter(pk=draft.pk, submitted_at=None)
    if not mine.update(submitted_at=at, version=F("version") + 1):
        raise AssertionError("nobody submits a draft that is locked")
    draft.refresh_from_db()
    for finding in findings:
        _SETTLE[Outcome(finding.outcome)](finding, draft, at)
    log.record("记录指导推进", by=by, at=at, target=draft)
    return draft


def _ensure_whole(draft: Inspection, findings: list[Finding], *, at: datetime) -> None:
    today = at.astimezone(CITY_TIME).date()
    if not draft.where:
        raise DomainError("在哪里还没写：选网格、选单位，或者写地点，有一样就行。")
    if not draft.looked_at.strip():
        raise DomainError("看了什么还没写。")
    if draft.on > today:
        raise DomainError("日期不能晚于今天。")
    if draft.on < today - OLDEST:
        raise DomainError(f"日期超过 {OLDEST.days} 天，不能再补记。")
    for number, finding in enumerate(findings, start=1):
        if finding.missing:
            raise DomainError(f"第 {number} 个问题：{finding.missing}")


def _file_case(finding: Finding, inspection: Inspection, at: datetime) -> None:
    filed = cases.file(
        text=finding.text,
        group=ProblemGroup(finding.group),
        channel=Channel.INSPECTION,
        contact=cases.Contact(phone=""),
        key=f"inspection:{finding.pk}",
        place=finding.place or inspection.place,
        point=inspection.point,
        grid=inspection.grid,
        photos=[_copied(photo) for photo in finding.photos.all()],
        by=inspection.by,
        at=at,
    )
    finding.complaint = filed.complaint
    finding.save(update_fields=["complaint"])


def _copied(photo: FindingPhoto) -> CleanPhoto:
    with photo.file.open("rb") as file:
        return CleanPhoto(file.read(), photo.width, photo.height, photo.sha256)


def _tell_unit(finding: Finding, inspection: Inspection, at: datetime) -> None:
    task = finding.task
    if task is None:
        raise AssertionError("a whole remark names its task")
    liaisons = User.objects.filter(role=Role.LIAISON, unit=task.unit_id, is_active=True)
    notify(
        liaisons,
        reason=f"inspection-remark:{finding.pk}",
        title=f"指导推进提示：{task.content}",
        body=finding.text,
        url=reverse("progress:history", args=[task.pk]),
        at=at,
    )


def _refer(finding: Finding, inspection: Inspection, at: datetime) -> None:
    unit = finding.unit
    if unit is None:
        raise AssertionError("a whole referral names its unit")
    photos = [_copied(photo) for photo in finding.photos.all()]
    evidence = [
        CleanEvidence(KeptFile.Kind.PHOTO, f"照片{number}.jpg", photo.content)
        for number, photo in enumerate(photos, start=1)
    ]
    told = Told(unit, Matter(finding.matter), finding.text, evidence)
    refer(told, source=Source.INSPECTION, finding=finding, by=inspection.by, at=at)


_SETTLE: dict[Outcome, Callable[[Finding, Inspection, datetime], None]] = {
    Outcome.CASE: _file_case,
    Outcome.REMARK: _tell_unit,
    Outcome.REFERRAL: _refer,
}
