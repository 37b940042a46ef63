"""What organisers do to activities before they are held."""

import calendar
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import F

from accounts.models import User
from audit import log
from common.clock import CITY_TIME
from common.errors import DomainError, StaleRecord
from grids.models import Grid
from volunteers.actions.messages import tell
from volunteers.actions.signing_up import move_up
from volunteers.models import Activity, Campaign, SignUp, Team, Volunteer
from volunteers.models.activity import RISKY_TYPES
from volunteers.workflow import ActivityMove, ActivityState, destination

LONGEST = timedelta(hours=24)
MOST_DATES = 53


class StaleActivity(StaleRecord):
    def __init__(self) -> None:
        super().__init__("这个活动刚刚被别人改过，您这一次没有保存。您写的内容还在，请对照最新情况再保存。")


class Repeat(StrEnum):
    NEVER = ""
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True)
class Plan:
    """What an organiser writes down of an activity. `point` is (longitude, latitude), WGS-84."""

    team: Team
    type: str
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    about: str = ""
    grid: Grid | None = None
    point: tuple[float, float] | None = None
    bring: str = ""
    is_risky: bool = False
    risk_note: str = ""
    is_insured: bool = False
    campaign: str = Campaign.NONE

    @property
    def fields(self) -> dict[str, Any]:
        told = {name: value for name, value in vars(self).items() if name != "point"}
        longitude, latitude = self.point or (None, None)
        risky = self.is_risky or self.type in RISKY_TYPES
        return told | {"longitude": longitude, "latitude": latitude, "unit": self.team.unit, "is_risky": risky}


@transaction.atomic
def plan_activity(
    plan: Plan, *, by: User, at: datetime, repeat: Repeat = Repeat.NEVER, until: date | None = None
) -> list[Activity]:
    """Put an activity down as a draft, or one for each date on which it repeats, up to `until` (in it)."""
    _ensure_sound(plan)
    if plan.starts_at <= at:
        raise DomainError("开始时间已经过了。请写以后的时间。")
    starts = list(dates(plan.starts_at, repeat, until))
    length, series = plan.ends_at - plan.starts_at, uuid4() if len(starts) > 1 else None
    planned = [replace(plan, starts_at=start, ends_at=start + length) for start in starts]
    activities = Activity.objects.bulk_create(
        Activity(created_by=by, created_at=at, series=series, **one.fields) for one in planned
    )
    log.record("登记志愿活动", by=by, at=at, target=activities[0], dates=len(activities))
    return activities


def dates(start: datetime, repeat: Repeat, until: date | None) -> list[datetime]:
    """The starts of an activity that repeats; on the 31st of shorter months their last day. Raises DomainError."""
    local = start.astimezone(CITY_TIME)
    if repeat == Repeat.NEVER:
        return [local]
    if until is None or until < local.date():
        raise DomainError("重复到哪天还没写对：要写一个不早于第一次的日期。")
    found: list[datetime] = []
    while (following := _following(local, repeat, len(found))).date() <= until:
        found.append(following)
        if len(found) > MOST_DATES:
            raise DomainError(f"一次最多排 {MOST_DATES} 次。请把“重复到哪天”写近一些。")
    return found


def _following(first: datetime, repeat: Repeat, number: int) -> datetime:
    if repeat == Repeat.WEEKLY:
        return first + timedelta(weeks=number)
    index = first.year * 12 + first.month - 1 + number
    year, month = index // 12, index % 12 + 1
    return first.replace(year=year, month=month, day=min(first.day, calendar.monthrange(year, month)[1]))


@transaction.atomic
def change_activity(activity: Activity, *, plan: Plan, by: User, at: datetime) -> None:
    """Change what is planned, until it begins. Whoever signed up hears of another time or place."""
    _ensure_sound(plan)
    if activity.state not in {ActivityState.DRAFT, ActivityState.PUBLISHED} or activity.has_begun(at=at):
        raise DomainError("活动已经开始、结束或取消，不能再改。")
    if plan.starts_at <= at:
        raise DomainError("开始时间已经过了。请写以后的时间。")
    if plan.capacity < activity.taken:
        raise DomainError(f"已经有 {activity.taken} 人报上，名额不能少于这个数。")
    if activity.published_at:
        _ensure_safe(plan.fields)
    is_moved = (activity.starts_at, activity.ends_at, activity.place) != (plan.starts_at, plan.ends_at, plan.place)
    # Somebody may have taken a place since the page was read.
    roomy = Activity.objects.as_read(activity).filter(taken__lte=plan.capacity)
    if not roomy.update(version=F("version") + 1, **plan.fields):
        raise StaleActivity
    activity.refresh_from_db()
    log.record("修改志愿活动", by=by, at=at, target=activity)
    if activity.state == ActivityState.PUBLISHED:
        move_up(activity, at=at)
        if is_moved:
            _tell_all(activity, what="changed", said=f"时间地点有变：{_when_and_where(activity)}", at=at)


@transaction.atomic
def publish(activity: Activity, *, by: User, at: datetime) -> None:
    """Open it for everybody to join."""
    if activity.has_begun(at=at):
        raise DomainError("开始时间已经过了，不能发布。请先改时间。")
    _ensure_safe(vars(activity))
    move_activity(activity, ActivityMove.PUBLISH, by=by, at=at, published_at=at)


@transaction.atomic
def cancel(activity: Activity, *, reason: str, by: User, at: datetime) -> None:
    """Call it off, with the reason; everybody who signed up or waits is told."""
    if not reason.strip():
        raise DomainError("取消要写原因，报了名的人都会看到。")
    move_activity(activity, ActivityMove.CANCEL, by=by, at=at, ended_reason=reason.strip())
    _tell_all(activity, what="cancelled", said=f"活动取消了：{reason.strip()}", at=at)


def move_activity(activity: Activity, move: ActivityMove, *, by: User, at: datetime, **changes: Any) -> None:
    """Bring it from one state to the next in the caller's transaction, if nobody changed it since it was read."""
    state = destination(move, ActivityState(activity.state))
    if not Activity.objects.as_read(activity).update(state=state, version=F("version") + 1, **changes):
        raise StaleActivity
    activity.refresh_from_db()
    log.record(f"{move.label}志愿活动", by=by, at=at, target=activity)


def _tell_all(activity: Activity, *, what: str, said: str, at: datetime) -> None:
    people = Volunteer.objects.filter(pk__in=SignUp.objects.standing().filter(activity=activity).values("volunteer"))
    reason = f"activity-{what}:{activity.pk}:{activity.version}"
    tell(people, reason=reason, text=f"“{activity.title}”{said}", url=activity.get_absolute_url(), at=at)


def _when_and_where(activity: Activity) -> str:
    starts = activity.starts_at.astimezone(CITY_TIME)
    return f"{starts.month} 月 {starts.day} 日 {starts:%H:%M}，{activity.place}"


def _ensure_sound(plan: Plan) -> None:
    if plan.ends_at <= plan.starts_at:
        raise DomainError("结束时间要晚于开始时间。过半夜的，结束写第二天。")
    if plan.ends_at - plan.starts_at > LONGEST:
        raise DomainError("一次活动不超过 24 小时。几天的活动请一天登记一个。")


def _ensure_safe(fields: dict[str, Any]) -> None:
    if fields["is_risky"] and not (fields["risk_note"].strip() and fields["is_insured"]):
        raise DomainError("这类活动有一定危险：要写安全提醒，并为参加的人买好保险再勾选“已买保险”，才能发布。")
