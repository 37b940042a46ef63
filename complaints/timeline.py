"""What happened to a case, step by step, as its page tells it to staff."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.html import format_html
from django.utils.safestring import SafeString

from complaints import words
from complaints.models import Channel, Complaint, Event
from complaints.workflow import OPEN_STATES, Move

_FILED = {
    Channel.WEB: "居民网上投诉",
    Channel.HOTLINE: "热线登记",
    Channel.APP: "居民在掌上漠河投诉",
    Channel.PATROL: "日巡查上报",
    Channel.INSPECTION: "实地指导上报",
}
_TITLES = {
    Move.ACCEPT: "受理，{basis}",
    Move.DISPATCH: "派给{unit}",
    Move.SIGN: "{unit}签收",
    Move.RETURN: "{unit}退单",
    Move.SUBMIT: "{unit}提交办理结果",
    Move.PASS: "核查通过，办结",
    Move.MERGE: "并案，{basis}",
    Move.ABSORB: "同一件事，{basis}",
    Move.REDISPATCH: "改派给{unit}",
    Move.ASK_EXTENSION: "{unit}申请{basis}",
    Move.GRANT_EXTENSION: "同意{basis}",
    Move.ASK_SUSPENSION: "{unit}申请{basis}",
    Move.GRANT_SUSPENSION: "同意{basis}",
    Move.RESUME: "恢复办理，{basis}",
    Move.NOTE: "{unit}补充进展",
    Move.HELPERS: "{basis}",
    Move.MARK: "{basis}",
    Move.RATE: "居民评价",
    Move.REOPEN: "转二次办理，由{unit}办",
    Move.WITHDRAW: "居民撤回",
}
_BACK = {Move.RETURN, Move.REWORK, Move.REOPEN, Move.REDISPATCH}
_STOP = {Move.REJECT, Move.MERGE, Move.WITHDRAW}
# Their basis stands in the title.
_SAID = {move for move, title in _TITLES.items() if "{basis}" in title}


@dataclass(frozen=True)
class Step:
    """One line of templates/components/timeline.html."""

    title: str
    time: str | SafeString
    dot: str
    quote: str
    text: str


def steps(case: Complaint, events: Iterable[Event], *, now: datetime) -> list[Step]:
    """Newest first. Wants each event with actor (and the actor's unit and group) and unit loaded."""
    newest_first = sorted(events, key=lambda event: event.version, reverse=True)
    return [_step(case, event, is_newest=i == 0, now=now) for i, event in enumerate(newest_first)]


def _step(case: Complaint, event: Event, *, is_newest: bool, now: datetime) -> Step:
    return Step(
        title=_title(case, event),
        time=_time(event, now=now),
        dot=_dot(event, is_current=is_newest and case.state in OPEN_STATES),
        quote=event.note,
        text=_facts(event),
    )


def _title(case: Complaint, event: Event) -> str:
    if event.move == Move.FILE:
        return _FILED[Channel(case.channel)]
    if event.move == Move.URGE and event.actor is None:
        return "居民催办"
    known = _TITLES.get(Move(event.move), event.get_move_display())
    return known.format(basis=event.basis, unit=event.unit.name if event.unit else "").rstrip("，")


def _time(event: Event, *, now: datetime) -> str | SafeString:
    at = words.moment(event.at, now=now)
    used = f"{at}　用时 {words.span(timedelta(seconds=event.seconds_used))}" if event.seconds_used else at
    return format_html('{}　<b class="alert-text">超时</b>', used) if event.was_overdue else used


def _dot(event: Event, *, is_current: bool) -> str:
    if event.move in _STOP:
        return "stop"
    if event.move in _BACK:
        return "back"
    return "now" if is_current else "done"


def _facts(event: Event) -> str:
    """Who did it, and why it went where it went."""
    basis = f"依据：{event.basis}。" if event.basis and event.move not in _SAID else ""
    return f"{basis}{event.actor}" if event.actor else basis
