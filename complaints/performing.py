"""From a form of a move to the one action it asks for, for pages and for the API."""

from collections.abc import Callable
from datetime import datetime

from accounts.models import User
from complaints import actions, workflow
from complaints.models import Complaint
from complaints.move_forms import MoveForm
from complaints.workflow import Move, State

DONE = {
    Move.ACCEPT: "已受理。",
    Move.REJECT: "已登记不予受理，居民能看到理由。",
    Move.DISPATCH: "已派遣，单位会收到提醒。",
    Move.SIGN: "已签收。",
    Move.RETURN: "已退单，创城办会收到提醒。",
    Move.SUBMIT: "办理结果已提交，等核查。",
    Move.PASS: "核查通过，已办结。",
    Move.REWORK: "已退回返工，单位会收到提醒。",
}


def done(form: MoveForm, case: Complaint) -> str:
    """What is said of a move that was made."""
    if form.move == Move.ACCEPT and case.state == State.DISPATCHED:
        return f"已受理，按派遣规则自动派给{case.unit}。"
    return DONE[form.move]


def refuse_what_came_too_late(case: Complaint, form: MoveForm) -> None:
    """Raise a DomainError if the case is no longer what the person saw, or no longer in a state for this move."""
    if form.seen_version is not None:
        actions.ensure_unchanged(case, version=form.seen_version)
    workflow.destination(form.move, State(case.state))


def perform(form: MoveForm, case: Complaint, *, by: User, at: datetime) -> None:
    _ACTIONS[form.move](form, case, by, at)


def _accept(form: MoveForm, case: Complaint, by: User, at: datetime) -> None:
    told = form.cleaned_data
    actions.accept(
        case, category=told["category"], is_urgent=told["is_urgent"], note=told["note"],
        photos=told.get("photos", ()), by=by, at=at,
    )  # fmt: skip


def _reject(form: MoveForm, case: Complaint, by: User, at: datetime) -> None:
    told = form.cleaned_data
    actions.reject(case, reason=f"{told['reason']}\n可以找：{told['turn_to']}", by=by, at=at)


def _dispatch(form: MoveForm, case: Complaint, by: User, at: datetime) -> None:
    actions.dispatch(case, to=form.cleaned_data["unit"], note=form.cleaned_data["note"], by=by, at=at)


def _sign(form: MoveForm, case: Complaint, by: User, at: datetime) -> None:
    actions.sign(case, note=form.cleaned_data["note"], by=by, at=at)


def _return(form: MoveForm, case: Complaint, by: User, at: datetime) -> None:
    actions.return_to_office(case, reason=form.cleaned_data["reason"], by=by, at=at)


def _submit(form: MoveForm, case: Complaint, by: User, at: datetime) -> None:
    told = form.cleaned_data
    actions.submit_result(case, result=told["result"], photos=told["photos"], by=by, at=at)


def _pass(form: MoveForm, case: Complaint, by: User, at: datetime) -> None:
    actions.pass_verification(case, note=form.cleaned_data["note"], by=by, at=at)


def _rework(form: MoveForm, case: Complaint, by: User, at: datetime) -> None:
    actions.rework(case, reason=form.cleaned_data["reason"], by=by, at=at)


_ACTIONS: dict[Move, Callable[[MoveForm, Complaint, User, datetime], None]] = {
    Move.ACCEPT: _accept,
    Move.REJECT: _reject,
    Move.DISPATCH: _dispatch,
    Move.SIGN: _sign,
    Move.RETURN: _return,
    Move.SUBMIT: _submit,
    Move.PASS: _pass,
    Move.REWORK: _rework,
}
