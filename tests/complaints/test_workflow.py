import pytest

from complaints.workflow import IllegalMove, Move, State, destination, open_moves
from tests.complaints.cast import MOVES

RESIDENTS_MOVES = {
    Move.RATE: ({State.CLOSED}, State.CLOSED),
    Move.REOPEN: ({State.CLOSED}, State.HANDLING),
}
TABLE = {move: (sources, target) for move, (sources, target, _) in MOVES.items()} | RESIDENTS_MOVES
CELLS = [
    pytest.param(move, state, target if state in sources else None, id=f"{move} a case that is {state}")
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
    assert open_moves(state) == []
