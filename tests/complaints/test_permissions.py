import pytest

from accounts.models import Role
from complaints.models import Complaint
from complaints.permissions import may, may_search_phones, may_see_reporter, moves_open_to
from complaints.workflow import Move, State
from tests.complaints.cast import MOVES, is_job_of, person, sees
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.complaints import case_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return UnitFactory()


@pytest.mark.parametrize("role", list(Role))
def test_the_table_of_permissions_cell_by_cell(role, unit):
    """Every move of every role on a case of one's own unit; liaisons of other units have none."""
    case = case_in(State.HANDLED, unit=unit)
    insider = person(role, unit)

    assert {move for move in MOVES if may(insider, move, case)} == {m for m in MOVES if is_job_of(insider, m, case)}
    assert not may(insider, Move.RATE, case)
    assert not may(insider, Move.REOPEN, case)


def test_a_liaison_of_another_unit_may_do_nothing(unit):
    case, stranger = case_in(State.HANDLED, unit=unit), person(Role.LIAISON)

    assert [move for move in Move if move != Move.FILE and may(stranger, move, case)] == []


@pytest.mark.parametrize("role", [Role.OFFICE, Role.GUIDANCE])
@pytest.mark.parametrize("move", [Move.PASS, Move.REWORK])
def test_nobody_verifies_the_work_of_the_unit_they_belong_to(unit, role, move):
    case = case_in(State.HANDLED, unit=unit)

    assert not may(UserFactory(role=role, unit=unit), move, case)
    assert may(UserFactory(role=role, unit=UnitFactory()), move, case)
    assert may(UserFactory(role=role), move, case)


@pytest.mark.parametrize("state", [State.RECEIVED, State.DISPATCHED, State.HANDLED, State.CLOSED])
@pytest.mark.parametrize("is_confidential", [False, True], ids=["open", "confidential"])
@pytest.mark.parametrize("role", list(Role))
def test_who_sees_a_case(role, state, is_confidential, unit):
    case = case_in(state, unit=unit, is_confidential=is_confidential)
    insider, outsider = person(role, unit), person(role)

    for user in (insider, outsider):
        assert Complaint.objects.visible_to(user).contains(case) == sees(user, case)


def test_the_buttons_are_what_is_possible_now_and_ones_job(unit):
    case = case_in(State.DISPATCHED, unit=unit)

    assert moves_open_to(person(Role.LIAISON, unit), case) == [Move.SIGN, Move.RETURN]
    assert moves_open_to(person(Role.OFFICE), case) == []


@pytest.mark.parametrize("role", list(Role))
def test_who_may_see_who_filed_a_case(role, unit):
    case = case_in(State.HANDLING, unit=unit)
    insider, outsider = person(role, unit), person(role)
    is_desk = role in {Role.OFFICE, Role.OPERATOR}

    assert may_see_reporter(insider, case, may_contact=False) == is_desk
    assert may_see_reporter(insider, case, may_contact=True) == (is_desk or role == Role.LIAISON)
    assert may_see_reporter(outsider, case, may_contact=True) == is_desk
    assert may_search_phones(insider) == is_desk
