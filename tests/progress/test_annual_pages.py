"""Annual plans, amendments and objections as pages: who sees and does what, and that nothing typed is lost."""

import pytest
from bs4 import BeautifulSoup

from accounts.models import Role
from progress import actions
from progress.actions import Change
from progress.models import Amendment, AnnualPlan, MonthTask, Objection, PlanMonth, PlanTask
from progress.workflow import PlanState
from tests.factories.accounts import SpecialGroupFactory, UnitFactory, UserFactory
from tests.factories.progress import MARKED_AT, AnnualPlanFactory, PlanTaskFactory, RedTaskFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_23rd"), pytest.mark.once]

LIST = "/workbench/plan/annual/"
PEOPLE = ["unit", "other unit", "office", "group", "other group", "leader", "operator"]


@pytest.fixture
def people(liaison, office, group):
    return {
        "unit": liaison,
        "other unit": UserFactory(liaison=True),
        "office": office,
        "group": UserFactory(role=Role.GROUP_HEAD, group=group),
        "other group": UserFactory(group_head=True),
        "leader": UserFactory(role=Role.LEADER),
        "operator": UserFactory(role=Role.OPERATOR),
    }


@pytest.fixture
def plan(liaison, group):
    """Two tasks, of which one concerns the group."""
    plan = AnnualPlanFactory(unit=liaison.unit)
    PlanTaskFactory(plan=plan, group=group, content="本组的任务", targets={11: "4 次", 12: "5 次"})
    PlanTaskFactory(plan=plan, group=SpecialGroupFactory(), content="别组的任务", targets={11: "2 次"})
    return plan


def in_state(plan, state, liaison, office):
    if state != PlanState.DRAFT:
        actions.submit_plan(plan, by=liaison, at=MARKED_AT)
    if state == PlanState.RETURNED:
        actions.return_plan(plan, text="写明次数", by=office, at=MARKED_AT)
    if state == PlanState.APPROVED:
        actions.approve_plan(plan, by=office, at=MARKED_AT)
    return plan


def soup(answer):
    return BeautifulSoup(answer.content, "html.parser")


def told(client, address):
    """What a person reads there of the two tasks; the status if not even the page."""
    answer = client.get(address)
    return sorted(heading.text for heading in soup(answer).select(".plan-task h2")) or answer.status_code


@pytest.mark.parametrize("state", list(PlanState))
def test_who_reads_a_plan(client, plan, people, liaison, office, state):
    in_state(plan, state, liaison, office)
    both = ["别组的任务", "本组的任务"]
    seen = {}
    for name, person in people.items():
        client.force_login(person)
        seen[name] = told(client, plan.get_absolute_url())

    # A draft is nobody else's business.
    others = 404 if state == PlanState.DRAFT else None
    assert seen == {
        "unit": both,
        "other unit": 404,
        "office": others or both,
        "group": others or ["本组的任务"],
        "other group": 404,
        "leader": others or both,
        "operator": 403,
    }


DONE, REFUSED, HIDDEN, NOT_THEIRS = 302, 409, 404, 403
MOVES = [
    # state, move, what the unit and the office are answered
    (PlanState.DRAFT, "submit", DONE, NOT_THEIRS),
    (PlanState.RETURNED, "submit", DONE, NOT_THEIRS),
    (PlanState.SUBMITTED, "submit", REFUSED, NOT_THEIRS),
    (PlanState.APPROVED, "submit", REFUSED, NOT_THEIRS),
    (PlanState.SUBMITTED, "approve", NOT_THEIRS, DONE),
    (PlanState.RETURNED, "approve", NOT_THEIRS, REFUSED),
    (PlanState.APPROVED, "approve", NOT_THEIRS, REFUSED),
    (PlanState.SUBMITTED, "return", NOT_THEIRS, DONE),
    (PlanState.APPROVED, "return", NOT_THEIRS, REFUSED),
]


