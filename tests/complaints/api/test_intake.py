from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import ApiToken
from common.crypto import normalized_code
from complaints.models import Channel, Complaint, ProblemGroup, Submission
from grids.models import Grid
from tests.complaints.api.conftest import authorization
from tests.factories.accounts import UserFactory
from tests.factories.complaints import PHONE, jpeg
from tests.factories.grids import GridFactory, square

URL = "/api/v1/complaints/"
ANSWERS = {"text": "单元门口积雪结冰四天了。", "group": "cleaning", "place": "示例小区 3 号楼", "phone": PHONE}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_noon")]


def send(client, answers=ANSWERS, *, key="key-0001", headers=None, **more):
    headers = {"Idempotency-Key": key} | (headers or {})
    return client.post(URL, answers, content_type="application/json", headers=headers, **more)


def test_an_app_files_a_case_and_gets_number_and_code(client, app):
    answer = send(client, headers=app)

    case = Complaint.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "number": case.number,
        "code": answer.json()["code"],
        "state": "received",
        "due_at": "2026-11-23T16:00:00+08:00",
    }
    assert normalized_code(answer.json()["code"])
    assert (case.channel, case.group, case.text, case.place) == (
        Channel.APP, ProblemGroup.CLEANING, ANSWERS["text"], ANSWERS["place"],
    )  # fmt: skip
    assert case.reporters.get().phone == PHONE


def test_without_a_key_of_its_own_a_program_files_as_the_web_form_does(client):
    assert send(client).status_code == 201
    assert Complaint.objects.get().channel == Channel.WEB


def test_a_point_finds_its_grid_and_the_marks_are_kept(client, app):
    grid = GridFactory(boundary=square(122.528, 52.969))
    answers = ANSWERS | {
        "longitude": 122.529, "latitude": 52.970, "name": "示例居民", "may_contact": True, "confidential": True,
    }  # fmt: skip

    send(client, answers, headers=app)

    case = Complaint.objects.get()
    reporter = case.reporters.get()
    assert (case.grid, case.is_confidential) == (grid, True)
    assert (reporter.name, reporter.may_contact) == ("示例居民", True)


def test_a_grid_by_its_code_is_place_enough(client, app):
    grid = GridFactory()
    answers = {"text": ANSWERS["text"], "phone": PHONE, "grid": grid.code}

    assert send(client, answers, headers=app).status_code == 201
    case = Complaint.objects.get()
    assert (case.grid, case.group) == (grid, ProblemGroup.OTHER)


def test_photos_come_as_a_form(client, app):
    photos = [SimpleUploadedFile(f"{n}.jpg", jpeg(colour), "image/jpeg") for n, colour in enumerate(["red", "blue"])]

    answer = client.post(URL, ANSWERS | {"photos": photos}, headers={"Idempotency-Key": "key-0001"} | app)

    assert answer.status_code == 201
    assert Complaint.objects.get().photos.count() == 2


def test_a_file_that_is_no_photo_is_named(client, app):
    photos = [SimpleUploadedFile("a.jpg", b"no picture", "image/jpeg")]

    answer = client.post(URL, ANSWERS | {"photos": photos}, headers={"Idempotency-Key": "key-0001"} | app)

    assert answer.status_code == 400
    assert answer.json()["errors"]["photos"][0].startswith("第 1 张（a.jpg）：这个文件不是能用的照片")
    assert not Complaint.objects.exists()


def test_the_same_again_gets_the_same_answer_and_makes_no_second_case(client, app):
    first = send(client, headers=app)
    case = Complaint.objects.get()
    Complaint.objects.filter(pk=case.pk).update(state="accepted", due_at=None, warn_at=None)

    again = send(client, headers=app)

    assert (again.status_code, again.json()) == (201, first.json())
    assert Complaint.objects.count() == 1


def test_what_was_right_when_it_was_sent_first_keeps_its_answer(client, app):
    grid = GridFactory()
    answers = {"text": ANSWERS["text"], "phone": PHONE, "grid": grid.code}
    first = send(client, answers, headers=app)
    Grid.objects.filter(pk=grid.pk).update(started_on=date(2020, 1, 1), ended_on=date(2020, 1, 2))

    again = send(client, answers, headers=app)

    assert (again.status_code, again.json()) == (201, first.json())
    assert send(client, answers, key="key-0002", headers=app).json()["errors"].keys() == {"grid"}


