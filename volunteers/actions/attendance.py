"""Coming and going: by the organiser's code, by being there, or by the organiser's list."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from audit import log
from common.errors import DomainError
from volunteers.actions.signing_up import sign_up
from volunteers.models import Activity, SignUp, Volunteer
from volunteers.models.activity import CLOSES_AFTER, OPENS_BEFORE
from volunteers.workflow import ActivityState

NEAR_METRES = 300
# A time later than this after the end is a slip of the pen.
LATEST = timedelta(hours=6)


class TooFar(DomainError):
    code = "too_far"


def check_in_here(
    activity: Activity, *, volunteer: Volunteer, point: tuple[float, float], is_leaving: bool, at: datetime
) -> SignUp:
    """Come or go by being near: `point` (longitude, latitude) is looked at and kept nowhere."""
    metres = activity.metres_from(*point)
    if metres is None:
        raise DomainError("这个活动没有标位置，请扫组织者的码，或请组织者登记。")
    if metres > NEAR_METRES:
        raise TooFar(f"您离集合地点大约 {round(metres, -1):.0f} 米，太远了。走近一些再试，或扫组织者的码。")
    return attend(activity, volunteer=volunteer, how=SignUp.How.POSITION, is_leaving=is_leaving, at=at)


@transaction.atomic
def attend(activity: Activity, *, volunteer: Volunteer, how: SignUp.How, is_leaving: bool, at: datetime) -> SignUp:
    """Check in, or out. Who comes without having signed up takes a place now, if there is one."""
    if not activity.takes_attendance(at=at):
        raise DomainError("现在不能签到：活动开始前 30 分钟到结束后 2 小时之间才可以。")
    standing = SignUp.objects.standing().filter(activity=activity, volunteer=volunteer).first()
    mine = standing or sign_up(activity, volunteer=volunteer, at=at, accept_overlap=True)
    if mine.state != SignUp.State.GOING:
        raise DomainError("名额已满，您还在候补。到了现场请直接告诉组织者。")
    if is_leaving and mine.checked_in_at is None:
        raise DomainError("您还没有签到，先签到再签退。")
    (check_out if is_leaving else check_in)(mine, how=how, at=at)
    return mine


def check_in(mine: SignUp, *, how: SignUp.How, at: datetime) -> None:
    """Note that they are there; noted twice, the first stands."""
    free = SignUp.objects.going().filter(pk=mine.pk, checked_in_at=None)
    free.update(checked_in_at=at, checked_in_how=how)
    mine.refresh_from_db()


def check_out(mine: SignUp, *, how: SignUp.How, at: datetime) -> None:
    """Note that they go; the last counts, as long as hours are not confirmed."""
    there = SignUp.objects.came().filter(pk=mine.pk, checked_in_at__lte=at)
    there.update(checked_out_at=at, checked_out_how=how)
    mine.refresh_from_db()


def note_came(mine: SignUp, *, by: User, at: datetime) -> None:
    """The organiser's list: here."""
    ensure_noting(mine.activity, at=at)
    check_in(mine, how=SignUp.How.LIST, at=min(max(at, mine.activity.starts_at), mine.activity.ends_at))


def note_went(mine: SignUp, *, by: User, at: datetime) -> None:
    """The organiser's list: gone."""
    ensure_noting(mine.activity, at=at)
    check_out(mine, how=SignUp.How.LIST, at=min(at, mine.activity.ends_at + CLOSES_AFTER))


@transaction.atomic
def note_times(mine: SignUp, *, came_at: datetime | None, went_at: datetime | None, by: User, at: datetime) -> None:
    """Put right when somebody came and went, before hours are confirmed; came never means was not there."""
    ensure_noting(mine.activity, at=at)
    latest = mine.activity.ends_at + LATEST
    if went_at and (came_at is None or not came_at <= went_at <= latest):
        raise DomainError("签退要晚于签到。过半夜的，签退写第二天。")
    how = SignUp.How.LIST
    SignUp.objects.going().filter(pk=mine.pk).update(
        checked_in_at=came_at,
        checked_in_how=how if came_at else "",
        checked_out_at=went_at,
        checked_out_how=how if went_at else "",
    )
    mine.refresh_from_db()
    log.record("改签到时间", by=by, at=at, target=mine)


def ensure_noting(activity: Activity, *, at: datetime) -> None:
    """The organiser notes until hours are confirmed, however late."""
    if activity.state != ActivityState.PUBLISHED or at < activity.starts_at - OPENS_BEFORE:
        raise DomainError("现在不能登记签到：活动还没到时间，或者已经取消、已经确认时长。")
