"""Every move that staff make: its form, the one action it asks for, and what is said when it is done; pages and API."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from accounts.models import User
from complaints import actions, move_forms, rare_forms, request_forms, workflow
from complaints.models import Complaint
from complaints.move_forms import MoveForm
from complaints.workflow import Move, RequestKind, State

FORMS: dict[Move, type[MoveForm]] = {
    form.move: form
    for form in (
        move_forms.AcceptForm,
        move_forms.RejectForm,
        move_forms.DispatchForm,
        move_forms.SignForm,
        move_forms.ReturnForm,
        move_forms.SubmitForm,
        move_forms.PassForm,
        move_forms.ReworkForm,
        request_forms.AskExtensionForm,
        request_forms.AskSuspensionForm,
        request_forms.GrantExtensionForm,
        request_forms.RefuseExtensionForm,
        request_forms.GrantSuspensionForm,
        request_forms.RefuseSuspensionForm,
        request_forms.ResumeForm,
        rare_forms.NoteForm,
        rare_forms.HelpersForm,
        rare_forms.RedispatchForm,
        rare_forms.MergeForm,
        rare_forms.UrgeForm,
        rare_forms.SuperviseForm,
        rare_forms.UnsuperviseForm,
        rare_forms.MarkForm,
    )
}
DONE = {
    Move.ACCEPT: "已受理。",
    Move.REJECT: "已登记不予受理，居民能看到理由。",
    Move.MERGE: "已并案，居民查进度时看到的是并入那件的进展。",
    Move.DISPATCH: "已派遣，单位会收到提醒。",
    Move.SIGN: "已签收。",
    Move.RETURN: "已退单，创城办会收到提醒。",
    Move.SUBMIT: "办理结果已提交，等核查。",
    Move.PASS: "核查通过，已办结。",
    Move.REWORK: "已退回返工，单位会收到提醒。",
    Move.REDISPATCH: "已改派，两个单位都会收到提醒。",
    Move.ASK_EXTENSION: "延期申请已提交，等创城办批。",
    Move.GRANT_EXTENSION: "已同意延期，期限已改。",
    Move.REFUSE_EXTENSION: "已回复不同意延期，单位会收到提醒。",
    Move.ASK_SUSPENSION: "挂账申请已提交，等创城办批。",
    Move.GRANT_SUSPENSION: "已同意挂账，计时已暂停。",
    Move.REFUSE_SUSPENSION: "已回复不同意挂账，单位会收到提醒。",
    Move.RESUME: "已恢复办理，计时继续。",
    Move.NOTE: "进展已补充。",
    Move.HELPERS: "协办单位已保存，新加的会收到提醒。",
    Move.URGE: "已催办，办理的人会收到提醒。",
    Move.SUPERVISE: "已列入督办，单位和督导组会收到提醒。",
    Move.UNSUPERVISE: "已解除督办。",
    Move.MARK: "标记已保存。",
}


def done(form: MoveForm, case: Complaint) -> str:
    """What is said of a move that was made."""
    if form.move == Move.ACCEPT and case.state == State.DISPATCHED:
        return f"已受理，按派遣规则自动派给{case.unit}。"
    return DONE[form.move]


def refuse_what_came_too_late(case: Complaint, form: MoveForm) -> None:
    """Raise a DomainError if the case is no longer what the person saw, or no longer such that the move is possible."""
    if form.seen_version is not None:
        actions.ensure_unchanged(case, version=form.seen_version, move=form.move)
    workflow.ensure_possible(form.move, case)


def perform(form: MoveForm, case: Complaint, *, by: User, at: datetime) -> None:
    _ACTIONS[form.move](form, case, by, at)


def _accept(form: MoveForm, case: Complaint, by: User, at: datetime) -> None:
    told = form.cleaned_data
    actions.accept(
        case, category=told["category"], is_urgent=told["is_urgent"], note=told["note"],
        photos=told.get("photos", ()), by=by, at=at,
    )  # fmt: skip


Performance = Callable[[MoveForm, Complaint, User, datetime], None]


def _plain(action: Callable[..., None], *fields: str, **fixed: Any) -> Performance:
    """The action whose arguments are called as the form's fields are."""

    def made(form: MoveForm, case: Complaint, by: User, at: datetime) -> None:
        action(case, **{name: form.cleaned_data[name] for name in fields}, **fixed, by=by, at=at)

    return made


def _reject(form: MoveForm, case: Complaint, by: User, at: datetime) -> None:
    told = form.cleaned_data
    actions.reject(case, reason=f"{told['reason']}\n可以找：{told['turn_to']}", by=by, at=at)


def _merge(form: MoveForm, case: Complaint, by: User, at: datetime) -> None:
    actions.merge(case, into=form.cleaned_data["target"], note=form.cleaned_data["note"], by=by, at=at)


def _dispatch(form: MoveForm, case: Complaint, by: User, at: datetime) -> None:
    told = form.cleaned_data
    actions.dispatch(case, to=told["unit"], helpers=list(told["helpers"]), note=told["note"], by=by, at=at)


def _redispatch(form: MoveForm, case: Complaint, by: User, at: datetime) -> None:
    actions.redispatch(case, to=form.cleaned_data["unit"], reason=form.cleaned_data["reason"], by=by, at=at)


def _helpers(form: MoveForm, case: Complaint, by: User, at: datetime) -> None:
    told = form.cleaned_data
    actions.set_helpers(case, units=list(told["helpers"]), note=told["note"], by=by, at=at)


_ACTIONS: dict[Move, Performance] = {
    Move.ACCEPT: _accept,
    Move.REJECT: _reject,
    Move.MERGE: _merge,
    Move.DISPATCH: _dispatch,
    Move.SIGN: _plain(actions.sign, "note"),
    Move.RETURN: _plain(actions.return_to_office, "reason"),
    Move.SUBMIT: _plain(actions.submit_result, "result", "photos"),
    Move.PASS: _plain(actions.pass_verification, "note"),
    Move.REWORK: _plain(actions.rework, "reason"),
    Move.REDISPATCH: _redispatch,
    Move.ASK_EXTENSION: _plain(actions.ask_extension, "days", "reason"),
    Move.GRANT_EXTENSION: _plain(actions.grant_extension, "days", "note"),
    Move.REFUSE_EXTENSION: _plain(actions.refuse_request, "reason", kind=RequestKind.EXTENSION),
    Move.ASK_SUSPENSION: _plain(actions.ask_suspension, "until", "reason"),
    Move.GRANT_SUSPENSION: _plain(actions.grant_suspension, "until", "note"),
    Move.REFUSE_SUSPENSION: _plain(actions.refuse_request, "reason", kind=RequestKind.SUSPENSION),
    Move.RESUME: _plain(actions.resume, "note"),
    Move.NOTE: _plain(actions.add_note, "text", "photos"),
    Move.HELPERS: _helpers,
    Move.URGE: _plain(actions.urge, "note"),
    Move.SUPERVISE: _plain(actions.supervise, "reason"),
    Move.UNSUPERVISE: _plain(actions.unsupervise, "reason"),
    Move.MARK: _plain(actions.mark, "is_confidential", "is_anonymous", "reason"),
}
