"""Role × move × state through the pages: nothing illegal succeeds, and each refusal has its own status."""

from contextlib import contextmanager
from http import HTTPStatus

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.models import Role
from complaints.models import Event
from complaints.workflow import Move, State
from tests.complaints.cast import MOVES, fields, is_job_of, is_possible, person, sees
from tests.factories.accounts import UnitFactory
from tests.factories.complaints import CategoryFactory, case_in, filed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_noon"), pytest.mark.once]
REACHABLE = [
    State.RECEIVED, State.ACCEPTED, State.DISPATCHED, State.HANDLING, State.HANDLED, State.CLOSED, State.REJECTED,
]  # fmt: skip


@contextmanager
def undone():
    """What happens inside is rolled back, so that the same case can be tried again."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def expected(user, move, case) -> int:
    if not sees(user, case):
        return HTTPStatus.NOT_FOUND
    if not is_job_of(user, move, case):
        return HTTPStatus.FORBIDDEN
    return HTTPStatus.FOUND if is_possible(move, case) else HTTPStatus.CONFLICT


@pytest.mark.parametrize("role", [*Role, "liaison of another unit"])
def test_only_the_right_person_in_the_right_state_moves_a_case(client, role):
    unit, other_unit, category, duplicate = UnitFactory(), UnitFactory(), CategoryFactory(), filed().complaint
    user = person(Role.LIAISON) if role == "liaison of another unit" else person(role, unit)
    client.force_login(user)
    wanted, got = {}, {}
    for state in REACHABLE:
        case = case_in(state, unit=unit)
        events = Event.objects.filter(complaint=case)
        for move, (_, target, _) in MOVES.items():
            status = expected(user, move, case)
            is_made = status == HTTPStatus.FOUND
            wanted[state, move] = (status, 1 if is_made else 0, (target or state) if is_made else state)
            with undone():
                before = events.count()
                answer = client.post(
                    reverse("complaints:move", args=[case.number, move]),
                    fields(move, case, category=category, unit=unit, other_unit=other_unit, duplicate=duplicate),
                )
                reached = type(case).objects.get(pk=case.pk).state
                got[state, move] = (answer.status_code, events.count() - before, reached)

    assert got == wanted


@pytest.mark.parametrize("move", ["file", "rate", "reopen", "withdraw", "absorb", "x"])
def test_a_move_that_staff_do_not_make_has_no_address(client, move):
    client.force_login(person(Role.OFFICE))

    answer = client.post(reverse("complaints:move", args=[case_in(State.CLOSED).number, move]), {"version": 5})

    assert answer.status_code == HTTPStatus.NOT_FOUND


def test_who_is_not_signed_in_is_led_to_sign_in(client):
    case = case_in(State.RECEIVED)

    answer = client.post(reverse("complaints:move", args=[case.number, Move.ACCEPT]), {"version": 0})

    assert answer.status_code == HTTPStatus.FOUND
    assert answer.url.startswith(reverse("accounts:login"))


def test_the_address_of_a_move_opened_by_hand_leads_to_the_case(client):
    case = case_in(State.RECEIVED)
    client.force_login(person(Role.OFFICE))

    answer = client.get(reverse("complaints:move", args=[case.number, Move.ACCEPT]))

    assert answer.url == case.get_absolute_url()
