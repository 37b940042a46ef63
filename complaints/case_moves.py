"""What one person may do with a case now: the moves (操作) on its page."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Role, User
from complaints import actions
from complaints.models import Complaint
from complaints.move_forms import MoveForm
from complaints.performing import FORMS
from complaints.permissions import in_charge, moves_open_to
from complaints.ways import way
from complaints.workflow import Move, State

LABELS = {Move.SUBMIT: "提交办理结果", Move.HELPERS: "协办单位", Move.MARK: "标为保密或匿名"}
CONFIRM = {
    Move.ACCEPT: "确定受理",
    Move.REJECT: "确定不予受理",
    Move.MERGE: "确定并案",
    Move.DISPATCH: "确定派遣",
    Move.SIGN: "确定签收",
    Move.RETURN: "确定退单",
    Move.SUBMIT: "提交",
    Move.PASS: "确定通过并办结",
    Move.REWORK: "确定返工",
    Move.REDISPATCH: "确定改派",
    Move.ASK_EXTENSION: "提交申请",
    Move.GRANT_EXTENSION: "确定同意",
    Move.REFUSE_EXTENSION: "确定不同意",
    Move.ASK_SUSPENSION: "提交申请",
    Move.GRANT_SUSPENSION: "确定同意",
    Move.REFUSE_SUSPENSION: "确定不同意",
    Move.RESUME: "确定恢复",
    Move.NOTE: "保存",
    Move.HELPERS: "保存",
    Move.URGE: "确定催办",
    Move.SUPERVISE: "确定督办",
    Move.UNSUPERVISE: "确定解除",
    Move.MARK: "保存",
}
# The usual way on: the filled button.
ONWARD = frozenset({Move.ACCEPT, Move.DISPATCH, Move.SIGN, Move.SUBMIT, Move.PASS})
# What else is done often enough to lie open; the rest is folded away under 更多操作.
BESIDE = frozenset(
    {
        Move.REJECT,
        Move.RETURN,
        Move.REWORK,
        Move.ASK_EXTENSION,
        Move.ASK_SUSPENSION,
        Move.GRANT_EXTENSION,
        Move.REFUSE_EXTENSION,
        Move.GRANT_SUSPENSION,
        Move.REFUSE_SUSPENSION,
        Move.RESUME,
    }
)
WAITING_FOR = {
    State.RECEIVED: "等创城办或热线受理员受理。",
    State.ACCEPTED: "等创城办派遣。",
    State.DISPATCHED: "等{unit}签收。",
    State.HANDLING: "等{unit}提交办理结果。",
    State.HANDLED: "等创城办或指导推进组核查。",
    State.CLOSED: "这件已经办结。",
    State.REJECTED: "这件不予受理，居民能看到理由。",
    State.MERGED: "这件已经并案。",
    State.WITHDRAWN: "居民撤回了这件。",
}


@dataclass(frozen=True)
class Offer:
    """A move this person may make now; its form where that stands on the page. `version` is the case's, as seen."""

    move: Move
    url: str
    version: str
    form: MoveForm | None = None
    is_open: bool = False

    @property
    def label(self) -> str:
        return LABELS.get(self.move, str(self.move.label))

    @property
    def confirm(self) -> str:
        return CONFIRM[self.move]

    @property
    def way(self) -> str:
        """To the form, which then says what state of the case it was opened on."""
        return f"{self.url}?version={self.version}"

    @property
    def is_onward(self) -> bool:
        return self.move in ONWARD


def offer(case: Complaint, form: MoveForm, *, version: str, is_open: bool = False) -> Offer:
    """A move with its form as it is shown."""
    form.suggest()
    return Offer(form.move, way(case, "move", form.move), version, form, is_open)


class MovesCard:
    """The moves that `user` may make on a case at `at`. `form` lies open: it was sent and refused, or asked for.

    Only the usual way on has its form on the page at once; the others are folded away and seldom opened.
    """

    def __init__(self, case: Complaint, *, user: User, at: datetime, form: MoveForm | None = None) -> None:
        self.case = case
        self.user = user
        self.at = at
        self.form = form
        refused = self._what_is_refused()
        self.refusals = [why for why in refused.values() if why]
        possible = [move for move in moves_open_to(user, case) if move in FORMS and not refused.get(move)]
        self.offers = [self._offer(move) for move in possible if move in ONWARD or move in BESIDE]
        self.more = [self._offer(move) for move in possible if move not in ONWARD and move not in BESIDE]

    def _what_is_refused(self) -> dict[Move, str]:
        """Moves of the unit in charge that its state allows, and why something else does not, if so."""
        if not in_charge(self.user, self.case):
            return {}
        if self.case.state == State.DISPATCHED:
            return {Move.RETURN: actions.refusal_to_return(self.case, at=self.at)}
        if self.case.state == State.HANDLING and not (self.case.asked_for or self.case.is_suspended):
            has_asked = self.case.has_asked_extension
            return {Move.ASK_EXTENSION: actions.refusal_to_ask_extension(self.case, has_asked=has_asked, at=self.at)}
        return {}

    def _offer(self, move: Move) -> Offer:
        case, version = self.case, str(self.case.version)
        if self.form and self.form.move == move:
            return offer(case, self.form, version=version, is_open=True)
        if move in ONWARD:
            return offer(case, FORMS[move](case=case, at=self.at), version=version)
        return Offer(move, way(case, "move", move), version)

    @property
    def onward(self) -> Offer | None:
        return next((one for one in self.offers if one.is_onward), None)

    @property
    def is_more_open(self) -> bool:
        return any(one.is_open for one in self.more)

    @property
    def typed_in_vain(self) -> list[tuple[str, str]]:
        """What was written for a move that can no longer be made, to be given back."""
        fits = any(one.is_open for one in [*self.offers, *self.more])
        return self.form.typed if self.form and not fits else []

    @property
    def waiting_for(self) -> str:
        if self.case.suspended_until:
            return f"挂账至 {self.case.suspended_until:%Y-%m-%d}，到时自动恢复办理。"
        return WAITING_FOR[State(self.case.state)].format(unit=self.case.unit.name if self.case.unit else "单位")

    @property
    def standing(self) -> str:
        return f"{self.user.standing}{'联络员' if self.user.role == Role.LIAISON else ''}"
