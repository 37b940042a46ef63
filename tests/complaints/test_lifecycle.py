import pytest

from complaints import actions
from complaints.models.complaint import Satisfaction
from complaints.workflow import State
from tests.factories.complaints import HOUR, MONDAY, case_in, clean_photo, filed

pytestmark = pytest.mark.django_db


def test_a_case_goes_from_filed_to_closed_with_one_event_a_move():
    case = case_in(State.CLOSED)

    assert case.state == State.CLOSED
    assert [(e.version, e.move) for e in case.events.all()] == [
        (0, "file"), (1, "accept"), (2, "dispatch"), (3, "sign"), (4, "submit"), (5, "pass"),
    ]  # fmt: skip
    assert case.closed_in_time is True


def test_not_solved_opens_the_case_a_second_time_and_only_once():
    case = case_in(State.CLOSED)

    actions.rate(case, satisfaction=Satisfaction.DISSATISFIED, is_solved=False, at=MONDAY + 9 * HOUR)

    assert (case.state, case.round, case.rated_at) == (State.HANDLING, 2, None)


def test_the_same_key_files_one_case_and_gives_the_same_code():
    first = filed(key="web:1", photos=[clean_photo()])
    second = filed(key="web:1", photos=[clean_photo()])

    assert (second.complaint, second.code, second.is_new) == (first.complaint, first.code, False)
    assert first.complaint.photos.count() == 1
