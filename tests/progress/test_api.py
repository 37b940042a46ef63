"""The boards' API: the same visibility and the same actions as the pages, for programs with a key."""

from datetime import date

import pytest
import time_machine

from accounts.models import ApiToken, Role
from common.months import Month
from progress import actions
from progress.models import Flag, MonthTask, Outcome
from tests.complaints.api.conftest import authorization
from tests.factories.accounts import SpecialGroupFactory, UserFactory
from tests.factories.progress import (
    MARKED_AT,
    AnnualPlanFactory,
    BlueTaskFactory,
    MonthTaskFactory,
    PlanTaskFactory,
    ReportLineFactory,
)

pytestmark = pytest.mark.django_db

BOARDS = "/api/v1/boards/2026-11/"
STATEMENT = {"reason": "材料未到货", "plan": "等到货", "new_date": "2026-12-03"}


def key(person, *scopes):
    return authorization(kind=ApiToken.Kind.STAFF, user=person, scopes=scopes or list(ApiToken.SCOPES["staff"]))


def post(client, headers, **sent):
    with time_machine.travel(MARKED_AT, tick=False):
        return client.post(f"{BOARDS}flags/", sent, content_type="application/json", headers=headers)


def test_the_boards_of_a_month_are_read_with_flags_and_statements(client, office, task):
    blue = BlueTaskFactory(group=SpecialGroupFactory(code="traffic"), unit=task.unit)
    MonthTaskFactory(month=10)
    told = client.get(BOARDS, headers=key(office)).json()

    assert (told["month"], told["closed_at"]) == ("2026-11", None)
    counted = [(board["group"], board["red"], board["blue"], board["unmarked"]) for board in told["boards"]]
    assert counted == [("sanitation", 0, 0, 1), ("traffic", 0, 1, 0)]
    first, second = (board["tasks"][0] for board in told["boards"])
    assert (first["id"], first["unit_name"], first["statement"]) == (task.pk, "示例单位 15", None)
    assert (second["id"], second["flag"], second["statement"]["new_date"]) == (blue.pk, "blue", "2026-12-03")


def test_a_flag_is_marked_and_the_second_marker_is_told_who_and_when(client, office, task):
    headers = key(office)
    red = post(client, headers, task=task.pk, flag="red", version=0)
    assert (red.status_code, red.json()["flag"], red.json()["version"]) == (200, "red", 1)

    late = post(client, headers, task=task.pk, flag="blue", version=0, statement=STATEMENT)
    assert (late.status_code, late.json()["code"]) == (409, "stale")
    assert late.json()["conflict"] == {
        "by": "示例人员甲（创城办）", "flag": "red", "at": "2026-11-23T09:00:00+08:00", "version": 1,
    }  # fmt: skip
    blue = post(client, headers, task=task.pk, flag="blue", version=1, statement=STATEMENT)
    assert blue.json()["statement"] == STATEMENT
    assert [marking.to_flag for marking in task.markings.all()] == ["red", "blue"]

    actions.close_month(Month(2026, 11), by=office, at=MARKED_AT)
    closed = post(client, headers, task=task.pk, flag="red", version=2)
    assert (closed.status_code, closed.json()["code"]) == (409, "month_closed")


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ({"flag": "blue"}, {"statement": ["蓝旗要有 statement：原因 reason、下一步 plan、新的完成日期 new_date。"]}),
        (
            {"flag": "blue", "statement": STATEMENT | {"new_date": "2026-10-31"}},
            {"statement": {"new_date": ["新的完成日期不能早于 2026-11-01。"]}},
        ),
        ({"flag": "red", "task": 999_999}, {"task": ["这个月没有这个 id 的任务。"]}),
    ],
    ids=["blue without statement", "a date before the month", "a task of nowhere"],
)
def test_what_is_wrong_is_named_by_field_and_nothing_is_marked(client, office, task, sent, errors):
    answer = post(client, key(office), **({"task": task.pk, "version": 0} | sent))

    assert (answer.status_code, answer.json()["errors"]) == (422, errors)
    assert sorted(post(client, key(office), flag="green").json()["errors"]) == ["flag", "task", "version"]
    assert MonthTask.objects.get().flag == Flag.UNMARKED


