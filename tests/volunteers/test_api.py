import json
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from complaints.models import Complaint, ProblemGroup
from tests.factories.complaints import filed, jpeg
from tests.factories.grids import CENTRE
from tests.factories.volunteers import HALF_AN_HOUR, NINE, patrolled
from volunteers.models import Finding, PatrolLog

pytestmark = pytest.mark.usefixtures("monday_ten")
URL = "/api/v1/patrols/"


@pytest.fixture
def phone(liaison, client):
    client.force_login(liaison)
    return client


def told(grid, **changes):
    sent = {
        "grid": grid.code, "started_at": "2026-11-23T08:30:00+08:00", "finished_at": "2026-11-23T09:00:00+08:00",
        "result": "no_problem", "checks": {"snow": "fine"},
    }  # fmt: skip
    return sent | changes


def post(client, body, *, key="k-1"):
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(URL, json.dumps(body), content_type="application/json", headers=headers)


def post_finding(client, log_id, *, key="f-1", photos=(), **changes):
    body = {"group": "garbage", "text": "垃圾箱满溢", **changes}
    files = [SimpleUploadedFile(f"{n}.jpg", photo, "image/jpeg") for n, photo in enumerate(photos)]
    return client.post(f"{URL}{log_id}/findings/", body | {"photos": files}, headers={"Idempotency-Key": key})


def test_a_patrol_is_one_however_often_it_is_sent(phone, grid):
    answers = [post(phone, told(grid)) for _ in range(5)]

    assert {answer.status_code for answer in answers} == {201}
    assert {answer.json()["id"] for answer in answers} == {PatrolLog.objects.get().pk}


def test_the_page_learns_who_is_signed_in_and_what_is_patrolled(phone, liaison, grid, unit):
    patrolled(grid, unit, by=liaison)
    answer = phone.get(URL).json()

    assert (answer["user"], answer["today"]) == (liaison.pk, "2026-11-23")
    assert [(log["grid"], log["by"]) for log in answer["patrols"]] == [(grid.code, "示例人员甲")]
    assert len(answer["csrf_token"]) == 64


PROBLEMS = {
    "no key": (lambda grid: told(grid), "", 400, "idempotency_key_required"),
    "another body under the same key": (lambda grid: told(grid, checks={}), "used", 422, "idempotency_key_reused"),
    "no such grid": (lambda grid: told(grid) | {"grid": "999"}, "k", 400, "invalid"),
    "no such check": (lambda grid: told(grid, checks={"moon": "fine"}), "k", 400, "invalid"),
    "no result": (lambda grid: {"grid": grid.code}, "k", 400, "invalid"),
    "not even an object": (lambda grid: [1], "k", 400, "invalid"),
    "ends in the future": (lambda grid: told(grid, finished_at="2026-11-23T12:00:00+08:00"), "k", 409, "refused"),
}


@pytest.mark.parametrize(("body", "key", "status", "code"), PROBLEMS.values(), ids=PROBLEMS)
def test_what_is_wrong_is_said_as_problem_json(body, key, status, code, phone, grid):
    if key == "used":
        post(phone, told(grid), key="used")
    answer = post(phone, body(grid), key=key)

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["code"] == code
    assert answer.json()["detail"]


def test_who_is_not_signed_in_gets_401_and_who_is_no_patroller_403(client, office, grid):
    assert (post(client, told(grid)).status_code, client.get(URL).status_code) == (401, 401)
    client.force_login(office)
    answer = post(client, told(grid))
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


def test_without_the_csrf_token_nothing_is_taken(liaison, grid):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(liaison)
    token = strict.get(URL).json()["csrf_token"]

    assert post(strict, told(grid)).status_code == 403
    body, headers = json.dumps(told(grid)), {"Idempotency-Key": "k", "X-CSRFToken": token}
    assert strict.post(URL, body, content_type="application/json", headers=headers).status_code == 201


def test_a_colleagues_patrol_is_a_conflict_that_names_it_and_can_be_joined(phone, grid, unit, colleague):
    first = patrolled(grid, unit, by=colleague)
    answer = post(phone, told(grid))

    assert (answer.status_code, answer.json()["code"]) == (409, "already_patrolled")
    assert (answer.json()["patrol"]["id"], answer.json()["patrol"]["by"]) == (first.pk, "示例人员乙")
    assert post(phone, told(grid, join=True)).json()["id"] == first.pk


def test_a_finding_with_two_photos_is_one_case_however_often_it_is_sent(phone, grid, unit, liaison):
    log = patrolled(grid, unit, by=liaison)
    photos = [jpeg("red"), jpeg("blue")]
    answers = [post_finding(phone, log.pk, photos=photos) for _ in range(3)]

    case = Complaint.objects.get()
    assert [answer.json()["case"] for answer in answers] == [case.number] * 3
    assert (case.photos.count(), Finding.objects.count()) == (2, 1)


def test_a_case_nearby_is_told_without_a_residents_words(phone, grid, unit, liaison):
    filed(group=ProblemGroup.GARBAGE, point=CENTRE, at=NINE - HALF_AN_HOUR, text="张三家门口垃圾没人收。")
    log = patrolled(grid, unit, by=liaison)
    where = {"longitude": CENTRE[0], "latitude": CENTRE[1]}
    answer = post_finding(phone, log.pk, **where)

    assert (answer.status_code, answer.json()["code"]) == (409, "already_reported")
    number = Complaint.objects.get().number
    case = {"number": number, "title": "垃圾", "unit": "", "state": "待受理", "metres": 1}
    assert answer.json()["case"] == case
    assert post_finding(phone, log.pk, **where, choice="same").json()["case"] == number


def test_a_broken_photo_is_refused_in_words_and_nothing_is_kept(phone, grid, unit, liaison):
    answer = post_finding(phone, patrolled(grid, unit, by=liaison).pk, photos=[b"not a photo"])

    assert (answer.status_code, answer.json()["code"]) == (409, "photo_refused")
    assert "请传 JPG" in answer.json()["detail"]
    assert not Finding.objects.exists()


def test_the_patrols_of_another_unit_do_not_exist_for_a_phone(phone, grid, unit, liaison, stranger, client):
    log = patrolled(grid, unit, by=liaison)
    client.force_login(stranger)

    assert post_finding(client, log.pk, key=str(uuid4())).status_code == 404