@pytest.mark.parametrize(("state", "move", "of_unit", "of_office"), MOVES, ids=lambda value: str(value))
def test_who_moves_a_plan_from_where(client, plan, people, liaison, office, state, move, of_unit, of_office):
    in_state(plan, state, liaison, office)
    sent = {"version": plan.version, "text": "写明次数"}
    answers = {}
    # Whoever may do it comes last: then it is done.
    for name in sorted(PEOPLE, key=lambda one: (one, DONE) in {("unit", of_unit), ("office", of_office)}):
        client.force_login(people[name])
        answers[name] = client.post(f"{plan.get_absolute_url()}{move}/", sent).status_code

    if state == PlanState.DRAFT:
        of_office = HIDDEN
    assert answers == {
        "unit": of_unit,
        "other unit": HIDDEN,
        "office": of_office,
        "group": NOT_THEIRS,
        "other group": NOT_THEIRS,
        "leader": NOT_THEIRS,
        "operator": NOT_THEIRS,
    }


def test_only_the_unit_writes_and_amends_its_plan(client, plan, people, liaison, office):
    task = plan.tasks.first()
    writing = [f"tasks/{task.pk}/", "tasks/new/", "import/"]
    answers = {}
    for name, person in people.items():
        client.force_login(person)
        answers[name] = [client.get(plan.get_absolute_url() + path).status_code for path in writing]
    unseen = {name: [403] * 3 for name in PEOPLE}
    assert answers == unseen | {"unit": [200] * 3, "other unit": [404] * 3}

    in_state(plan, PlanState.APPROVED, liaison, office)
    amending = ["amend/", f"amend/{task.months.first().pk}/"]
    for name, person in people.items():
        client.force_login(person)
        answers[name] = [client.get(plan.get_absolute_url() + path).status_code for path in amending + writing]
    unseen = {name: [403] * 5 for name in PEOPLE}
    assert answers == unseen | {"unit": [200, 200, 403, 403, 403], "other unit": [404] * 5}


def test_who_sees_and_decides_an_amendment(client, plan, people, liaison, office):
    in_state(plan, PlanState.APPROVED, liaison, office)
    task = PlanTask.objects.get(content="本组的任务")
    change = Change(Amendment.Kind.CHANGE, 12, task=task, target="3 次")
    waiting = actions.propose_amendment(plan, change, reason="设备到货晚", by=liaison, at=MARKED_AT)
    address = f"/workbench/plan/amendments/{waiting.pk}/"
    seen, done = {}, {}
    for name in [name for name in PEOPLE if name != "office"] + ["office"]:
        client.force_login(people[name])
        seen[name] = client.get(address).status_code
        done[name] = client.post(f"{address}decide/", {"approve": "1", "words": ""}).status_code

    assert seen == {
        "unit": 200, "other unit": 404, "office": 200, "group": 200, "other group": 404, "leader": 200, "operator": 403,
    }  # fmt: skip
    assert done == {name: 403 for name in PEOPLE} | {"office": 302}
    client.force_login(office)
    too_late = client.post(f"{address}decide/", {"refuse": "1", "words": "照原计划做"})
    assert too_late.status_code == 409
    assert "您写的意见：照原计划做" in soup(too_late).text


def test_the_office_sees_who_has_handed_in_and_who_has_not(client, plan, liaison, office, group):
    missing, draft = UnitFactory(name="示例单位 20"), AnnualPlanFactory(unit__name="示例单位 21")
    UnitFactory(name="示例单位 22", is_active=False)
    approved = AnnualPlanFactory(approved=True, unit__name="示例单位 23")
    PlanTaskFactory(plan=approved, targets={1: "1 次"})
    in_state(plan, PlanState.SUBMITTED, liaison, office)
    client.force_login(office)
    page = soup(client.get(LIST, {"year": 2026}))
    rows = [[cell.text.strip() for cell in line.select("th, td")][:4] for line in page.select("tbody tr")]

    assert rows == [
        ["示例单位 12", "等审批", "2", "3"],
        [missing.name, "没有交", "—", "—"],
        [draft.unit.name, "没有交", "—", "—"],
        ["示例单位 23", "已批准", "1", "1"],
    ]
    assert "已交 2／4 个单位" in page.text
    assert [tab.text for tab in page.select(".tabs a")] == ["全部 4", "没有交 2", "等审批 1", "已退回 0", "已批准 1"]
    only = soup(client.get(LIST, {"year": 2026, "state": "missing"}))
    assert [line.th.text for line in only.select("tbody tr")] == ["示例单位 20", "示例单位 21"]


