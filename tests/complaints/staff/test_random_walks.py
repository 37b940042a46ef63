"""Random people try random moves, some on stale pages; a model of the two tables says what must come of each."""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.urls import reverse

from accounts.models import Role
from complaints import actions
from complaints.chains import broken_chains, unpaired_requests
from complaints.models import Complaint
from complaints.models.complaint import Satisfaction
from complaints.workflow import PATHS, Move, State
from tests.complaints.cast import MOVES, NOT_ONES_OWN, SEE_EVERY_CASE, SEE_NO_CONFIDENTIAL_CASE, fields, person
from tests.factories.accounts import UnitFactory
from tests.factories.complaints import HOUR, CategoryFactory, filed

pytestmark = pytest.mark.django_db
STEPS = 60
ENDS = {Move.REJECT, Move.MERGE}  # chance still tries them
ASIDES = {Move.NOTE, Move.HELPERS, Move.URGE, Move.SUPERVISE, Move.UNSUPERVISE, Move.MARK, Move.ABSORB}


@dataclass
class Model:
    """What should be true of the case; knows nothing of the database."""

    state: State = State.RECEIVED
    unit: int | None = None
    helpers: set[int] = field(default_factory=set)
    asked: str = ""
    is_suspended: bool = False
    is_supervised: bool = False
    is_confidential: bool = False
    returns: int = 0
    has_reopened: bool = False
    has_extended: set[int | None] = field(default_factory=set)
    moves: list[Move] = field(default_factory=lambda: [Move.FILE])

    @property
    def version(self) -> int:
        return len(self.moves) - 1

    def expects(self, user, move, *, is_stale) -> int:
        if not self._sees(user):
            return HTTPStatus.NOT_FOUND
        if not self._is_job_of(user, move):
            return HTTPStatus.FORBIDDEN
        spoilt = is_stale and any(made not in ASIDES - {move} for made in self.moves[1:])
        return HTTPStatus.FOUND if self._is_possible(move) and not spoilt else HTTPStatus.CONFLICT

    def _sees(self, user) -> bool:
        if user.role == Role.LIAISON:
            return user.unit_id == self.unit or user.unit_id in self.helpers
        return user.role in SEE_EVERY_CASE and not (self.is_confidential and user.role in SEE_NO_CONFIDENTIAL_CASE)

    def _is_job_of(self, user, move) -> bool:
        if user.role not in MOVES[move][2]:
            return False
        if user.role == Role.LIAISON:
            return user.unit_id == self.unit or move == Move.NOTE
        takes_part = user.unit_id is not None and (user.unit_id == self.unit or user.unit_id in self.helpers)
        return not (takes_part and move in NOT_ONES_OWN) and not (
            move == Move.URGE and user.role == Role.OFFICE and self.unit is None
        )

    def _is_possible(self, move) -> bool:
        marked = {
            Move.RETURN: self.returns < 2,
            Move.ASK_EXTENSION: not self.asked and not self.is_suspended and self.unit not in self.has_extended,
            Move.ASK_SUSPENSION: not self.asked and not self.is_suspended,
            Move.GRANT_EXTENSION: self.asked == "extension",
            Move.REFUSE_EXTENSION: self.asked == "extension",
            Move.GRANT_SUSPENSION: self.asked == "suspension",
            Move.REFUSE_SUSPENSION: self.asked == "suspension",
            Move.RESUME: self.is_suspended,
            Move.URGE: not self.is_suspended,
            Move.SUPERVISE: not self.is_supervised,
            Move.UNSUPERVISE: self.is_supervised,
        }
        return self.state in MOVES[move][0] and marked.get(move, True)

    def make(self, move, other_unit) -> None:
        """What a successful move changes; some bring another with them."""
        if self.is_suspended and move in {Move.SUBMIT, Move.REDISPATCH}:
            self.moves.append(Move.RESUME)
        self.state = MOVES[move][1] or self.state
        self.moves.append(move)
        self.returns += move == Move.RETURN
        self.is_suspended = move == Move.GRANT_SUSPENSION or (
            self.is_suspended and move not in {Move.RESUME, Move.SUBMIT, Move.REDISPATCH}
        )
        self.is_supervised = move == Move.SUPERVISE or (self.is_supervised and move != Move.UNSUPERVISE)
        self.is_confidential ^= move == Move.MARK
        self._ask(move)
        self._hand_over(move, other_unit)

    def _ask(self, move) -> None:
        if move in {Move.ASK_EXTENSION, Move.ASK_SUSPENSION}:
            self.asked = move.removeprefix("ask_")
        elif move.startswith(("grant_", "refuse_")) or move in {Move.PASS, Move.REDISPATCH}:
            if self.asked == "extension" and move != Move.REDISPATCH:  # which voids what was asked
                self.has_extended.add(self.unit)
            self.asked = ""

    def _hand_over(self, move, other_unit) -> None:
        if move in {Move.DISPATCH, Move.REDISPATCH}:
            self.unit = other_unit
            self.helpers = set() if move == Move.DISPATCH else self.helpers - {other_unit}
        elif move == Move.RETURN:
            self.unit = None
        elif move == Move.HELPERS:
            self.helpers = set() if self.helpers else {other_unit}

    def rate(self) -> None:
        self.moves.append(Move.RATE)
        if not self.has_reopened:
            self.moves.append(Move.REOPEN)
            self.state, self.has_reopened, self.has_extended = State.HANDLING, True, set()


