from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.core.files.base import ContentFile
from django.db import transaction

from accounts.models import User
from common.errors import DomainError
from complaints import actions as cases
from complaints.models import Channel, Complaint, ProblemGroup
from complaints.pictures import CleanPhoto
from volunteers.actions.keys import ensure_same, fingerprint
from volunteers.models import Finding, FindingPhoto, PatrolLog

MOST_PHOTOS = 6


class Choice(StrEnum):
    """What a patroller decided about a case that may be the same thing."""

    ASK = "ask"
    SAME = "same"
    NEW = "new"


class AlreadyReported(DomainError):
    """An open case of the same group lies within 50 m and a day; `complaint` is the closest of them."""

    code = "already_reported"

    def __init__(self, complaint: Complaint, metres: float) -> None:
        super().__init__("同一处已经有人报过。请选：并到那一件，或者仍作新的。")
        self.complaint = complaint
        self.metres = max(1, round(metres))


@dataclass(frozen=True)
class _Told:
    """A finding as it was sent, before it is settled, joined or filed."""

    finding: Finding
    photos: Sequence[CleanPhoto]


def add_finding(
    log: PatrolLog,
    *,
    group: ProblemGroup,
    text: str,
    key: str,
    by: User,
    at: datetime,
    found_at: datetime | None = None,
    place: str = "",
    point: tuple[float, float] | None = None,
    is_settled: bool = False,
    photos: Sequence[CleanPhoto] = (),
    choice: Choice = Choice.ASK,
) -> Finding:
    """Add to a patrol what it found: settled on the spot, or a case of the channel `patrol`.

    `point` is (longitude, latitude), WGS-84; without one the case is in the patrol's grid. A second call with the
    same key gives back the first one's finding. Raises AlreadyReported unless `choice` says what to do about that.
    """
    own_key = f"{by.pk}:{key}"
    content = fingerprint(
        log=log.pk,
        group=group,
        text=text,
        place=place,
        point=point,
        settled=is_settled,
        photos=[p.sha256 for p in photos],
    )
    earlier = Finding.objects.filter(key=own_key).first()
    if earlier:
        ensure_same(earlier.fingerprint, content)
        return earlier
    if len(photos) > MOST_PHOTOS:
        raise DomainError(f"一个问题最多 {MOST_PHOTOS} 张照片。请去掉几张，再提交一次。")
    finding = Finding(
        log=log, group=group, text=text, place=place, longitude=point[0] if point else None,
        latitude=point[1] if point else None, found_at=min(found_at or at, at), by=by, is_settled=is_settled,
        received_at=at, key=own_key, fingerprint=content,
    )  # fmt: skip
    return _store(_Told(finding, photos), choice=choice, at=at)


@transaction.atomic
def _store(told: _Told, *, choice: Choice, at: datetime) -> Finding:
    finding = told.finding
    PatrolLog.objects.filter(pk=finding.log_id).update(result=PatrolLog.Result.FINDINGS)
    # That held the patrol until the end: the same finding sent twice at once is seen here by the slower one, which
    # would take the case of the faster one for somebody else's.
    twin = Finding.objects.filter(key=finding.key).first()
    if twin:
        ensure_same(twin.fingerprint, finding.fingerprint)
        return twin
    if not finding.is_settled:
        known = None if choice == Choice.NEW else _closest_case(finding, at=at)
        if known and choice == Choice.ASK:
            raise AlreadyReported(*known)
        finding.complaint, finding.is_same = (known[0], True) if known else (_file(told, at=at), False)
    finding.save(force_insert=True)
    if finding.is_settled or finding.is_same:
        _keep_photos(told, at=at)
    return finding


def _closest_case(finding: Finding, *, at: datetime) -> tuple[Complaint, float] | None:
    """The open case nearest to the finding that may be the same thing, and its distance in metres."""
    here = Complaint(
        group=finding.group, longitude=finding.longitude, latitude=finding.latitude, filed_at=finding.found_at
    )
    around = Complaint.objects.open().filter(is_confidential=False).select_related("unit").duplicates_of(here)
    return next(((case, metres) for metres, case in around), None)


def _file(told: _Told, *, at: datetime) -> Complaint:
    finding = told.finding
    point = None if finding.longitude is None or finding.latitude is None else (finding.longitude, finding.latitude)
    filed = cases.file(
        text=finding.text,
        group=ProblemGroup(finding.group),
        channel=Channel.PATROL,
        contact=cases.Contact(phone=""),
        key=f"patrol:{finding.key}",
        place=finding.place,
        point=point,
        grid=finding.log.grid,
        photos=told.photos,
        by=finding.by,
        at=at,
    )
    return filed.complaint


def _keep_photos(told: _Told, *, at: datetime) -> None:
    for photo in told.photos:
        row = FindingPhoto(
            finding=told.finding, width=photo.width, height=photo.height, sha256=photo.sha256, added_at=at
        )
        row.file.save("photo.jpg", ContentFile(photo.content), save=False)
        row.save(force_insert=True)
