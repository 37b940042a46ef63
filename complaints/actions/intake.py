from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import CharField

from accounts.models import User
from common import crypto
from common.calendar import working_calendar
from common.clock import CITY_TIME, Clock
from common.composed import Composed
from common.rows import insert
from complaints.actions.photos import attach, store
from complaints.deadlines import StageLimit, stage_deadline
from complaints.models import Channel, Complaint, Draft, Event, Photo, ProblemGroup, Reporter
from complaints.pictures import CleanPhoto
from complaints.workflow import Move, State
from grids.locating import Place
from grids.models import Grid

ACCEPT_WITHIN_WORK_HOURS = 2
# Which wording of the privacy notice the person saw; it changes with templates/complaints/_notice.html.
NOTICE_VERSION = "2026-11-26"


@dataclass(frozen=True)
class Contact:
    """How to reach the person who filed. `phone`: 11 digits."""

    phone: str
    name: str = ""
    may_contact: bool = False
    notice_version: str = NOTICE_VERSION


@dataclass(frozen=True)
class Filed:
    """A case and the code its reporter follows it by. `is_new` is False if the same key had filed it before."""

    complaint: Complaint
    code: str
    is_new: bool


def file_new(
    *,
    text: str,
    group: ProblemGroup,
    channel: Channel,
    contact: Contact,
    key: str,
    at: datetime,
    place: str = "",
    point: tuple[float, float] | None = None,
    grid: Grid | None = None,
    photos: Sequence[CleanPhoto] = (),
    draft: Draft | None = None,
    is_confidential: bool = False,
    by: User | None = None,
) -> Filed:
    """Make a case of what somebody reports. `point` is (longitude, latitude), WGS-84, and wins over `grid`.

    `key` names the submission and must be new: the caller has made sure, or calls `file`.
    """
    near = False
    if point:
        located = Grid.locate(*point)
        grid, near = located.grid, located.place is Place.NEAR
    case = Complaint(
        channel=channel, group=group, text=text, place=place, grid=grid, is_near_grid=near, intake_key=key,
        longitude=point[0] if point else None, latitude=point[1] if point else None,
        is_confidential=is_confidential, filed_by=by, filed_at=at,
    )  # fmt: skip
    return _store(case, contact=contact, photos=photos, draft=draft, by=by, at=at)


def file(*, key: str, **answers: Any) -> Filed:
    """`file_new` once for each `key`: a second call gives back the first one's case and code and changes nothing."""
    earlier = filed_before(key)
    if earlier:
        return earlier
    try:
        with transaction.atomic():
            return file_new(key=key, **answers)
    except IntegrityError:
        # The same submission came in twice at once, and the other one won.
        won = filed_before(key)
        if won is None:
            raise
        return won


def answer_limit(filed_at: datetime) -> StageLimit:
    """By when somebody has to say whether the case is taken on."""
    return stage_deadline(filed_at, ACCEPT_WITHIN_WORK_HOURS, Clock.WORK_HOUR, working_calendar())


@transaction.atomic(savepoint=False)
def _store(
    case: Complaint,
    *,
    contact: Contact,
    photos: Sequence[CleanPhoto],
    draft: Draft | None,
    by: User | None,
    at: datetime,
) -> Filed:
    if draft:
        # Held until the end, so that no photo comes in between the reading of its photos and its deletion.
        Draft.objects.select_for_update().filter(pk=draft.pk).first()
    limit = answer_limit(at)
    case.stage_started_at, case.warn_at, case.due_at = at, limit.warn_at, limit.due_at
    case.number = _next_number(at)
    insert(case)
    event = insert(Event(complaint=case, version=0, move=Move.FILE, to_state=State.RECEIVED, actor=by, at=at))
    code = crypto.tracking_code(case.intake_key)
    add_reporter(case, contact, code=code, at=at)
    if photos:
        attach(store(photos, at=at), to=event, kind=Photo.Kind.BEFORE)
    if draft:
        attach(list(draft.photos.all()), to=event, kind=Photo.Kind.BEFORE)
        draft.delete()
    return Filed(case, code, is_new=True)


def add_reporter(case: Complaint, contact: Contact, *, code: str, at: datetime, is_follower: bool = False) -> Reporter:
    """Remember who filed a case, or follows it by this tracking code."""
    reporter = Reporter(
        complaint=case,
        is_follower=is_follower,
        code_digest=crypto.digest("code", code),
        phone_encrypted=crypto.encrypt(contact.phone) if contact.phone else "",
        phone_digest=crypto.digest("phone", contact.phone) if contact.phone else "",
        name_encrypted=crypto.encrypt(contact.name) if contact.name else "",
        may_contact=contact.may_contact,
        notice_version=contact.notice_version,
        created_at=at,
    )
    return insert(reporter)


def file_answers(
    answers: Mapping[str, Any], *, contact: Contact, is_confidential: bool, draft: Draft | None, key: str, at: datetime
) -> Filed:
    """File what somebody entered on the pages, step by step, under a new `key`; `draft` brings the photos."""
    point = None if answers["longitude"] is None else (answers["longitude"], answers["latitude"])
    code = "" if point else answers["grid"]
    return file_new(
        text=answers["text"],
        group=ProblemGroup(answers["group"]),
        channel=Channel.WEB,
        place=answers["place"],
        point=point,
        grid=Grid.objects.filter(code=code).first() if code else None,
        contact=contact,
        is_confidential=is_confidential,
        draft=draft,
        key=key,
        at=at,
    )


def filed_before(key: str) -> Filed | None:
    """What the submission with this key became, if it was filed."""
    for earlier in _of_key(key=key):
        return Filed(earlier, crypto.tracking_code(key), is_new=False)
    return None


# Asked before each case that is filed by the pages, the hotline or Open311.
_of_key = Composed(lambda key: Complaint.objects.filter(intake_key=key), key=CharField())


def _next_number(at: datetime) -> str:
    """Take the year's next case number; holds the series until the transaction ends, so that there is no gap."""
    year = at.astimezone(CITY_TIME).year
    with connection.cursor() as cursor:
        # By hand, since the ORM can add to a row or read it, but not both in one statement.
        cursor.execute(
            "INSERT INTO complaints_numberseries (year, last) VALUES (%s, 1)"
            " ON CONFLICT (year) DO UPDATE SET last = complaints_numberseries.last + 1 RETURNING last",
            [year],
        )
        [last] = cursor.fetchone()
    return f"{year}-{last:06}"


def web_key(draft_id: UUID) -> str:
    return f"web:{draft_id}"
