from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.urls import reverse

from accounts.models import Unit, User
from common.calendar import working_calendar
from common.clock import CITY_TIME, Clock, deadline
from common.errors import DomainError
from common.events import announce
from complaints import events, routing, workflow
from complaints.actions.helping import put_helpers
from complaints.actions.intake import ACCEPT_WITHIN_WORK_HOURS
from complaints.actions.moving import liaisons_of, make_move, tell_office, tell_unit
from complaints.actions.photos import attach, store
from complaints.actions.requests import lapse_requests, leave_suspension
from complaints.actions.routing_rules import switch_off_broken_rules
from complaints.actions.telling import tell_of_closing
from complaints.deadlines import RETURN_WITHIN_WORK_DAYS, limit_of, limit_words, overall_deadline, stage_deadline
from complaints.models import Category, Complaint, Photo
from complaints.models.complaint import Satisfaction
from complaints.pictures import CleanPhoto
from complaints.workflow import Move, State
from notifications.outbox import notify

REOPEN_WITHIN = timedelta(days=15)
MOST_RETURNS = 2
SHORTEST_EXCUSE = 5


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
    overall = overall_deadline(complaint.filed_at, *limit_of(category, is_urgent=is_urgent), working_calendar())
    event = make_move(
        complaint, Move.ACCEPT, by=by, at=at, note=note, basis=f"定为“{category.name}”",
        category=category, is_urgent=is_urgent, warn_at=limit.warn_at, due_at=limit.due_at,
        overall_warn_at=overall.warn_at, overall_due_at=overall.due_at,
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
    make_move(complaint, Move.REJECT, by=by, at=at, note=reason, warn_at=None, due_at=None)


@transaction.atomic
def dispatch(
    complaint: Complaint,
    *,
    to: Unit,
    by: User,
    at: datetime,
    note: str = "",
    basis: str = "",
    helpers: Sequence[Unit] = (),
) -> None:
    """Hand the case to a unit, and to those that help it (协办); its clock starts now.

    `basis`: why there, if that is not the proposal's own reason.
    """
    clock, limit = limit_of(complaint.category, is_urgent=complaint.is_urgent)
    stage = stage_deadline(at, limit, clock, working_calendar())
    helped = f"。协办：{'、'.join(unit.name for unit in helpers)}" if helpers else ""
    basis = f"{basis or _why(complaint, to, at=at)}。时限 {limit_words(clock, limit)}{helped}"
    make_move(
        complaint, Move.DISPATCH, by=by, at=at, note=note, basis=basis, unit=to, dispatched_at=at,
        clock=clock, limit=limit, warn_at=stage.warn_at, due_at=stage.due_at,
    )  # fmt: skip
    tell_unit(complaint, "新派单", at=at)
    put_helpers(complaint, helpers, at=at)


@transaction.atomic
def redispatch(complaint: Complaint, *, to: Unit, reason: str, by: User, at: datetime) -> None:
    """Take the case from its unit and hand it to another (改派), whose clock starts now; the overall deadline stays."""
    if to.pk == complaint.unit_id:
        raise DomainError(f"这件现在就由{to.name}办。要改派请选别的单位。")
    leave_suspension(complaint, by=by, at=at)
    before = complaint.unit
    clock, limit = limit_of(complaint.category, is_urgent=complaint.is_urgent)
    stage = stage_deadline(at, limit, clock, working_calendar())
    make_move(
        complaint, Move.REDISPATCH, by=by, at=at, note=reason, unit=to, dispatched_at=at, asked_for="",
        basis=f"由{before}改派。时限 {limit_words(clock, limit)}", clock=clock, limit=limit,
        warn_at=stage.warn_at, due_at=stage.due_at,
    )  # fmt: skip
    lapse_requests(complaint, at=at)
    complaint.helpers.filter(unit=to).delete()
    tell_unit(complaint, "改派给本单位", at=at)
    _tell_it_is_gone(complaint, before, at=at)


def _tell_it_is_gone(complaint: Complaint, before: Unit | None, *, at: datetime) -> None:
    """The unit before cannot open the case any more: its notice leads to its queue."""
    people = liaisons_of(before.pk if before else None)
    reason, title = f"case:{complaint.number}:{complaint.version}", f"已改派给别的单位，不用再办：{complaint.title}"
    notify(people, reason=reason, title=title, url=reverse("complaints:queue"), at=at)


def _why(complaint: Complaint, to: Unit, *, at: datetime) -> str:
    if complaint.return_count >= MOST_RETURNS:
        return "退过两次，创城办最终指定"
    proposal = routing.propose(complaint, on=at.astimezone(CITY_TIME).date())
    return proposal.basis if proposal.unit == to else "创城办指定"


@transaction.atomic
def sign(complaint: Complaint, *, by: User, at: datetime, note: str = "") -> None:
    make_move(complaint, Move.SIGN, by=by, at=at, note=note)


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
    make_move(
        complaint, Move.RETURN, by=by, at=at, note=reason, event_unit=complaint.unit, unit=None, dispatched_at=None,
        return_count=F("return_count") + 1, warn_at=limit.warn_at, due_at=limit.due_at, clock="", limit=None,
    )  # fmt: skip
    tell_office(complaint, "退单", at=at)


@transaction.atomic
def submit_result(
    complaint: Complaint, *, result: str, by: User, at: datetime, photos: Sequence[CleanPhoto] = ()
) -> None:
    """What was done; a suspended case is resumed by it."""
    leave_suspension(complaint, by=by, at=at)
    event = make_move(complaint, Move.SUBMIT, by=by, at=at, note=result, result=result, handled_at=at)
    attach(store(photos, at=at), to=event, kind=Photo.Kind.AFTER)
    tell_office(complaint, "待核查", at=at)


@transaction.atomic
def pass_verification(complaint: Complaint, *, by: User, at: datetime, note: str = "") -> None:
    """The result holds on site: the case is closed, in time if the unit had submitted by its deadline."""
    in_time = bool(complaint.handled_at and complaint.due_at and complaint.handled_at <= complaint.due_at)
    make_move(
        complaint, Move.PASS, by=by, at=at, note=note, closed_at=at, closed_in_time=in_time, asked_for=""
    )  # fmt: skip
    lapse_requests(complaint, at=at)
    tell_of_closing(complaint, at=at)
    announce(events.complaint_closed, complaint_id=complaint.pk, unit_id=complaint.unit_id)


@transaction.atomic
def rework(complaint: Complaint, *, reason: str, by: User, at: datetime) -> None:
    """Send a result back. Its deadline stays: what was promised to the resident does not move."""
    make_move(complaint, Move.REWORK, by=by, at=at, note=reason, rework_count=F("rework_count") + 1)
    tell_unit(complaint, "返工", at=at)


@transaction.atomic
def rate(
    complaint: Complaint,
    *,
    satisfaction: Satisfaction,
    is_solved: bool,
    at: datetime,
    comment: str = "",
    by: User | None = None,
    wants_again: bool = False,
) -> None:
    """The resident's word on a closed case; "not solved" opens it once more if it was closed lately.

    `by` keyed it in for them on the phone, where whoever is dissatisfied may ask for it, too.
    """
    if complaint.rated_at:
        raise DomainError("这件已经评价过了，谢谢您。")
    said = f"{'电话回访：' if by else ''}{satisfaction.label}，{'解决了' if is_solved else '没有解决'}"
    make_move(
        complaint, Move.RATE, by=by, at=at, note=f"{said}。{comment}" if comment else said,
        satisfaction=satisfaction, is_solved=is_solved, rated_at=at,
    )  # fmt: skip
    if (wants_again or not is_solved) and may_reopen(complaint, at=at):
        _reopen(complaint, at=at, why="没有解决" if not is_solved else satisfaction.label)


def may_reopen(complaint: Complaint, *, at: datetime) -> bool:
    lately = complaint.closed_at is not None and at - complaint.closed_at <= REOPEN_WITHIN
    return complaint.state == State.CLOSED and complaint.round == 1 and lately


def _reopen(complaint: Complaint, *, at: datetime, why: str) -> None:
    """Second handling (二次办理) by the same unit with a new deadline; the second result may be rated again."""
    clock, limit = limit_of(complaint.category, is_urgent=complaint.is_urgent)
    stage = stage_deadline(at, limit, clock, working_calendar())
    overall = overall_deadline(at, clock, limit, working_calendar())
    make_move(
        complaint, Move.REOPEN, by=None, at=at, note=f"反映人评价“{why}”", round=2, closed_at=None,
        closed_in_time=None, handled_at=None, satisfaction=None, is_solved=None, rated_at=None,
        clock=clock, limit=limit, warn_at=stage.warn_at, due_at=stage.due_at,
        overall_warn_at=overall.warn_at, overall_due_at=overall.due_at,
    )  # fmt: skip
    tell_unit(complaint, "二次办理", at=at)
    tell_office(complaint, f"居民评价{why}", at=at)
