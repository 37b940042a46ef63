from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.models import Role, Unit, User
from common.calendar import working_calendar
from common.clock import CITY_TIME, Clock, deadline
from common.errors import DomainError, StaleRecord
from common.events import announce
from complaints import events, routing, workflow
from complaints.actions.intake import ACCEPT_WITHIN_WORK_HOURS
from complaints.actions.photos import attach, store
from complaints.actions.routing_rules import switch_off_broken_rules
from complaints.deadlines import RETURN_WITHIN_WORK_DAYS, limit_of, limit_words, stage_deadline
from complaints.models import Category, Complaint, Event, Photo
from complaints.models.complaint import Satisfaction
from complaints.pictures import CleanPhoto
from complaints.workflow import Move, State
from notifications.outbox import notify

REOPEN_WITHIN = timedelta(days=15)
MOST_RETURNS = 2
SHORTEST_EXCUSE = 5


class StaleCase(StaleRecord):
    """Someone else moved the case first; the message says who and what."""

    def __init__(self, winner: Event | None) -> None:
        what = f"{_who(winner)}刚刚办了“{winner.get_move_display()}”" if winner else "这件案件刚刚被别人改动"
        super().__init__(f"{what}，您这一步没有办成。请看过最新情况再办，您写的内容还在。")


def ensure_unchanged(complaint: Complaint, *, version: int) -> None:
    """Raise StaleCase if the case is no longer what the person saw who decided on it."""
    if complaint.version != version:
        raise StaleCase(_last_event(complaint))


@transaction.atomic
def accept(
    complaint: Complaint,
    *,
    category: Category,
    by: User,
    at: datetime,
    is_urgent: bool = False,
    note: str = "",
    photos: Sequence[CleanPhoto] = (),
) -> None:
    """Take the case on; where a rule says so it is dispatched in the same breath."""
    _ensure_acceptable(complaint, category, is_urgent=is_urgent, has_photo=bool(photos), note=note)
    limit = stage_deadline(at, ACCEPT_WITHIN_WORK_HOURS, Clock.WORK_HOUR, working_calendar())
    event = _move(
        complaint, Move.ACCEPT, by=by, at=at, note=note, basis=f"定为“{category.name}”",
        category=category, is_urgent=is_urgent, warn_at=limit.warn_at, due_at=limit.due_at,
    )  # fmt: skip
    attach(store(photos, at=at), to=event, kind=Photo.Kind.BEFORE)
    switch_off_broken_rules(at=at)
    _dispatch_by_rule(complaint, by=by, at=at)


def _ensure_acceptable(
    complaint: Complaint, category: Category, *, is_urgent: bool, has_photo: bool, note: str
) -> None:
    if not category.is_active:
        raise DomainError(f"类别“{category.name}”已经停用，请选别的类别。")
    refusal = refusal_without_photo(category, is_urgent=is_urgent, has_photo=has_photo, note=note)
    if refusal and not complaint.photos.filter(kind=Photo.Kind.BEFORE).exists():
        raise DomainError(refusal)


def refusal_without_photo(category: Category, *, is_urgent: bool, has_photo: bool, note: str) -> str:
    """Why a case that has no photo yet may not be accepted as this category, in words; empty if it may.

    Danger does not wait for a picture; and where there can be none, somebody says why.
    """
    if not category.needs_photo or is_urgent or has_photo or len(note.strip()) >= SHORTEST_EXCUSE:
        return ""
    return f"“{category.name}”要有照片。请补一张照片；确实没有的，在说明里写原因，{SHORTEST_EXCUSE} 个字以上。"


def _dispatch_by_rule(complaint: Complaint, *, by: User, at: datetime) -> None:
    proposal = routing.propose(complaint, on=at.astimezone(CITY_TIME).date())
    if proposal.is_automatic and proposal.unit:
        dispatch(complaint, to=proposal.unit, by=by, at=at, basis=f"{proposal.basis}，自动派遣")


@transaction.atomic
def reject(complaint: Complaint, *, reason: str, by: User, at: datetime) -> None:
    """Refuse a case, with the reason and where to turn instead, which the resident reads."""
    _move(complaint, Move.REJECT, by=by, at=at, note=reason, warn_at=None, due_at=None)


