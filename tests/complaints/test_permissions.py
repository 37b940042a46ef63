import pytest

from accounts.models import Role
from complaints import actions
from complaints.models import Complaint
from complaints.permissions import may, may_search_phones, may_see_reporter, moves_open_to
from complaints.workflow import Move, State
from tests.complaints.cast import MOVES, NOT_ONES_OWN, OTHERS_MOVES, is_job_of, person, sees
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.complaints import case_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def unit():
    return UnitFactory()


@pytest.mark.parametrize("role", list(Role))
def test_the_table_of_permissions_cell_by_cell(role, unit):
    """Every move of every role on a case of one's own unit; liaisons of other units have none."""
    case = case_in(State.HANDLED, unit=unit)
    insider = person(role, unit)

    assert {move for move in MOVES if may(insider, move, case)} == {m for m in MOVES if is_job_of(insider, m, case)}
    assert [move for move in OTHERS_MOVES if may(insider, move, case)] == []


def test_a_liaison_of_another_unit_may_do_nothing(unit):
    case, stranger = case_in(State.HANDLED, unit=unit), person(Role.LIAISON)

    assert [move for move in Move if move != Move.FILE and may(stranger, move, case)] == []


def helped_by(unit, case):
    actions.set_helpers(case, units=[unit], by=UserFactory(), at=case.stage_started_at)
    return case


@pytest.mark.parametrize("is_helping", [False, True], ids=["in charge", "helping"])
@pytest.mark.parametrize("role", [Role.OFFICE, Role.GUIDANCE])
@pytest.mark.parametrize("move", sorted(NOT_ONES_OWN))
def test_nobody_verifies_or_decides_what_the_unit_they_belong_to_takes_part_in(unit, role, move, is_helping):
    case = helped_by(unit, case_in(State.HANDLED)) if is_helping else case_in(State.HANDLED, unit=unit)
    is_theirs = role in MOVES[move][2]

    assert not may(UserFactory(role=role, unit=unit), move, case)
    assert may(UserFactory(role=role, unit=UnitFactory()), move, case) == is_theirs
    assert may(UserFactory(role=role), move, case) == is_theirs


def test_a_helping_unit_sees_the_case_and_adds_notes_and_does_nothing_else(unit):
    case, other = helped_by(unit, case_in(State.HANDLED)), case_in(State.HANDLED)
    helper = person(Role.LIAISON, unit)

    assert list(Complaint.objects.visible_to(helper)) == [case]
    assert [move for move in Move if move != Move.FILE and may(helper, move, case)] == [Move.NOTE]
    assert not may(helper, Move.NOTE, other)
    assert not may_see_reporter(helper, case, may_contact=True)


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

    assert moves_open_to(person(Role.LIAISON, unit), case) == [Move.SIGN, Move.RETURN, Move.NOTE]
    assert moves_open_to(person(Role.OPERATOR), case) == [Move.URGE]
    assert moves_open_to(person(Role.OFFICE), case) == [
        Move.REDISPATCH, Move.HELPERS, Move.URGE, Move.SUPERVISE, Move.MARK,
    ]  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
def test_who_may_see_who_filed_a_case(role, unit):
    case = case_in(State.HANDLING, unit=unit)
    insider, outsider = person(role, unit), person(role)
    is_desk = role in {Role.OFFICE, Role.OPERATOR}

    assert may_see_reporter(insider, case, may_contact=False) == is_desk
    assert may_see_reporter(insider, case, may_contact=True) == (is_desk or role == Role.LIAISON)
    assert may_see_reporter(outsider, case, may_contact=True) == is_desk
    assert may_search_phones(insider) == is_desk
    case.is_anonymous = True
    assert may_see_reporter(insider, case, may_contact=True) == (role == Role.OFFICE)
