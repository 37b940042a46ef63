import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import ApiToken, Role
from complaints import actions
from complaints.models import Channel, Complaint
from complaints.workflow import Move, State
from tests.complaints.api.conftest import authorization
from tests.complaints.cast import MOVES, fields, is_job_of, is_possible, person, sees
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.complaints import HOUR, MONDAY, PHONE, CategoryFactory, case_in, filed, jpeg

URL = "/api/v1/complaints/"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_noon"), pytest.mark.once]


def listed(client, headers, **query):
    return [row["number"] for row in client.get(URL, query, headers=headers).json()["results"]]


def move(client, case, headers, **body):
    return client.post(f"{URL}{case.number}/moves/", body, content_type="application/json", headers=headers)


def test_the_list_is_for_staff(client, app):
    assert client.get(URL).status_code == 401
    assert client.get(URL, headers=app).status_code == 403


def test_a_list_tells_nothing_of_who_filed_a_case(client, as_office):
    case = filed(text=f"路灯不亮，请打 {PHONE}。").complaint

    answer = client.get(URL, headers=as_office)

    (row,) = answer.json()["results"]
    assert (row["number"], row["state"], row["light"]) == (case.number, "received", "overdue")
    assert PHONE not in answer.content.decode()
    assert "reporter" not in row


def test_the_list_is_narrowed_as_the_queue_is(client, as_office):
    closed = case_in(State.CLOSED)
    by_phone = filed(channel=Channel.HOTLINE, at=MONDAY - 48 * HOUR).complaint
    here = filed(text="公园里的座椅坏了两把。").complaint

    assert listed(client, as_office) == [here.number, closed.number, by_phone.number]
    assert listed(client, as_office, state="open") == [here.number, by_phone.number]
    assert listed(client, as_office, state="closed") == [closed.number]
    assert listed(client, as_office, channel="hotline") == [by_phone.number]
    assert listed(client, as_office, unit=closed.unit.code) == [closed.number]
    assert listed(client, as_office, category=closed.category_id) == [closed.number]
    assert listed(client, as_office, filed_after="2026-11-22") == [here.number, closed.number]
    assert listed(client, as_office, light="overdue") == [here.number, by_phone.number]
    assert listed(client, as_office, q="座椅") == [here.number]


@pytest.mark.parametrize(
    "query", [{"state": "lost"}, {"unit": "nowhere"}, {"filed_after": "soon"}, {"category": "x"}, {"q": PHONE}]
)
def test_a_filter_that_means_nothing_is_refused(client, as_office, query):
    answer = client.get(URL, query, headers=as_office)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, list(query))


def test_pages_follow_each_other_by_cursor(client, as_office, monkeypatch):
    monkeypatch.setattr("complaints.api.cases.PAGE_SIZE", 2)
    numbers = [filed(at=MONDAY - n * HOUR).complaint.number for n in range(3)]

    first = client.get(URL, headers=as_office).json()
    second = client.get(URL, {"cursor": first["next"]}, headers=as_office).json()

    assert [row["number"] for row in first["results"] + second["results"]] == numbers
    assert (first["previous"], second["next"]) == (None, None)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_reads_exactly_the_cases_it_may_see(client, role):
    unit = UnitFactory()
    cases = [case_in(State.HANDLING, unit=unit), case_in(State.HANDLING), filed(is_confidential=True).complaint]
    reader = person(role, unit)
    client.force_login(reader)

    answers = {case.number: client.get(f"{URL}{case.number}/").status_code for case in cases}

    assert answers == {case.number: 200 if sees(reader, case) else 404 for case in cases}


def test_a_case_tells_the_desk_a_masked_phone_and_the_unit_none(client, as_office):
    unit = UnitFactory()
    case = case_in(State.HANDLING, unit=unit)

    to_office = client.get(f"{URL}{case.number}/", headers=as_office)
    client.force_login(person(Role.LIAISON, unit))
    to_unit = client.get(f"{URL}{case.number}/")

    assert to_office.json()["reporter"] == {"phone": "138****1234", "may_contact": False}
    assert to_unit.json()["reporter"] is None
    assert to_unit.json()["moves"] == ["submit", "ask_extension", "ask_suspension", "note"]
    assert PHONE not in to_office.content.decode() + to_unit.content.decode()
    assert [event["move"] for event in to_unit.json()["events"]] == ["file", "accept", "dispatch", "sign"]


@pytest.mark.parametrize("number", ["2026-999999", "nonsense", "%00", "2026-000001%00"])
def test_an_unknown_number_is_not_found(client, as_office, number):
    answer = client.get(f"{URL}{number}/", headers=as_office)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("state", list(State)[:6])