ROLES = ["office", "unit", "other unit", "group", "leader", "operator"]


@pytest.fixture
def people(office, liaison, group):
    return {
        "office": office,
        "unit": liaison,
        "other unit": UserFactory(liaison=True),
        "group": UserFactory(role=Role.GROUP_HEAD, group=group),
        "leader": UserFactory(role=Role.LEADER),
        "operator": UserFactory(role=Role.OPERATOR),
    }


def test_each_reads_by_key_what_the_pages_show_and_only_the_office_marks(client, people, liaison, group):
    mine = MonthTaskFactory(unit=liaison.unit, group=group, content="本组的任务")
    ReportLineFactory(task=mine, outcome=Outcome.DONE, text="已办")
    MonthTaskFactory(unit=liaison.unit, content="别组的任务")
    plan = AnnualPlanFactory(unit=liaison.unit, submitted=True)
    PlanTaskFactory(plan=plan, group=group, content="年度任务", targets={11: "4 次"})
    reads, plans, marks = {}, {}, {}
    for name, person in people.items():
        headers = key(person)
        answer = client.get(f"{BOARDS}reports/", headers=headers)
        lines = [line for report in answer.json().get("reports", []) for line in report["lines"]]
        reads[name] = sorted((line["content"], line["text"]) for line in lines) or answer.status_code
        answer = client.get(f"/api/v1/plans/{liaison.unit.code}/2026/", headers=headers)
        plans[name] = [task["content"] for task in answer.json().get("tasks", [])] or answer.status_code
        marks[name] = post(client, headers, task=mine.pk, flag="red", version=0).status_code

    both = [("别组的任务", ""), ("本组的任务", "已办")]
    assert reads == {
        "office": both, "unit": both, "other unit": 200, "group": both[1:], "leader": both, "operator": 403,
    }  # fmt: skip
    of_plan = dict.fromkeys(ROLES, ["年度任务"])
    assert plans == of_plan | {"other unit": 404, "operator": 403}
    assert marks == dict.fromkeys(ROLES, 403) | {"office": 200}


def test_a_key_does_only_what_it_was_issued_for(client, office, task):
    reading = key(office, ApiToken.Scope.READ_BOARDS)
    assert client.get(BOARDS, headers=reading).status_code == 200
    assert post(client, reading, task=task.pk, flag="red", version=0).status_code == 403
    for path in ("2026-13", "2026-1", "x", "2026-11-1"):
        assert client.get(f"/api/v1/boards/{path}/", headers=reading).status_code == 400
    assert client.get(BOARDS).status_code == 401
    liaison = UserFactory(liaison=True)
    assert client.get("/api/v1/patrols/", headers=key(liaison, ApiToken.Scope.PATROL)).status_code == 200


def test_a_plan_tells_what_was_dropped_and_what_came_of_the_rest(client, office, group):
    plan = AnnualPlanFactory(submitted=True)
    task = PlanTaskFactory(plan=plan, group=group, content="清运垃圾", targets={11: "4 次", 12: "5 次"})
    actions.approve_plan(plan, by=office, at=MARKED_AT)
    change = actions.Change("drop", 12, task=task)
    dropping = actions.propose_amendment(plan, change, reason="不做了", by=office, at=MARKED_AT)
    actions.approve_amendment(dropping, by=office, at=MARKED_AT)

    told = client.get(f"/api/v1/plans/{plan.unit.code}/2026/", headers=key(office)).json()
    made = MonthTask.objects.get()
    assert told["state"] == "approved"
    assert told["tasks"][0]["months"] == [
        {"month": 11, "target": "4 次", "dropped_on": None, "task": made.pk, "mark": "none"},
        {"month": 12, "target": "5 次", "dropped_on": f"{date(2026, 11, 23)}", "task": None, "mark": "na"},
    ]
