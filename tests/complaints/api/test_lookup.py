import pytest

from complaints.actions.lookup import CODES_PER_CLIENT
from complaints.workflow import State
from tests.factories.complaints import PHONE, case_in, filed

URL = "/api/v1/complaints/lookup/"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_noon")]


def ask(client, **what):
    return client.post(URL, what, content_type="application/json")


def test_the_code_tells_where_a_case_stands_but_not_what_was_written(client):
    told = ask(client, code=filed().code).json()

    assert (told["state"], told["heading"], told["own"]) == ("received", "收到了，等待受理", None)
    assert told["due_at"] == "2026-11-23T11:00:00+08:00"
    assert [(step["move"], step["at"]) for step in told["steps"]] == [("file", "2026-11-23T09:00:00+08:00")]


def test_with_the_end_of_the_phone_it_tells_that_too(client):
    told = ask(client, code=filed().code, phone_tail=PHONE[-4:]).json()

    assert told["own"] == {"text": "单元门口积雪结冰四天了。老人出门容易滑倒。", "place": "示例小区 3 号楼"}


def test_a_closed_case_tells_its_result_and_no_step_names_anybody(client):
    case_in(State.CLOSED, key="closed")
    code = filed(key="closed").code

    answer = ask(client, code=code)
    told = answer.json()

    assert (told["state"], told["result"], told["due_at"]) == ("closed", "已清理干净。", None)
    assert [step["move"] for step in told["steps"]] == ["file", "accept", "dispatch", "sign", "submit", "pass"]
    assert "示例人员" not in answer.content.decode()


@pytest.mark.parametrize("wrong", [{"code": "0000-0000-00000"}, {"code": "nonsense"}, {"phone_tail": "0000"}])
def test_an_unknown_code_and_a_wrong_tail_get_the_same_answer(client, wrong):
    answer = ask(client, **({"code": filed().code} | wrong))

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_guessing_is_stopped(client):
    answers = [ask(client, code="0000000000000").status_code for _ in range(CODES_PER_CLIENT.most + 1)]

    assert answers == [404] * CODES_PER_CLIENT.most + [429]