def test_a_task_is_written_without_script_and_the_first_target_fills_the_year(client, liaison, group):
    client.force_login(liaison)
    begun = client.post(f"{LIST}begin/", {"year": 2027})
    plan = AnnualPlan.objects.get()
    assert begun.headers["Location"] == plan.get_absolute_url()
    typed = {
        "version": 0,
        "group": group.pk,
        "content": "清运垃圾",
        "measure": "",
        "month_3": "4 次",
        "month_6": "6 次",
    }
    address = f"{plan.get_absolute_url()}tasks/new/"
    filled = soup(client.post(address, typed | {"fill": "1"}))
    targets = [filled.select_one(f"[name=month_{month}]").get("value") for month in range(1, 13)]
    assert targets == [None, None, "4 次", "4 次", "4 次", "6 次", *["4 次"] * 6]
    assert PlanTask.objects.count() == 0

    assert client.post(address, typed).headers["Location"] == plan.get_absolute_url()
    assert list(PlanMonth.objects.values_list("month", "target")) == [(3, "4 次"), (6, "6 次")]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("group", "", "选一个专项推进组。"),
        ("content", " ", "写明任务，例如：清运无物业楼院垃圾。"),
        ("content", "雪" * 81, "任务最多 80 字，现在是 81 字。"),
        ("content", "本组的任务", "计划里这个组已经有一项同样的任务。改一下，或者改那一项。"),
        ("month_4", "次" * 101, "4 月最多 100 字，现在是 101 字。"),
    ],
)
def test_a_task_that_is_not_right_is_refused_and_kept(client, plan, liaison, group, field, value, sentence):
    client.force_login(liaison)
    typed = {"version": 0, "group": group.pk, "content": "清雪", "month_1": "2 次", "measure": "扫净"} | {field: value}
    answer = client.post(f"{plan.get_absolute_url()}tasks/new/", typed)

    assert answer.status_code == 422
    assert [error.text.strip() for error in soup(answer).select(".field-error")] == [sentence]
    assert soup(answer).select_one("[name=measure]").text.strip() == "扫净"
    assert plan.tasks.count() == 2


def test_who_writes_at_an_older_plan_keeps_the_words_and_may_save_again(client, plan, liaison, group):
    client.force_login(liaison)
    actions.write_task(plan, actions.TaskDraft(group, "同事加的", targets={1: "1 次"}), task=None)
    typed = {"version": 0, "group": group.pk, "content": "清雪", "month_1": "2 次"}
    address = f"{plan.get_absolute_url()}tasks/new/"
    refused = client.post(address, typed)

    page = soup(refused)
    assert (refused.status_code, page.select_one("#refusal").text.strip()) == (
        409, "这份计划刚刚被同事改过，您这一次没有保存。看过最新情况再办。",
    )  # fmt: skip
    kept = {name: page.select_one(f"[name={name}]")["value"] for name in ("version", "content", "month_1")}
    assert kept == {"version": "1", "content": "清雪", "month_1": "2 次"}
    assert client.post(address, typed | kept).status_code == 302


def test_a_return_without_a_reason_is_asked_for_one(client, plan, liaison, office):
    in_state(plan, PlanState.SUBMITTED, liaison, office)
    client.force_login(office)
    answer = client.post(f"{plan.get_absolute_url()}return/", {"version": plan.version, "text": ""})

    assert answer.status_code == 422
    assert soup(answer).select_one(".field-error").text.strip() == "写明为什么退回、要改什么。"