@transaction.atomic
def dispatch(complaint: Complaint, *, to: Unit, by: User, at: datetime, note: str = "", basis: str = "") -> None:
    """Hand the case to a unit; its clock starts now. `basis`: why there, if that is not the proposal's own reason."""
    clock, limit = limit_of(complaint.category, is_urgent=complaint.is_urgent)
    stage = stage_deadline(at, limit, clock, working_calendar())
    basis = f"{basis or _why(complaint, to, at=at)}。时限 {limit_words(clock, limit)}"
    _move(
        complaint, Move.DISPATCH, by=by, at=at, note=note, basis=basis, unit=to, dispatched_at=at,
        clock=clock, limit=limit, warn_at=stage.warn_at, due_at=stage.due_at,
    )  # fmt: skip
    _tell_unit(complaint, f"新派单：{complaint.title}", at=at)


def _why(complaint: Complaint, to: Unit, *, at: datetime) -> str:
    if complaint.return_count >= MOST_RETURNS:
        return "退过两次，创城办最终指定"
    proposal = routing.propose(complaint, on=at.astimezone(CITY_TIME).date())
    return proposal.basis if proposal.unit == to else "创城办指定"


@transaction.atomic
def sign(complaint: Complaint, *, by: User, at: datetime, note: str = "") -> None:
    _move(complaint, Move.SIGN, by=by, at=at, note=note)


def refusal_to_return(complaint: Complaint, *, at: datetime) -> str:
    """Why a case may not be returned (退单) any more, in words for its unit; empty if it may."""
    if complaint.return_count >= MOST_RETURNS:
        return "这件案件已经退过两次，由创城办最终指定，不能再退。请签收办理。"
    if complaint.dispatched_at and at > deadline(
        complaint.dispatched_at, RETURN_WITHIN_WORK_DAYS, Clock.WORK_DAY, working_calendar()
    ):
        return f"派遣已超过 {RETURN_WITHIN_WORK_DAYS} 个工作日，不能再退单。请签收办理，有困难请联系创城办。"
    return ""


@transaction.atomic
def return_to_office(complaint: Complaint, *, reason: str, by: User, at: datetime) -> None:
    """Give a case back unsigned: within two working days of its dispatch, and not a third time."""
    workflow.destination(Move.RETURN, State(complaint.state))
    refusal = refusal_to_return(complaint, at=at)
    if refusal:
        raise DomainError(refusal)
    limit = stage_deadline(at, ACCEPT_WITHIN_WORK_HOURS, Clock.WORK_HOUR, working_calendar())
    _move(
        complaint, Move.RETURN, by=by, at=at, note=reason, event_unit=complaint.unit, unit=None, dispatched_at=None,
        return_count=F("return_count") + 1, warn_at=limit.warn_at, due_at=limit.due_at, clock="", limit=None,
    )  # fmt: skip
    _tell_office(complaint, f"退单：{complaint.title}", at=at)


@transaction.atomic
def submit_result(
    complaint: Complaint, *, result: str, by: User, at: datetime, photos: Sequence[CleanPhoto] = ()
) -> None:
    event = _move(complaint, Move.SUBMIT, by=by, at=at, note=result, result=result, handled_at=at)
    attach(store(photos, at=at), to=event, kind=Photo.Kind.AFTER)
    _tell_office(complaint, f"待核查：{complaint.title}", at=at)


@transaction.atomic
def pass_verification(complaint: Complaint, *, by: User, at: datetime, note: str = "") -> None:
    """The result holds on site: the case is closed, in time if the unit had submitted by its deadline."""
    in_time = bool(complaint.handled_at and complaint.due_at and complaint.handled_at <= complaint.due_at)
    _move(complaint, Move.PASS, by=by, at=at, note=note, closed_at=at, closed_in_time=in_time)
    announce(events.complaint_closed, complaint_id=complaint.pk, unit_id=complaint.unit_id)


