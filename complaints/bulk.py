"""One move for many cases of the queue (批量): each by itself, so that one that fails stops none of the others."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms

from accounts.models import Role, Unit, User
from common.clock import CITY_TIME
from common.errors import DomainError
from complaints import actions, routing
from complaints.case_page import cases_for
from complaints.listings import by_major
from complaints.models import Category, Complaint
from complaints.move_forms import GroupedCategories, likely_category
from complaints.permissions import DESK, may
from complaints.workflow import Move, State

MOST = 100
# The tabs of the queue on which many may be ticked, and what is done to them there.
MOVES = {State.RECEIVED: Move.ACCEPT, State.ACCEPTED: Move.DISPATCH, State.HANDLED: Move.PASS}
# Who has such a form at all; of each case complaints.permissions decides.
ROLES = {
    Move.ACCEPT: DESK,
    Move.DISPATCH: frozenset({Role.OFFICE}),
    Move.PASS: frozenset({Role.OFFICE, Role.GUIDANCE}),
}
WORDS = {Move.ACCEPT: "受理", Move.DISPATCH: "派遣", Move.PASS: "核查通过"}


def _small_select() -> forms.Select:
    return forms.Select(attrs={"class": "form-select-sm"})


class BulkForm(forms.Form):
    """The ticked rows, each as `number:version`, and what is the same for all of them."""

    use_required_attribute = False
    move = forms.ChoiceField(choices=[(move, words) for move, words in WORDS.items()], widget=forms.HiddenInput)
    category = GroupedCategories(
        Category.objects.none(),
        label="类别",
        required=False,
        empty_label="按各件的反映内容定类别",
        widget=_small_select(),
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label="责任单位",
        required=False,
        empty_label="按各件的建议派给单位",
        widget=_small_select(),
    )

    def __init__(self, data: Any = None, *, move: Move | None = None) -> None:
        super().__init__(data, initial={"move": move}, auto_id="id_bulk_%s")
        categories = Category.objects.active()
        self.fields["category"].queryset = categories  # type: ignore[attr-defined]  # a field by name is a plain Field
        self.fields["unit"].queryset = Unit.objects.filter(is_active=True)  # type: ignore[attr-defined]  # as above
        if data is None:
            self.fields["category"].widget.choices = [
                ("", "按各件的反映内容定类别"), *by_major(list(categories), None)[1:],
            ]  # fmt: skip


def offered(state: str, user: User) -> BulkForm | None:
    """The form below a tab of the queue, for those whose job its move is."""
    move = MOVES.get(State(state)) if state in State.values else None
    return BulkForm(move=move) if move and user.role in ROLES[move] else None


@dataclass(frozen=True)
class Outcome:
    """What became of one row. `url` is empty where the case may not be opened."""

    number: str
    title: str
    url: str
    is_done: bool
    words: str


def perform(ticked: Iterable[str], form: BulkForm, *, by: User, at: datetime) -> list[Outcome]:
    """Make the move of a valid form on each of the rows, in a transaction of its own each."""
    return [_one(row, form, by=by, at=at) for row in list(dict.fromkeys(ticked))[:MOST]]


def _one(row: str, form: BulkForm, *, by: User, at: datetime) -> Outcome:
    number, _, version = row.partition(":")
    case = cases_for(by).filter(number=number[:12]).first()
    if case is None or not version.isdecimal():
        return Outcome(number[:12], "", "", False, "没有这件案件，或者已经不归您看。")
    move = Move(form.cleaned_data["move"])
    try:
        if not may(by, move, case):
            raise DomainError("这一步不归您办。")
        actions.ensure_unchanged(case, version=int(version[:9]), move=move)
        said = _PERFORMED[move](case, form, by, at)
    except DomainError as refused:
        return Outcome(number, case.title, case.get_absolute_url(), False, refused.message)
    return Outcome(number, case.title, case.get_absolute_url(), True, said)


def _accept(case: Complaint, form: BulkForm, by: User, at: datetime) -> str:
    category = form.cleaned_data["category"] or likely_category(Category.objects.active(), case)
    if category is None:
        raise DomainError("从内容看不出类别，请打开这件单独受理。")
    actions.accept(case, category=category, by=by, at=at)
    sent = f"，按派遣规则派给{case.unit}" if case.state == State.DISPATCHED else ""
    return f"已受理，定为“{category.name}”{sent}。"


def _dispatch(case: Complaint, form: BulkForm, by: User, at: datetime) -> str:
    unit = form.cleaned_data["unit"]
    if unit is None:
        proposal = routing.propose(case, on=at.astimezone(CITY_TIME).date())
        if proposal.unit is None:
            raise DomainError(f"{proposal.basis}，请打开这件单独派遣。")
        unit = proposal.unit
    actions.dispatch(case, to=unit, by=by, at=at)
    return f"已派给{unit}。"


def _pass(case: Complaint, form: BulkForm, by: User, at: datetime) -> str:
    actions.pass_verification(case, by=by, at=at)
    return "核查通过，已办结。"


_PERFORMED: dict[Move, Callable[[Complaint, BulkForm, User, datetime], str]] = {
    Move.ACCEPT: _accept,
    Move.DISPATCH: _dispatch,
    Move.PASS: _pass,
}