@pytest.mark.parametrize("role", [Role.OFFICE, Role.OPERATOR, Role.LIAISON, Role.GUIDANCE, Role.LEADER])
def test_each_move_is_made_exactly_where_both_tables_allow_it(client, role, state):
    unit = UnitFactory()
    case = case_in(state, unit=unit)
    mover = person(role, unit)
    client.force_login(mover)
    category = CategoryFactory()
    wrong = {}
    others = {"other_unit": UnitFactory(), "duplicate": filed().complaint}
    for name in MOVES:
        body = {"move": name} | fields(name, case, category=category, **others) | {"version": 99}
        if name in {Move.DISPATCH, Move.REDISPATCH}:
            body["unit"] = others["other_unit"].code
        if name == Move.HELPERS:
            body["helpers"] = [others["other_unit"].code]
        expected = 404 if not sees(mover, case) else 409 if is_job_of(mover, name, case) else 403
        answered = move(client, case, {}, **body).status_code
        if answered != expected:
            wrong[name] = (answered, expected)
        assert Complaint.objects.get(pk=case.pk).version == case.version
        if expected == 409 and is_possible(name, case):
            assert _moves(client, case, mover, body | {"version": case.version})
    assert wrong == {}


def _moves(client, case, mover, body):
    """Whether the move succeeds; undone afterwards, so that the next is tried on the same case."""
    from django.db import transaction  # noqa: PLC0415

    with transaction.atomic():
        answer = move(client, case, {}, **body)
        transaction.set_rollback(True)
    return answer.status_code == 200


def test_a_case_is_walked_through_by_the_api_alone(client, as_office):
    unit = UnitFactory()
    by_unit = authorization(
        kind=ApiToken.Kind.STAFF, user=person(Role.LIAISON, unit), scopes=["complaints:read", "complaints:move"]
    )
    case = filed().complaint

    move(client, case, as_office, move="accept", version=0, category=CategoryFactory().pk, is_urgent=True)
    move(client, case, as_office, move="dispatch", version=1, unit=unit.code)
    move(client, case, by_unit, move="sign", version=2)
    photos = [SimpleUploadedFile("a.jpg", jpeg(), "image/jpeg")]
    client.post(
        f"{URL}{case.number}/moves/",
        {"move": "submit", "version": 3, "result": "已经清理干净。", "photos": photos},
        headers=by_unit,
    )
    answer = move(client, case, as_office, move="pass", version=4)

    case.refresh_from_db()
    assert answer.json() == {
        "number": case.number,
        "state": "closed",
        "state_label": "已办结",
        "version": 5,
        "due_at": answer.json()["due_at"],
    }
    assert (case.is_urgent, case.unit, case.photos.count()) == (True, unit, 1)


def test_who_comes_too_late_is_told_who_was_first_and_when(client, as_office, office):
    case = filed().complaint
    actions.accept(case, category=CategoryFactory(), by=office, at=MONDAY + HOUR)

    answer = move(client, case, as_office, move="reject", version=0, reason="不属于受理范围。", turn_to="12345 热线")

    told = answer.json()
    assert (answer.status_code, told["code"]) == (409, "stale")
    assert told["conflict"] == {"by": str(office), "move": "accept", "at": "2026-11-23T10:00:00+08:00", "version": 1}


def test_a_move_the_state_has_no_path_for_is_a_conflict(client, as_office):
    case = filed().complaint
    answer = move(client, case, as_office, move="dispatch", version=0, unit=UnitFactory().code)

    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_move")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"move": "fly"}, "move"),
        ({}, "move"),
        ({"move": "reject", "version": 0, "reason": "短", "turn_to": "12345 热线"}, "reason"),
        ({"move": "accept", "version": 0, "category": 10**30}, "category"),
        ({"move": "accept", "version": 0, "category": {"a": [1]}}, "category"),
        ({"move": "accept", "category": 1}, "version"),
        ({"move": "accept", "version": "soon"}, "version"),
    ],
)
def test_what_a_move_lacks_is_said_by_field(client, as_office, body, field):
    answer = move(client, filed().complaint, as_office, **body)

    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert field in answer.json()["errors"]


def test_a_key_for_reading_moves_nothing(client, office):
    reading = authorization(kind=ApiToken.Kind.STAFF, user=office, scopes=[ApiToken.Scope.READ])
    case = filed().complaint

    assert client.get(URL, headers=reading).status_code == 200
    assert move(client, case, reading, move="sign", version=0).status_code == 403


def test_a_browser_session_needs_its_csrf_token_to_move(db):
    from django.test import Client  # noqa: PLC0415

    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory())
    case = filed().complaint

    assert client.get(URL).status_code == 200
    assert move(client, case, {}, move="sign", version=0).status_code == 403


def test_who_has_not_set_a_password_of_their_own_does_not_get_in(client):
    client.force_login(UserFactory(must_change_password=True))

    assert client.get(URL).status_code == 403
