"""The clock of a case as its page shows it: light, words, and the share of the limit that is used."""

from dataclasses import dataclass
from datetime import datetime

from common.calendar import working_calendar
from common.clock import Clock
from complaints import words
from complaints.actions.intake import ACCEPT_WITHIN_WORK_HOURS
from complaints.deadlines import StageLimit, share_used
from complaints.models import Complaint
from complaints.models.complaint import Light
from complaints.workflow import OPEN_STATES, State

DUE_LABELS = {State.RECEIVED: "受理时限", State.ACCEPTED: "派遣时限"}


@dataclass(frozen=True)
class ClockFace:
    """The clock of the stage: light, words, and the share of the limit that is used (None: no limit runs)."""

    light: str
    words: str
    percent: int | None
    facts: list[tuple[str, str]]


def clock_face(case: Complaint, *, at: datetime) -> ClockFace:
    light, said = words.light_class(case, at=at), words.light_words(case, at=at)
    if case.light(at=at) == Light.SOON:
        said = f"快到期，{said}"
    percent = _share_used(case, at=at) if case.state in OPEN_STATES and case.due_at else None
    return ClockFace(light, said, percent, _clock_facts(case, at=at))


def _clock_of(case: Complaint) -> tuple[Clock, int]:
    """The clock that runs in this stage: the category's once it is dispatched, before that the desk's."""
    return (Clock(case.clock), case.limit or 0) if case.clock else (Clock.WORK_HOUR, ACCEPT_WITHIN_WORK_HOURS)


def _share_used(case: Complaint, *, at: datetime) -> int:
    """Per cent of the limit gone, in the time that its clock counts."""
    clock, _ = _clock_of(case)
    if case.due_at is None or case.warn_at is None:
        return 100
    limit = StageLimit(case.warn_at, case.due_at)
    return round(100 * share_used(limit, at=at, clock=clock, calendar=working_calendar()))


def _clock_facts(case: Complaint, *, at: datetime) -> list[tuple[str, str]]:
    clock, limit = _clock_of(case)
    unit_word = "小时" if clock in {Clock.URGENT_HOUR, Clock.WORK_HOUR} else "天"
    due = words.moment(case.due_at, now=at) if case.due_at else ""
    facts = [
        (DUE_LABELS.get(State(case.state), "办结时限"), due),
        ("总时限", _overall_words(case, at=at)),
        ("计时方式", f"{clock.label}，{limit} {unit_word}" if due else ""),
        ("办结时间", words.moment(case.closed_at, now=at) if case.closed_at else ""),
        ("责任单位", case.unit.name if case.unit else "还没有派遣"),
        ("协办单位", "、".join(helper.unit.name for helper in case.helping_units)),
        ("类别", str(case.category) if case.category else f"{case.get_group_display()}（居民选的）"),
        ("来源", case.get_channel_display()),
    ]
    return [(term, value) for term, value in facts if value]


def _overall_words(case: Complaint, *, at: datetime) -> str:
    """12-01 10:00, and whether that is close or past."""
    if case.overall_due_at is None or case.state not in OPEN_STATES:
        return ""
    said = {Light.SOON: "，快到期", Light.OVERDUE: "，已超时"}.get(case.overall_light(at=at), "")
    return f"{words.moment(case.overall_due_at, now=at)}{said}"