@transaction.atomic
def rework(complaint: Complaint, *, reason: str, by: User, at: datetime) -> None:
    """Send a result back. Its deadline stays: what was promised to the resident does not move."""
    _move(complaint, Move.REWORK, by=by, at=at, note=reason, rework_count=F("rework_count") + 1)
    _tell_unit(complaint, f"返工：{complaint.title}", at=at)


@transaction.atomic
def rate(complaint: Complaint, *, satisfaction: Satisfaction, is_solved: bool, at: datetime, comment: str = "") -> None:
    """The resident's word on a closed case; "not solved" opens it once more if it was closed lately."""
    if complaint.rated_at:
        raise DomainError("这件已经评价过了，谢谢您。")
    said = f"{satisfaction.label}，{'解决了' if is_solved else '没有解决'}"
    _move(
        complaint, Move.RATE, by=None, at=at, note=f"{said}。{comment}" if comment else said,
        satisfaction=satisfaction, is_solved=is_solved, rated_at=at,
    )  # fmt: skip
    if not is_solved and may_reopen(complaint, at=at):
        _reopen(complaint, at=at)


def may_reopen(complaint: Complaint, *, at: datetime) -> bool:
    lately = complaint.closed_at is not None and at - complaint.closed_at <= REOPEN_WITHIN
    return complaint.state == State.CLOSED and complaint.round == 1 and lately


def _reopen(complaint: Complaint, *, at: datetime) -> None:
    """Second handling (二次办理) by the same unit with a new deadline; the second result may be rated again."""
    clock, limit = limit_of(complaint.category, is_urgent=complaint.is_urgent)
    stage = stage_deadline(at, limit, clock, working_calendar())
    _move(
        complaint, Move.REOPEN, by=None, at=at, note="反映人评价“没有解决”", round=2, closed_at=None,
        closed_in_time=None, handled_at=None, satisfaction=None, is_solved=None, rated_at=None,
        clock=clock, limit=limit, warn_at=stage.warn_at, due_at=stage.due_at,
    )  # fmt: skip
    _tell_unit(complaint, f"二次办理：{complaint.title}", at=at)
    _tell_office(complaint, f"居民评价没有解决：{complaint.title}", at=at)


def _move(
    complaint: Complaint,
    move: Move,
    *,
    by: User | None,
    at: datetime,
    note: str = "",
    basis: str = "",
    event_unit: Unit | None = None,
    **changes: Any,
) -> Event:
    """Change the state if nobody else did since we read it, and write the one event that says so."""
    before = State(complaint.state)
    after = workflow.destination(move, before)
    used = at - complaint.stage_started_at
    overdue = complaint.due_at is not None and at > complaint.due_at
    as_we_read_it = Complaint.objects.as_read(complaint)
    if not as_we_read_it.update(state=after, version=F("version") + 1, stage_started_at=at, **changes):
        raise StaleCase(_last_event(complaint))
    complaint.refresh_from_db()
    return Event.objects.create(
        complaint=complaint, version=complaint.version, move=move, from_state=before, to_state=after,
        actor=by, unit_id=event_unit.pk if event_unit else complaint.unit_id, at=at, note=note, basis=basis,
        seconds_used=max(0, int(used.total_seconds())), was_overdue=overdue,
        satisfaction=changes.get("satisfaction"), is_solved=changes.get("is_solved"),
    )  # fmt: skip


def _last_event(complaint: Complaint) -> Event | None:
    return complaint.events.select_related("actor__unit", "actor__group").order_by("-version").first()


def _who(event: Event) -> str:
    return str(event.actor) if event.actor else "反映人"


def _tell_unit(complaint: Complaint, title: str, *, at: datetime) -> None:
    _tell(complaint, User.objects.filter(unit__complaints=complaint, role=Role.LIAISON, is_active=True), title, at=at)


def _tell_office(complaint: Complaint, title: str, *, at: datetime) -> None:
    _tell(complaint, User.objects.filter(role=Role.OFFICE, is_active=True), title, at=at)


def _tell(complaint: Complaint, people: Any, title: str, *, at: datetime) -> None:
    reason = f"case:{complaint.number}:{complaint.version}"
    notify(people, reason=reason, title=title, url=complaint.get_absolute_url(), at=at)
