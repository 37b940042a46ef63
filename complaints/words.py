"""Spans of time and lights of cases as staff read them."""

from datetime import datetime, timedelta
from typing import Protocol

from common.clock import CITY_TIME
from complaints.models.complaint import Light, Told
from complaints.workflow import State

# The light's name in the tag `light`.
LIGHT_CLASS = {
    Light.IN_TIME: "in_time",
    Light.SOON: "soon",
    Light.OVERDUE: "late",
    Light.PAUSED: "paused",
    Light.NONE: "",
}


def span(length: timedelta) -> str:
    """In its largest whole unit, never more than has passed: 2 天, 6 小时, 40 分钟."""
    minutes = int(length.total_seconds()) // 60
    if minutes >= 24 * 60:
        return f"{minutes // (24 * 60)} 天"
    return f"{minutes // 60} 小时" if minutes >= 60 else f"{max(1, minutes)} 分钟"


def moment(at: datetime, *, now: datetime) -> str:
    """11-24 10:20, as staff write it; with the year where it is not this one."""
    local = at.astimezone(CITY_TIME)
    is_this_year = local.year == now.astimezone(CITY_TIME).year
    return f"{local:%m-%d %H:%M}" if is_this_year else f"{local:%Y-%m-%d %H:%M}"


class Timed(Told, Protocol):
    """A case, or the row of one, whose clock is told."""

    @property
    def closed_in_time(self) -> bool | None: ...
    def light(self, *, at: datetime) -> Light: ...


def light_words(case: Timed, *, at: datetime) -> str:
    """剩 2 天, 超时 6 小时, 暂停至 12-02; for a closed case whether it was in time; empty where there is no clock."""
    if case.state == State.CLOSED:
        return "按期办结" if case.closed_in_time else "超时办结"
    if case.suspended_until:
        is_this_year = case.suspended_until.year == at.astimezone(CITY_TIME).year
        return f"暂停至 {case.suspended_until:{'%m-%d' if is_this_year else '%Y-%m-%d'}}"
    light = case.light(at=at)
    if light == Light.NONE or case.due_at is None:
        return ""
    if light == Light.OVERDUE:
        return f"超时 {span(at - case.due_at)}"
    return f"剩 {span(case.due_at - at)}"


def light_class(case: Timed, *, at: datetime) -> str:
    if case.state == State.CLOSED:
        return LIGHT_CLASS[Light.IN_TIME if case.closed_in_time else Light.OVERDUE]
    return LIGHT_CLASS[case.light(at=at)]