def sent(move, case, model, *, other_unit, category, duplicate) -> dict:
    """What the form sends; of marks and helping units always something that changes them."""
    filled = fields(move, case, category=category, unit=other_unit, other_unit=other_unit, duplicate=duplicate)
    if move == Move.HELPERS and model.helpers:
        filled["helpers"] = []
    if move == Move.MARK and model.is_confidential:
        del filled["is_confidential"]
    return filled


@pytest.mark.parametrize("seed", range(4))
def test_no_illegal_move_succeeds_and_each_move_leaves_one_event(client, seed, monday_noon):
    dice = random.Random(seed)
    units = UnitFactory.create_batch(2)
    crowd = [person(Role.OFFICE), person(Role.OPERATOR), person(Role.GUIDANCE), person(Role.LEADER)]
    crowd += [person(Role.LIAISON, unit) for unit in units]
    given = {"category": CategoryFactory(), "duplicate": filed().complaint}
    number, model = filed().complaint.number, Model()

    for _ in range(STEPS):
        case = Complaint.objects.get(number=number)
        user, move = dice.choice(crowd), dice.choice(list(MOVES))
        if dice.random() < 0.6:  # else a walk would seldom get anywhere
            onward = [m for m in MOVES if m not in ENDS]
            likely = [(u, m) for u in crowd for m in onward if model.expects(u, m, is_stale=False) == HTTPStatus.FOUND]
            user, move = dice.choice(likely or [(user, move)])
        other_unit = next(unit for unit in dice.sample(units, 2) if unit.pk != model.unit)
        is_stale = case.version > 0 and dice.random() < 0.15
        form = sent(move, case, model, other_unit=other_unit, **given) | ({"version": 0} if is_stale else {})
        expected = model.expects(user, move, is_stale=is_stale)
        client.force_login(user)

        answer = client.post(reverse("complaints:move", args=[number, move]), form)

        assert answer.status_code == expected, (user, move, model)
        if expected == HTTPStatus.FOUND:
            model.make(move, other_unit.pk)
        monday_noon.shift(timedelta(minutes=1))
        now_there = Complaint.objects.get(number=number)
        assert said_of(now_there) == said_of_model(model)
        if now_there.state == State.CLOSED and now_there.rated_at is None:
            actions.rate(
                now_there, satisfaction=Satisfaction.DISSATISFIED, is_solved=False, at=now_there.closed_at + HOUR
            )
            model.rate()

    assert_chain_is_whole(Complaint.objects.get(number=number), model)


def said_of(case) -> tuple:
    helpers = {helper.unit_id for helper in case.helpers.all()}
    marks = (case.asked_for, case.is_suspended, case.is_supervised, case.is_confidential)
    return case.state, case.version, case.unit_id, helpers, marks


def said_of_model(model) -> tuple:
    marks = (model.asked, model.is_suspended, model.is_supervised, model.is_confidential)
    return model.state, model.version, model.unit, model.helpers, marks


def assert_chain_is_whole(case, model) -> None:
    """Versions without a gap, each event starting where the one before it ended, along a legal path."""
    events = list(case.events.order_by("version"))
    assert [(event.version, event.move) for event in events] == list(enumerate(model.moves))
    for before, after in zip(events, events[1:], strict=False):
        sources, target = PATHS[Move(after.move)]
        assert after.from_state == before.to_state
        assert after.from_state in sources
        assert after.to_state == (target or after.from_state)
    assert events[-1].to_state == case.state
    assert [str(broken) for broken in (*broken_chains(), *unpaired_requests())] == []
