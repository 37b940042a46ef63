"""Random people try random moves, some on stale pages; a model of the two tables says what must come of each."""

import random
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.urls import reverse

from accounts.models import Role
from complaints import actions
from complaints.models import Complaint
from complaints.models.complaint import Satisfaction
from complaints.workflow import PATHS, Move, State
from tests.complaints.cast import MOVES, fields, is_job_of, person, sees
from tests.factories.accounts import UnitFactory
from tests.factories.complaints import HOUR, CategoryFactory, filed

pytestmark = pytest.mark.django_db
STEPS = 50


@dataclass
class Model:
    """What should be true of the case."""

    state: State = State.RECEIVED
    version: int = 0
    returns: int = 0
    has_reopened: bool = False

    def expects(self, user, move, case, *, is_stale) -> int:
        sources, _, _ = MOVES[move]
        if not sees(user, case):
            return HTTPStatus.NOT_FOUND
        if not is_job_of(user, move, case):
            return HTTPStatus.FORBIDDEN
        final = move == Move.RETURN and self.returns >= 2
        return HTTPStatus.CONFLICT if is_stale or self.state not in sources or final else HTTPStatus.FOUND

    def make(self, move) -> None:
        self.state = MOVES[move][1]
        self.version += 1
        self.returns += move == Move.RETURN


def rate(case, model, *, at) -> None:
    """The resident says it is not solved, which opens a case once more."""
    actions.rate(case, satisfaction=Satisfaction.DISSATISFIED, is_solved=False, at=at)
    model.version += 1
    if not model.has_reopened:
        model.state, model.version, model.has_reopened = State.HANDLING, model.version + 1, True


@pytest.mark.parametrize("seed", range(6))
def test_no_illegal_move_succeeds_and_each_move_leaves_one_event(client, seed, monday_noon):
    dice = random.Random(seed)
    units = UnitFactory.create_batch(2)
    crowd = [person(Role.OFFICE), person(Role.OPERATOR), person(Role.GUIDANCE), person(Role.LEADER)]
    crowd += [person(Role.LIAISON, unit) for unit in units]
    category = CategoryFactory()
    number, model = filed().complaint.number, Model()

    for _ in range(STEPS):
        case = Complaint.objects.get(number=number)
        user, move, unit = dice.choice(crowd), dice.choice(list(MOVES)), dice.choice(units)
        if dice.random() < 0.5:  # else a walk would seldom get anywhere
            onward = [m for m in MOVES if m != Move.REJECT]  # which ends the walk; chance still tries it
            likely = [(u, m) for u in crowd for m in onward if model.expects(u, m, case, is_stale=False) == 302]
            user, move = dice.choice(likely or [(user, move)])
        is_stale = case.version > 0 and dice.random() < 0.15
        sent = fields(move, case, category=category, unit=unit) | ({"version": 0} if is_stale else {})
        expected = model.expects(user, move, case, is_stale=is_stale)
        client.force_login(user)

        answer = client.post(reverse("complaints:move", args=[number, move]), sent)

        assert answer.status_code == expected, (user, move, model)
        if expected == HTTPStatus.FOUND:
            model.make(move)
        monday_noon.shift(timedelta(minutes=1))
        now_there = Complaint.objects.get(number=number)
        assert (now_there.state, now_there.version) == (model.state, model.version)
        if now_there.state == State.CLOSED and now_there.rated_at is None:
            rate(now_there, model, at=now_there.closed_at + HOUR)

    assert_chain_is_whole(Complaint.objects.get(number=number), model)


def assert_chain_is_whole(case, model) -> None:
    """Versions without a gap, each event starting where the one before it ended, along a legal path."""
    events = list(case.events.order_by("version"))
    assert [event.version for event in events] == list(range(model.version + 1))
    for before, after in zip(events, events[1:], strict=False):
        sources, target = PATHS[Move(after.move)]
        assert after.from_state == before.to_state
        assert after.from_state in sources
        assert after.to_state == target
    assert events[-1].to_state == case.state
