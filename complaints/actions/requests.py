"""What a unit asks the office for while it handles a case: more time (延期), or a stop of the clock (挂账)."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from django.db import transaction

from accounts.models import User
from common.calendar import working_calendar
from common.clock import CITY_TIME, Clock
from common.errors import DomainError, StaleRecord
from complaints import workflow
from complaints.actions.moving import make_move, tell_office, tell_unit
from complaints.deadlines import StageLimit, extended, paused
from complaints.models import Complaint, UnitRequest
from complaints.workflow import Move, RequestKind

MOST_EXTENSION_DAYS = 10
# From the first frost to the thaw: outdoor works wait that long.
MOST_SUSPENDED = timedelta(days=240)
REFUSALS = {RequestKind.EXTENSION: Move.REFUSE_EXTENSION, RequestKind.SUSPENSION: Move.REFUSE_SUSPENSION}


@transaction.atomic
def ask_extension(complaint: Complaint, *, days: int, reason: str, by: User, at: datetime) -> None:
    """Ask for up to ten working days more: before the deadline, and once a round."""
    workflow.ensure_possible(Move.ASK_EXTENSION, complaint)
    asked = complaint.requests.extensions(round=complaint.round, unit=complaint.unit_id)
    refusal = refusal_to_ask_extension(complaint, has_asked=asked.exists(), at=at)
    if refusal:
        raise DomainError(refusal)
    _ensure_days(days)
    _ask(complaint, RequestKind.EXTENSION, f"延期 {days} 个工作日", days=days, reason=reason, by=by, at=at)


def refusal_to_ask_extension(complaint: Complaint, *, has_asked: bool, at: datetime) -> str:
    """Why an extension cannot be asked for any more, in words for the unit; empty if it can. `has_asked`: already."""
    if complaint.due_at is None or at > complaint.due_at:
        return "期限已过，不能再申请延期。请尽快办理，有困难请联系创城办。"
    if has_asked:
        return "这一次办理已经申请过延期，每次办理只能申请一次。"
    return ""


@transaction.atomic
def ask_suspension(complaint: Complaint, *, until: date, reason: str, by: User, at: datetime) -> None:
    """Ask to stop the clock up to a day, from which on it runs again."""
    _ensure_later_day(until, at=at)
    _ask(complaint, RequestKind.SUSPENSION, f"挂账至 {until:%Y-%m-%d}", until=until, reason=reason, by=by, at=at)


def _ask(
    complaint: Complaint,
    kind: RequestKind,
    what: str,
    *,
    reason: str,
    by: User,
    at: datetime,
    days: int | None = None,
    until: date | None = None,
) -> None:
    move = Move.ASK_EXTENSION if kind == RequestKind.EXTENSION else Move.ASK_SUSPENSION
    make_move(complaint, move, by=by, at=at, note=reason, basis=what, asked_for=kind)
    assert complaint.unit is not None  # noqa: S101 -- it is being handled
    UnitRequest.objects.create(
        complaint=complaint, kind=kind, round=complaint.round, unit=complaint.unit, asked_by=by, asked_at=at,
        reason=reason, days=days, until=until,
    )  # fmt: skip
    tell_office(complaint, f"申请{what}", at=at)


def _ensure_days(days: int) -> None:
    if not 1 <= days <= MOST_EXTENSION_DAYS:
        raise DomainError(f"延期可以是 1 到 {MOST_EXTENSION_DAYS} 个工作日，请改天数。")


def _ensure_later_day(until: date, *, at: datetime) -> None:
    today = at.astimezone(CITY_TIME).date()
    if not today < until <= today + MOST_SUSPENDED:
        raise DomainError(f"挂账日期要在今天以后、{MOST_SUSPENDED.days} 天以内，请改日期。")


def pending_request(complaint: Complaint) -> UnitRequest | None:
    requests = complaint.requests.select_related("unit", "asked_by__unit")
    return requests.filter(status=UnitRequest.Status.PENDING).first()


@transaction.atomic
def grant_extension(complaint: Complaint, *, by: User, at: datetime, days: int | None = None, note: str = "") -> None:
    """Move the deadlines on by the days asked for, or by as many as the office says."""
    workflow.ensure_possible(Move.GRANT_EXTENSION, complaint)
    request = _pending(complaint, RequestKind.EXTENSION)
    request.days = days or request.days or 0
    _ensure_days(request.days)
    _keep_deadlines(request, complaint)
    changes = _moved(request, partial(extended, work_days=request.days, calendar=working_calendar()))
    request.due_after = changes["due_at"]
    basis = f"延期 {request.days} 个工作日，期限由 {_day(request.due_before)} 改到 {_day(request.due_after)}"
    make_move(complaint, Move.GRANT_EXTENSION, by=by, at=at, note=note, basis=basis, asked_for="", **changes)
    _decide(request, UnitRequest.Status.GRANTED, by=by, at=at)
    tell_unit(complaint, f"同意延期 {request.days} 个工作日", at=at)


@transaction.atomic
def grant_suspension(
    complaint: Complaint, *, by: User, at: datetime, until: date | None = None, note: str = ""
) -> None:
    """Stop the clock. Its deadlines are kept with the request until the case is resumed."""
    workflow.ensure_possible(Move.GRANT_SUSPENSION, complaint)
    request = _pending(complaint, RequestKind.SUSPENSION)
    request.until = until or request.until
    assert request.until is not None  # noqa: S101 -- a constraint keeps it
    _ensure_later_day(request.until, at=at)
    _keep_deadlines(request, complaint)
    make_move(
        complaint, Move.GRANT_SUSPENSION, by=by, at=at, note=note, basis=f"挂账至 {request.until:%Y-%m-%d}，暂停计时",
        asked_for="", suspended_until=request.until, warn_at=None, due_at=None, overall_warn_at=None,
        overall_due_at=None,
    )  # fmt: skip
    _decide(request, UnitRequest.Status.GRANTED, by=by, at=at)
    tell_unit(complaint, f"同意挂账至 {request.until:%m-%d}", at=at)


@transaction.atomic
def refuse_request(complaint: Complaint, *, kind: RequestKind, reason: str, by: User, at: datetime) -> None:
    workflow.ensure_possible(REFUSALS[kind], complaint)
    request = _pending(complaint, kind)
    make_move(complaint, REFUSALS[kind], by=by, at=at, note=reason, asked_for="")
    _decide(request, UnitRequest.Status.REFUSED, by=by, at=at)
    tell_unit(complaint, f"没有同意{kind.label}", at=at)


@transaction.atomic
def resume(complaint: Complaint, *, by: User | None, at: datetime, note: str = "") -> None:
    """Let the clock of a suspended case run again (`by` None: its day has come)."""
    workflow.ensure_possible(Move.RESUME, complaint)
    request = complaint.requests.filter(kind=RequestKind.SUSPENSION, status="granted", resumed_at=None).get()
    assert request.until is not None and request.decided_at is not None  # noqa: S101 -- constraints keep both
    # However late the scheduler comes, the clock runs again from the agreed day on.
    ended_at = min(at, datetime.combine(request.until, time(), CITY_TIME))
    stood = partial(
        paused, since=request.decided_at, until=ended_at, clock=Clock(complaint.clock), calendar=working_calendar()
    )
    changes = _moved(request, stood)
    basis = f"恢复计时，期限 {_day(changes['due_at'])}"
    make_move(complaint, Move.RESUME, by=by, at=at, note=note, basis=basis, suspended_until=None, **changes)
    UnitRequest.objects.filter(pk=request.pk).update(resumed_at=at, due_after=changes["due_at"])
    tell_unit(complaint, "恢复办理", at=at)


def leave_suspension(complaint: Complaint, *, by: User | None, at: datetime) -> None:
    """Resume a case that another move takes out of its suspension."""
    if complaint.is_suspended:
        resume(complaint, by=by, at=at)


def resume_due(*, at: datetime) -> int:
    """Resume the suspended cases whose day has come, each by itself; returns how many."""
    today = at.astimezone(CITY_TIME).date()
    resumed = 0
    for complaint in Complaint.objects.suspended().filter(suspended_until__lte=today).order_by("pk"):
        try:
            resume(complaint, by=None, at=at)
        except StaleRecord:
            continue  # somebody is at it; the next round looks again
        resumed += 1
    return resumed


def lapse_requests(complaint: Complaint, *, at: datetime) -> None:
    """Void what waits for a decision that nobody needs any more."""
    pending = complaint.requests.filter(status=UnitRequest.Status.PENDING)
    pending.update(status=UnitRequest.Status.LAPSED, decided_at=at)


def _pending(complaint: Complaint, kind: RequestKind) -> UnitRequest:
    """The request that `complaint.asked_for` speaks of; both are written in one transaction."""
    return complaint.requests.get(kind=kind, status=UnitRequest.Status.PENDING)


def _decide(request: UnitRequest, status: UnitRequest.Status, *, by: User, at: datetime) -> None:
    request.status, request.decided_by, request.decided_at = status, by, at
    request.save()


def _keep_deadlines(request: UnitRequest, complaint: Complaint) -> None:
    request.warn_before, request.due_before = complaint.warn_at, complaint.due_at
    request.overall_warn_before, request.overall_due_before = complaint.overall_warn_at, complaint.overall_due_at


def _moved(request: UnitRequest, change: Callable[[StageLimit], StageLimit]) -> dict[str, Any]:
    """The deadlines that the request keeps, each changed; as fields of a case."""
    moved: dict[str, Any] = {}
    if request.warn_before and request.due_before:
        stage = change(StageLimit(request.warn_before, request.due_before))
        moved |= {"warn_at": stage.warn_at, "due_at": stage.due_at}
    if request.overall_warn_before and request.overall_due_before:
        overall = change(StageLimit(request.overall_warn_before, request.overall_due_before))
        moved |= {"overall_warn_at": overall.warn_at, "overall_due_at": overall.due_at}
    return moved


def _day(moment: datetime | None) -> str:
    return f"{moment.astimezone(CITY_TIME):%m-%d %H:%M}" if moment else "—"
