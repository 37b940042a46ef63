"""A case as its resident is told it: where it stands in plain words, the steps so far and the steps to come."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from common.clock import CITY_TIME, Clock, WorkingCalendar
from complaints.deadlines import StageLimit, share_used
from complaints.models import Complaint, Event
from complaints.models.complaint import Light
from complaints.workflow import Move, State

# The words written with these are for the resident, as is the reason of a rejection, which stands above the steps;
# others speak of staff or of other units.
_TOLD_NOTES = {Move.SIGN, Move.SUBMIT, Move.GRANT_EXTENSION, Move.GRANT_SUSPENSION}
_SUSPENDED = "suspended"
_BADGES = {
    State.RECEIVED: "等待受理",
    State.ACCEPTED: "已受理",
    State.DISPATCHED: "已派单",
    State.HANDLING: "处理中",
    State.HANDLED: "办完待核查",
    State.CLOSED: "已办结",
    State.REJECTED: "不予受理",
    State.MERGED: "合并办理",
    State.WITHDRAWN: "已撤回",
    _SUSPENDED: "暂停办理",
}
_HEADINGS = {
    State.RECEIVED: "收到了，等待受理",
    State.ACCEPTED: "已经受理，正在派单",
    State.DISPATCHED: "已派给{unit}",
    State.HANDLING: "{unit}正在处理",
    State.HANDLED: "{unit}办完了，等待核查",
    State.CLOSED: "办完了，请您看看",
    State.REJECTED: "这件没有受理",
    State.MERGED: "和同一件事合并办理",
    State.WITHDRAWN: "这件已经撤回",
}
_DEADLINES = {
    State.RECEIVED: "前告诉您收不收。",
    State.ACCEPTED: "前派给负责的单位。",
    State.DISPATCHED: "前办完。",
    State.HANDLING: "前办完。",
}
_TITLES = {
    Move.FILE: "收到您的反映",
    Move.ACCEPT: "已受理",
    Move.REJECT: "没有受理",
    Move.DISPATCH: "派给{unit}",
    Move.SIGN: "{unit}已签收，正在处理",
    Move.RETURN: "{unit}退回，重新派单",
    Move.SUBMIT: "{unit}办完，等待核查",
    Move.PASS: "现场核查通过",
    Move.REWORK: "核查没有通过，{unit}再办",
    Move.RATE: "您作了评价",
    Move.REOPEN: "您说没有解决，{unit}再办一次",
    Move.MERGE: "和同一件事合并办理",
    Move.REDISPATCH: "改派给{unit}",
    Move.GRANT_EXTENSION: "延长了办理期限",
    Move.GRANT_SUSPENSION: "暂停办理",
    Move.RESUME: "恢复办理",
    Move.URGE: "您催了一次",
    Move.WITHDRAW: "您撤回了这件",
}
# Where the reader follows what somebody else filed.
_FOLLOWER_TITLES = {
    Move.FILE: "收到反映",
    Move.RATE: "反映人作了评价",
    Move.REOPEN: "反映人说没有解决，{unit}再办一次",
    Move.URGE: "反映人催了一次",
    Move.WITHDRAW: "反映人撤回了这件",
}
_DOTS = {
    Move.REJECT: "stop",
    Move.WITHDRAW: "stop",
    Move.RETURN: "back",
    Move.REWORK: "back",
    Move.REOPEN: "back",
    Move.REDISPATCH: "back",
}
_OVER = {State.CLOSED, State.REJECTED, State.WITHDRAWN}
# Every step of the usual way, and how many of them each state has behind it.
_WAY = ("已受理", "派给负责的单位", "单位处理", "办完，现场核查", "请您评价")
_WALKED = {State.RECEIVED: 0, State.ACCEPTED: 1, State.DISPATCHED: 2, State.HANDLING: 3, State.HANDLED: 3}
_SHORT_WAY = ("收到", "已受理", "正在处理", "核查", "请您评价")
_SHORT_NOW = {
    State.RECEIVED: 0,
    State.ACCEPTED: 1,
    State.DISPATCHED: 2,
    State.HANDLING: 2,
    State.HANDLED: 3,
    State.CLOSED: 4,
}
_LIGHTS = {Light.IN_TIME: "in_time", Light.SOON: "soon", Light.OVERDUE: "late"}


@dataclass(frozen=True)
class Step:
    """One line of components/timeline.html; `dot` is done, now, back, stop or next."""

    title: str
    dot: str
    time: str = ""
    quote: str = ""
    text: str = ""


@dataclass(frozen=True)
class TimeUsed:
    """The bar under a deadline: whole percent up to 100, its light, and both in words."""

    percent: int
    light: str
    words: str


@dataclass(frozen=True)
class Story:
    """`until` is the deadline in words (11 月 24 日 10:20), `until_day` the day alone; both empty without one."""

    state: str
    badge: str
    heading: str
    until: str
    until_day: str
    until_what: str
    time_used: TimeUsed | None
    steps: list[Step]
    short_steps: list[Step]
    reason: str


def tell(
    case: Complaint, events: Sequence[Event], *, at: datetime, calendar: WorkingCalendar, is_follower: bool = False
) -> Story:
    """The story of a case; `events` are all of its events, oldest first, with their units."""
    state = State(case.state)
    has_deadline = state in _DEADLINES and case.due_at is not None
    return Story(
        state=_SUSPENDED if case.is_suspended else case.state,
        badge=badge(case),
        heading=_heading(case, is_follower=is_follower),
        until=moment(case.due_at, now=at) if case.due_at and has_deadline else "",
        until_day=day(case.due_at, now=at) if case.due_at and has_deadline else "",
        until_what=_DEADLINES.get(state, ""),
        time_used=_time_used(case, at=at, calendar=calendar) if has_deadline else None,
        steps=[*_steps_so_far(events, now=at, is_follower=is_follower), *_steps_to_come(case, is_follower)],
        short_steps=_short_steps(case, is_follower),
        reason=next((event.note for event in reversed(events) if event.move == Move.REJECT), ""),
    )


def tell_merged(
    case: Complaint,
    events: Sequence[Event],
    leading: Complaint,
    leading_events: Sequence[Event],
    *,
    at: datetime,
    calendar: WorkingCalendar,
) -> Story:
    """The story of a case that was merged: its own first steps, and from then on those of the case it goes along with.

    Where that one had come before is not told, but for where it stands.
    """
    told = tell(leading, leading_events, at=at, calendar=calendar, is_follower=True)
    merged_at = events[-1].at
    before = [event for event in leading_events if event.at <= merged_at and is_told(event)]
    since = [event for event in leading_events if event.at > merged_at and is_told(event)]
    own = [replace(step, dot="done") for step in _steps_so_far(events, now=at, is_follower=False)]
    goes_on = _steps_so_far(since or before[-1:], now=at, is_follower=True)
    return replace(told, steps=[*own, *goes_on, *_steps_to_come(leading, is_follower=True)])


def is_told(event: Event) -> bool:
    """Whether the resident hears of it: what staff do among themselves, urging included, is theirs."""
    return event.move in _TITLES and not (event.move == Move.URGE and event.actor_id)


def told_note(event: Event) -> str:
    """What was written with a step, where it was written for the resident."""
    return event.note if event.move in _TOLD_NOTES else ""


def badge(case: Complaint) -> str:
    """Where the case stands, in one or two words."""
    return _BADGES[_SUSPENDED if case.is_suspended else State(case.state)]


def moment(at: datetime, *, now: datetime) -> str:
    """11 月 24 日 10:20, with the year where it is not this one."""
    return f"{day(at, now=now)} {at.astimezone(CITY_TIME):%H:%M}"


def day(at: datetime, *, now: datetime) -> str:
    local = at.astimezone(CITY_TIME)
    year = "" if local.year == now.astimezone(CITY_TIME).year else f"{local.year} 年 "
    return f"{year}{local.month} 月 {local.day} 日"


def span(start: datetime, end: datetime) -> str:
    """用时 in the larger unit that fits: 1 天, 3 小时, 20 分钟."""
    minutes = max(1, round((end - start).total_seconds() / 60))
    if minutes >= 24 * 60:
        return f"{round(minutes / (24 * 60))} 天"
    return f"{round(minutes / 60)} 小时" if minutes >= 60 else f"{minutes} 分钟"


def _heading(case: Complaint, *, is_follower: bool) -> str:
    if case.state == State.CLOSED and is_follower:
        return "办完了"
    if case.state == State.CLOSED and case.rated_at:
        return "办完了，谢谢您的评价"
    if case.suspended_until:
        until = f"{case.suspended_until.month} 月 {case.suspended_until.day} 日"
        return f"{_named(case)}暂停办理，{until}恢复"
    if case.state == State.HANDLING and case.round > 1:
        return f"{_named(case)}正在第二次办理"
    return _HEADINGS[State(case.state)].format(unit=_named(case)).strip()


def _named(case: Complaint | Event) -> str:
    # Names of units end in figures now and then: 示例单位 07 正在处理.
    if case.unit is None:
        return "负责的单位"
    return f"{case.unit.name} " if case.unit.name[-1:].isascii() else case.unit.name


def _time_used(case: Complaint, *, at: datetime, calendar: WorkingCalendar) -> TimeUsed | None:
    light = case.light(at=at)
    if case.due_at is None or case.warn_at is None or light not in _LIGHTS:
        return None
    clock = Clock(case.clock) if case.clock else Clock.WORK_HOUR
    percent = int(100 * share_used(StageLimit(case.warn_at, case.due_at), at=at, clock=clock, calendar=calendar))
    words = {
        Light.IN_TIME: f"时限内，已用 {percent}%",
        Light.SOON: f"快到时限，已用 {percent}%",
        Light.OVERDUE: "已经超过时限",
    }
    return TimeUsed(min(percent, 100), _LIGHTS[light], words[light])


def _steps_so_far(events: Sequence[Event], *, now: datetime, is_follower: bool) -> list[Step]:
    told = [event for event in events if is_told(event)]
    # A rating that opened the case again is told by the step after it.
    told = [e for e, after in zip(told, [*told[1:], None], strict=True) if not (after and after.move == Move.REOPEN)]
    titles = _TITLES | _FOLLOWER_TITLES if is_follower else _TITLES
    return [_step(event, titles[Move(event.move)], is_last=event is told[-1], now=now) for event in told]


def _step(event: Event, title: str, *, is_last: bool, now: datetime) -> Step:
    move = Move(event.move)
    is_over = event.to_state in _OVER
    return Step(
        title=title.format(unit=_named(event)).strip(),
        dot="now" if is_last and not is_over else _DOTS.get(move, "done"),
        time=f"{event.at.astimezone(CITY_TIME):%m-%d %H:%M}",
        quote=told_note(event),
    )


def _steps_to_come(case: Complaint, is_follower: bool) -> list[Step]:
    if case.state == State.CLOSED:
        return [] if case.rated_at or is_follower else [Step(_WAY[-1], "now")]
    walked = _WALKED.get(State(case.state))
    way = _WAY[:-1] if is_follower else _WAY
    return [] if walked is None else [Step(title, "next") for title in way[walked:]]


def _short_steps(case: Complaint, is_follower: bool) -> list[Step]:
    way = _SHORT_WAY[:-1] if is_follower else _SHORT_WAY
    now = _SHORT_NOW.get(State(case.state))
    if now is None:
        return [Step("收到", "done"), Step(_BADGES[State(case.state)], "stop")]
    if case.rated_at:
        now = len(_SHORT_WAY)
    dots = ["done"] * now + ["now"] + ["next"] * len(_SHORT_WAY)
    return [Step(title, dot) for title, dot in zip(way, dots, strict=False)]