def test_the_same_key_for_something_else_is_refused(client, app):
    send(client, headers=app)

    answer = send(client, ANSWERS | {"text": "路灯不亮三天了。"}, headers=app)

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert answer["Content-Type"] == "application/problem+json"
    assert Complaint.objects.count() == 1


def test_other_photos_are_something_else(client, app):
    for colour, status in (("red", 201), ("red", 201), ("blue", 422)):
        photos = [SimpleUploadedFile("a.jpg", jpeg(colour), "image/jpeg")]
        answer = client.post(URL, ANSWERS | {"photos": photos}, headers={"Idempotency-Key": "key-0001"} | app)
        assert answer.status_code == status


def test_two_apps_may_use_the_same_key(client, app):
    send(client, headers=app)
    answer = send(client, ANSWERS | {"text": "路灯不亮三天了。"}, headers=authorization(name="另一个程序"))

    assert answer.status_code == 201
    assert Complaint.objects.count() == 2


@pytest.mark.parametrize(
    ("key", "code"),
    [("", "idempotency_key_required"), ("short", "idempotency_key_invalid"), ("k" * 201, "idempotency_key_invalid")],
)
def test_a_key_is_needed(client, app, key, code):
    answer = send(client, key=key, headers=app)

    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": "路灯"}, "text"),
        ({"phone": "138"}, "phone"),
        ({"phone": ""}, "phone"),
        ({"place": ""}, "place"),
        ({"place": "", "longitude": 122.5}, "longitude"),
        ({"longitude": 200, "latitude": 52}, "longitude"),
        ({"grid": "999999999999999"}, "grid"),
        ({"group": "nonsense"}, "group"),
        ({"text": "路灯不亮\ud800三天了"}, None),
    ],
)
def test_what_is_wrong_is_said_by_field_and_files_nothing(client, app, changes, field):
    answer = send(client, ANSWERS | changes, headers=app)

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert (field is None) or field in answer.json()["errors"]
    assert not Complaint.objects.exists()
    assert not Submission.objects.exists()


@pytest.mark.parametrize("body", ["[1, 2]", "{", '"text"', "[" * 5000, "\xff"])
def test_a_body_that_is_no_object_is_refused(client, app, body):
    answer = client.post(
        URL, body.encode("latin-1"), content_type="application/json", headers=app | {"Idempotency-Key": "key-0001"}
    )

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_a_wrong_key_files_nothing_rather_than_something_anonymous(client, app):
    answer = send(client, headers={"Authorization": "Token nonsense"})

    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_failed")
    assert answer["WWW-Authenticate"] == "Token"
    assert not Complaint.objects.exists()


def test_the_key_of_one_of_the_staff_does_not_file(client):
    headers = authorization(kind=ApiToken.Kind.STAFF, user=UserFactory(), scopes=[ApiToken.Scope.READ])

    assert send(client, headers=headers).status_code == 403


def test_strangers_have_the_budget_of_the_form_and_repeating_costs_nothing(client, settings):
    settings.INTAKE_PER_CLIENT_HOUR = 2
    assert [send(client, key=f"key-000{n}").status_code for n in (1, 1, 1, 2)] == [201, 201, 201, 201]

    refused = send(client, key="key-0003")

    assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
    assert int(refused["Retry-After"]) > 0
    assert (Complaint.objects.count(), Submission.objects.count()) == (2, 2)


def test_an_app_is_not_held_to_the_budget_of_one_network_but_a_phone_to_its_own(client, app, settings):
    settings.INTAKE_PER_CLIENT_HOUR = 2
    told = [send(client, key=f"key-{n:04}", headers=app).status_code for n in range(21)]

    assert told == [201] * 20 + [429]


def test_neither_phone_nor_code_is_kept_in_the_clear_or_logged(client, app, caplog):
    code = send(client, headers=app).json()["code"]

    submission = Submission.objects.get()
    kept = f"{submission.key} {submission.fingerprint} {caplog.text}"
    assert PHONE not in kept
    assert code not in kept
