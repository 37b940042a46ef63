"""Role × move × state through the pages: nothing illegal succeeds, and each refusal has its own status."""

from contextlib import contextmanager
from http import HTTPStatus

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.models import Role
from complaints import actions
from complaints.models import Event
from complaints.workflow import Move, State
from tests.complaints.cast import MOVES, fields, is_job_of, is_possible, person, sees
from tests.factories.accounts import UnitFactory
from tests.factories.complaints import HOUR, MONDAY, CategoryFactory, case_in, filed

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


# --- the form of a move, at an address of its own ---------------------------------------------------------------------


def without_token(form):
    form.select_one("input[name=csrfmiddlewaretoken]")["value"] = ""
    return form.decode()


@pytest.mark.parametrize("state", REACHABLE)
@pytest.mark.parametrize("role", [Role.OFFICE, Role.OPERATOR, Role.LIAISON])
def test_every_button_leads_to_its_form_with_script_and_without(open_page, role, state):
    unit = UnitFactory()
    user, case = person(role, unit), case_in(state, unit=unit)
    moves = [move for move in MOVES if is_job_of(user, move, case) and is_possible(move, case)]

    ways = {a.parent["id"]: a["href"] for a in open_page(user, case.get_absolute_url()).select("#moves .move-way")}

    onward = {Move.ACCEPT, Move.DISPATCH, Move.SIGN, Move.SUBMIT, Move.PASS}
    assert set(ways) == {f"move-{move}" for move in moves if move not in onward}
    for name, way in ways.items():
        page = open_page(user, way)
        assert page.status == HTTPStatus.OK
        assert [move["id"] for move in page.select("#moves .move[open]")] == [name]
        alone = open_page(user, way, htmx=True)
        assert [without_token(form) for form in alone.select("form")] == [
            without_token(page.select_one(f"#{name} form"))
        ]


def test_a_form_that_was_fetched_is_sent_with_what_its_reader_saw(open_page):
    """Somebody else was faster before it was opened: it must not pass for the decision on what came since."""
    office, unit = person(Role.OFFICE), UnitFactory()
    case = case_in(State.HANDLING, unit=unit)
    way = open_page(office, case.get_absolute_url()).select_one("#move-redispatch .move-way")["href"]
    actions.submit_result(case, result="已经清理干净。", by=person(Role.LIAISON, unit), at=MONDAY + 3 * HOUR)
    actions.rework(case, reason="还有冰。", by=office, at=MONDAY + 3 * HOUR)

    form = open_page(office, way, htmx=True).form

    sent = fields(Move.REDISPATCH, case, other_unit=UnitFactory()) | {
        "version": form.select_one("[name=version]")["value"]
    }
    assert open_page(office, form["action"], sent).status == HTTPStatus.CONFLICT


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.OFFICE, HTTPStatus.CONFLICT), (Role.LEADER, HTTPStatus.FORBIDDEN), (Role.LIAISON, HTTPStatus.NOT_FOUND)],
)
@pytest.mark.parametrize("htmx", [False, True], ids=["without script", "with htmx"])
def test_no_form_is_given_of_a_move_that_cannot_be_made(open_page, role, status, htmx):
    case = case_in(State.CLOSED)

    answer = open_page(person(role), reverse("complaints:move", args=[case.number, Move.REDISPATCH]), htmx=htmx)

    assert (answer.status, answer.select(".move-form")) == (status, [])
