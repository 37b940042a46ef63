"""What a volunteer reads of themselves: hours, stars, points, and everything that is kept of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Sum

from common.clock import CITY_TIME
from volunteers.models import PointRule, ServiceRecord, SignUp, StarLevel, Volunteer
from volunteers.models.service import as_hours


@dataclass(frozen=True)
class Standing:
    """Minutes together, the stars they make, what is missing to the next, and points."""

    minutes: int
    times: int
    points: int
    level: StarLevel | None
    following: StarLevel | None

    @property
    def hours(self) -> str:
        return as_hours(self.minutes)

    @property
    def stars(self) -> int:
        return self.level.stars if self.level else 0

    @property
    def star_marks(self) -> range:
        """One for each star, for a template to walk."""
        return range(self.stars)

    @property
    def hours_missing(self) -> str:
        return as_hours(self.following.hours * 60 - self.minutes) if self.following else ""

    @property
    def percent(self) -> int:
        """Of the way to the next star level, from nothing."""
        return min(self.minutes * 100 // (self.following.hours * 60), 100) if self.following else 100


def standing(volunteer: Volunteer) -> Standing:
    records = ServiceRecord.objects.filter(volunteer=volunteer, minutes__gt=0)
    by_type = dict(records.order_by().values("type").annotate(sum=Sum("minutes")).values_list("type", "sum"))
    minutes = sum(by_type.values())
    levels = list(StarLevel.objects.all())
    reached = [level for level in levels if level.hours * 60 <= minutes]
    ahead = [level for level in levels if level.hours * 60 > minutes]
    per_hour = dict(PointRule.objects.values_list("type", "per_hour"))
    points = sum(count * per_hour.get(type_, 0) for type_, count in by_type.items()) // 60
    return Standing(minutes, records.count(), points, reached[-1] if reached else None, ahead[0] if ahead else None)


def own_data(volunteer: Volunteer) -> dict[str, Any]:
    """Everything the portal keeps of a volunteer, as plain values: what they may take with them."""
    records = ServiceRecord.objects.filter(volunteer=volunteer, minutes__gt=0).select_related("activity", "team")
    return {
        "姓名": volunteer.name,
        "手机号": volunteer.phone,
        "出生年份": volunteer.born_year,
        "特长": volunteer.skills,
        "在公开名单上": volunteer.is_listed,
        "告知版本": volunteer.consent_version,
        "登记时间": _moment(volunteer.registered_at),
        "队伍": [
            {"队伍": one.team.name, "状态": one.get_state_display(), "申请时间": _moment(one.asked_at)}
            for one in volunteer.memberships.select_related("team")
        ],
        "报名": [_sign_up(one) for one in volunteer.sign_ups.select_related("activity").order_by("signed_up_at")],
        "服务记录": [_record(one) for one in records.order_by("started_at", "pk")],
        "合计分钟": records.minutes(),
        "合计小时": as_hours(records.minutes()),
        "证明": [
            {"编号": one.number, "小时": one.hours, "出具时间": _moment(one.issued_at), "作废原因": one.revoke_reason}
            for one in volunteer.certificates.all()
        ],
        "消息": [{"时间": _moment(one.created_at), "内容": one.text} for one in volunteer.messages.all()],
    }


def _sign_up(one: SignUp) -> dict[str, Any]:
    return {
        "活动": one.activity.title,
        "开始": _moment(one.activity.starts_at),
        "状态": one.get_state_display(),
        "签到": _moment(one.checked_in_at),
        "签退": _moment(one.checked_out_at),
    }


def _record(one: ServiceRecord) -> dict[str, Any]:
    return {
        "日期": f"{one.served_on}",
        "活动": one.activity.title,
        "类型": one.get_type_display(),
        "队伍": one.team.name,
        "分钟": one.minutes,
        "小时": one.hours,
    }


def _moment(at: datetime | None) -> str:
    return at.astimezone(CITY_TIME).isoformat(timespec="seconds") if at else ""
