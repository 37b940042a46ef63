import pytest

from common.errors import DomainError
from complaints.models import Complaint
from complaints.workflow import IllegalMove, Move, State, destination, ensure_possible, possible_moves
from tests.complaints.cast import MOVES, OTHERS_MOVES, is_possible
from tests.factories.complaints import MONDAY

TABLE = {move: (sources, target) for move, (sources, target, _) in MOVES.items()} | OTHERS_MOVES
CELLS = [
    pytest.param(move, state, (target or state) if state in sources else None, id=f"{move} a case that is {state}")
    for move, (sources, target) in TABLE.items()
    for state in State
]


@pytest.mark.once
@pytest.mark.parametrize(("move", "state", "target"), CELLS)
def test_the_table_of_moves_says_where_each_leads_and_refuses_the_rest(move, state, target):
    if target is None:
        with pytest.raises(IllegalMove) as refused:
            destination(move, state)
        assert state.label in refused.value.message
        assert move.label in refused.value.message
    else:
        assert destination(move, state) == target


@pytest.mark.once
def test_every_move_but_filing_has_its_row():
    assert set(TABLE) == set(Move) - {Move.FILE}


@pytest.mark.once
@pytest.mark.parametrize("state", [State.REJECTED, State.MERGED, State.WITHDRAWN])
def test_a_final_state_has_no_way_on(state):
    assert possible_moves(Complaint(state=state)) == []


MARKS = [
    {"asked_for": asked, "suspended_until": until, "supervised_at": supervised}
    for asked in ("", "extension", "suspension")
    for until in (None, MONDAY.date())
    for supervised in (None, MONDAY)
]


@pytest.mark.once
@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("marks", MARKS, ids=str)
def test_what_can_be_done_to_a_case_by_its_state_and_its_marks(state, marks):
    case = Complaint(state=state, **marks)
    by_staff = [move for move in possible_moves(case) if move in MOVES]

    assert set(by_staff) == {move for move in MOVES if is_possible(move, case)}
    for move in MOVES:
        if move not in by_staff:
            with pytest.raises(DomainError):
                ensure_possible(move, case)