def test_a_month_is_amended_by_its_page_and_the_new_task_by_its_own(client, plan, liaison, office, group):
    in_state(plan, PlanState.APPROVED, liaison, office)
    client.force_login(liaison)
    standing = PlanMonth.objects.get(task__content="本组的任务", month=12)
    page = f"{plan.get_absolute_url()}amend/{standing.pk}/"
    gap = client.post(page, {"target": "3 次", "reason": ""})
    assert (gap.status_code, soup(gap).select_one("[name=target]")["value"]) == (422, "3 次")
    assert client.post(page, {"target": "3 次", "reason": "设备到货晚"}).status_code == 302
    again = client.post(page, {"drop": "1", "reason": "不做了"})
    assert (again.status_code, soup(again).select("[name=reason]")[1].text.strip()) == (409, "不做了")

    new = {"month": "12", "target": "3 处", "reason": "新增", "group": "", "content": ""}
    refused = client.post(f"{plan.get_absolute_url()}amend/", new)
    assert [error.text.strip() for error in soup(refused).select(".field-error")] == [
        "新的任务要选一个专项推进组。",
        "写明新的任务。",
    ]
    client.post(f"{plan.get_absolute_url()}amend/", new | {"group": group.pk, "content": "围挡"})
    assert sorted(Amendment.objects.values_list("kind", "content", "target")) == [
        ("add", "围挡", "3 处"),
        ("change", "本组的任务", "3 次"),
    ]


# --- objections ---


@pytest.fixture
def flagged(liaison, group):
    return RedTaskFactory(unit=liaison.unit, group=group, content="完成 3 处围挡")


def test_who_objects_and_who_answers(client, flagged, people):
    address = f"/workbench/flags/tasks/{flagged.pk}/object/"
    objected = {}
    for name in [name for name in PEOPLE if name != "unit"] + ["unit"]:
        client.force_login(people[name])
        objected[name] = client.post(address, {"version": 1, "reason": "没有做"}).status_code
    assert objected == {name: 403 for name in PEOPLE} | {"unit": 302, "other unit": 404}
    answer = f"/workbench/flags/objections/{Objection.objects.get().pk}/"
    answered = {}
    for name in [name for name in PEOPLE if name != "office"] + ["office"]:
        client.force_login(people[name])
        answered[name] = client.post(answer, {"answer": "uphold", "words": "属实"}).status_code
    assert answered == {name: 403 for name in PEOPLE} | {"office": 302}


def test_an_objection_is_read_by_whom_it_concerns_and_by_nobody_else(client, flagged, people, liaison):
    actions.object_to_flag(flagged, reason="台账里写错了", by=liaison, at=MARKED_AT)
    reads = {}
    for name, person in people.items():
        client.force_login(person)
        reads[name] = "台账里写错了" in client.get(f"/workbench/flags/tasks/{flagged.pk}/history/").content.decode()
    assert reads == {name: name in {"unit", "office", "group", "leader"} for name in PEOPLE}


def test_the_marking_page_filters_what_is_disputed(client, flagged, liaison, office, group):
    RedTaskFactory(group=group)
    objection = actions.object_to_flag(flagged, reason="台账里写错了", by=liaison, at=MARKED_AT)
    client.force_login(office)
    page = soup(client.get("/workbench/flags/sanitation/2026/11/?show=disputed"))
    assert [body["id"] for body in page.select("tbody.task")] == [f"task-{flagged.pk}"]
    assert "单位异议：台账里写错了" in page.select_one(".said").text
    assert page.select_one(".said a")["href"] == f"/workbench/flags/objections/{objection.pk}/"

    part = {"answer": "blue", "words": "属实", "plan": "补做"}
    gap = client.post(f"/workbench/flags/objections/{objection.pk}/", part)
    assert [error.text.strip() for error in soup(gap).select(".field-error")] == [
        "改成蓝旗要写明为什么没完成。",
        "改成蓝旗要写明新的完成日期，例如 12-03。",
    ]
    whole = part | {"reason": "没做", "new_date": "12-03"}
    client.post(f"/workbench/flags/objections/{objection.pk}/", whole)
    assert MonthTask.objects.get(pk=flagged.pk).flag == "blue"
    page = soup(client.get("/workbench/flags/sanitation/2026/11/?show=disputed"))
    assert page.select("tbody.task") == []
