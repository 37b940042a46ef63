"""Hours: counted from coming and going, confirmed by the organiser, corrected in sight."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from accounts.models import User
from audit import log
from common.clock import CITY_TIME
from common.errors import DomainError, StaleRecord
from common.months import Month
from volunteers.actions.certificates import revoke_outdated
from volunteers.actions.messages import tell
from volunteers.actions.planning import move_activity
from volunteers.models import Activity, HoursCorrection, ServiceRecord, SignUp
from volunteers.models.service import as_hours
from volunteers.workflow import ActivityMove

MOST_MINUTES = 24 * 60


class StaleRecordOfHours(StaleRecord):
    def __init__(self) -> None:
        super().__init__("这条时长刚刚被别人更正过，您这一次没有保存。请对照最新的时长再改。")


def counted_span(sign_up: SignUp, activity: Activity) -> tuple[datetime, datetime]:
    """From when to when somebody served: not before the start, and to the planned end where nobody noted them going.

    Somebody who was not there served from the start to the start.
    """
    if sign_up.checked_in_at is None:
        return activity.starts_at, activity.starts_at
    began = max(sign_up.checked_in_at, activity.starts_at)
    return began, max(sign_up.checked_out_at or activity.ends_at, began)


def whole_minutes(began: datetime, ended: datetime) -> int:
    return (ended - began) // timedelta(minutes=1)


@transaction.atomic
def confirm_hours(activity: Activity, *, by: User, at: datetime) -> list[ServiceRecord]:
    """Turn coming and going into service records, once, after the end; each who came is told.

    Who had a place and did not come has a record of no minutes, to be corrected like any other.
    """
    if at < activity.ends_at:
        raise DomainError("活动还没有结束，结束以后再确认时长。")
    move_activity(activity, ActivityMove.CONFIRM, by=by, at=at)
    going = list(activity.sign_ups.going().select_related("volunteer"))
    records = ServiceRecord.objects.bulk_create(_record(one, activity, by, at) for one in going)
    for record in records:
        if record.minutes:
            _tell(record, f"“{activity.title}”的服务时长已确认：{record.hours} 小时。", at=at)
    return records


def _record(sign_up: SignUp, activity: Activity, by: User, at: datetime) -> ServiceRecord:
    began, ended = counted_span(sign_up, activity)
    served_on = activity.starts_at.astimezone(CITY_TIME).date()
    month = Month.of(served_on)
    return ServiceRecord(
        volunteer=sign_up.volunteer, activity=activity, team_id=activity.team_id, unit_id=activity.unit_id,
        type=activity.type, started_at=began, ended_at=ended, served_on=served_on, year=month.year,
        month=month.month, minutes=min(whole_minutes(began, ended), MOST_MINUTES), confirmed_by=by, confirmed_at=at,
    )  # fmt: skip


@transaction.atomic
def correct_hours(record: ServiceRecord, *, minutes: int, reason: str, by: User, at: datetime) -> None:
    """Replace the minutes of a record; what they were stays on record. Certificates that count it end."""
    if not 0 <= minutes <= MOST_MINUTES:
        raise DomainError("时长要在 0 到 24 小时之间。")
    if not reason.strip():
        raise DomainError("更正要写原因，本人会看到。")
    if minutes == record.minutes:
        raise DomainError(f"和原来一样，都是 {record.hours} 小时，没有更正。")
    before = record.minutes
    as_read = ServiceRecord.objects.filter(pk=record.pk, version=record.version)
    if not as_read.update(minutes=minutes, version=F("version") + 1):
        raise StaleRecordOfHours
    record.refresh_from_db()
    HoursCorrection.objects.create(
        record=record, version=record.version, from_minutes=before, to_minutes=minutes,
        reason=reason.strip(), by=by, at=at,
    )  # fmt: skip
    log.record("更正服务时长", by=by, at=at, target=record, before=before, after=minutes)
    said = f"“{record.activity.title}”的服务时长更正为 {as_hours(minutes)} 小时：{reason.strip()}"
    _tell(record, said, at=at)
    revoke_outdated(record, at=at)


def _tell(record: ServiceRecord, said: str, *, at: datetime) -> None:
    reason = f"hours:{record.activity_id}:{record.volunteer_id}:{record.version}"
    tell([record.volunteer], reason=reason, text=said, url=record.activity.get_absolute_url(), at=at)
