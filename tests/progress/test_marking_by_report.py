"""Marking with the units' reports beside: what is proposed, filtered, marked together and taken back."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from common.errors import DomainError
from progress import actions
from progress.actions import Statement
from progress.models import Flag, Marking
from tests.factories.accounts import LeaderFactory, SpecialGroupFactory, UnitFactory, UserFactory
from tests.factories.progress import (
    MARKED_AT,
    NOVEMBER,
    BlueTaskFactory,
    MonthTaskFactory,
    RedTaskFactory,
    ReportLineFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_23rd")]

GRID = "/workbench/flags/sanitation/2026/11/"
HTMX = {"HX-Request": "true"}
STATEMENT = Statement(reason="材料未到货", plan="等到货", new_date=date(2026, 12, 3))
LATER = MARKED_AT + timedelta(hours=1)
UNFINISHED = {"outcome": "not_done", "text": "", "reason": "车辆检修", "plan": "借车", "new_date": date(2026, 12, 9)}


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


@pytest.fixture
def at_the_office(client, office):
    client.force_login(office)
    return client


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OFFICE])
def test_nobody_but_the_office_marks_a_selection_takes_back_or_reads_reports_in_the_grid(client, task, role):
    belongs = {
        Role.LIAISON: {"unit": UnitFactory()},
        Role.GROUP_HEAD: {"group": SpecialGroupFactory()},
        Role.LEADER: {"leader": LeaderFactory()},
    }
    client.force_login(UserFactory(role=role, **belongs.get(role, {})))
    answers = [
        client.post(f"{GRID}red/", {"task": f"{task.pk}:0"}),
        client.post(f"{GRID}undo/"),
        client.get(f"/workbench/flags/tasks/{task.pk}/evidence/"),
    ]
    task.refresh_from_db()
    assert [answer.status_code for answer in answers] == [403] * 3
    assert task.flag == Flag.UNMARKED


def test_the_grid_shows_what_each_unit_reported(at_the_office, group, task):
    done = ReportLineFactory(task__group=group).task
    unfinished = ReportLineFactory(task__group=group, **UNFINISHED).task
    page = soup(at_the_office.get(GRID))

    told = {one: page.select_one(f"#task-{one.pk} .light").text for one in (task, done, unfinished)}
    assert told == {task: "没有报告", done: "报告已完成", unfinished: "报告未完成"}


def test_a_draft_is_not_a_report(at_the_office, group):
    line = ReportLineFactory(task__group=group)
    line.report.submitted_at = None
    line.report.save()
    assert soup(at_the_office.get(GRID)).select_one(".reported-cell").text.strip() == "没有报告"


def test_what_the_unit_reported_unfinished_is_proposed_as_the_statement(at_the_office, group):
    task = ReportLineFactory(task__group=group, **UNFINISHED).task
    answer = at_the_office.post(f"/workbench/flags/tasks/{task.pk}/mark/", {"flag": "blue", "version": 0})
    row = soup(answer).find(id=f"task-{task.pk}")

    assert [row.select_one(f"[name={name}]")["value"] for name in ("reason", "plan", "new_date")] == [
        "车辆检修", "借车", "2026-12-09",
    ]  # fmt: skip
    assert soup(at_the_office.get(GRID)).find(id=f"task-{task.pk}")["data-reason"] == "车辆检修"
    task.refresh_from_db()
    assert task.flag == Flag.UNMARKED


def test_a_key_opens_the_report_in_the_grid_and_a_link_leads_to_its_page(at_the_office, group):
    task = ReportLineFactory(task__group=group, **UNFINISHED).task
    address = f"/workbench/flags/tasks/{task.pk}/evidence/"

    assert "车辆检修" in soup(at_the_office.get(address, headers=HTMX)).select_one("tr.evidence-row").text
    assert at_the_office.get(address)["Location"] == f"/workbench/reports/{task.unit.code}/2026/11/"


def test_the_filters_show_and_count_what_is_unmarked_or_not_reported(at_the_office, group):
    reported = ReportLineFactory(task__group=group).task
    marked = RedTaskFactory(group=group)
    page = soup(at_the_office.get(GRID + "?show=unmarked"))
    assert [body["id"] for body in page.select("tbody.task")] == [f"task-{reported.pk}"]
    assert [tab.text.split() for tab in page.select(".tabs a")] == [
        ["全部", "2"],
        ["未标", "1"],
        ["没有报告", "1"],
        ["有异议", "0"],
    ]
    assert page.select_one("#marking-left").text.startswith("2 项任务")

    page = soup(at_the_office.get(GRID + "?show=unreported"))
    assert [body["id"] for body in page.select("tbody.task")] == [f"task-{marked.pk}"]


def test_a_selection_is_marked_red_at_once_but_for_what_another_changed_first(at_the_office, group):
    fresh, stale, foreign = MonthTaskFactory(group=group), MonthTaskFactory(group=group), MonthTaskFactory()
    actions.mark_blue(stale, statement=STATEMENT, by=UserFactory(name="示例人员丙"), at=MARKED_AT)
    sent = {"task": [f"{fresh.pk}:0", f"{stale.pk}:0", f"{foreign.pk}:0", "x", "9:"]}
    answer = at_the_office.post(f"{GRID}red/", sent, follow=True)

    for one in (fresh, stale, foreign):
        one.refresh_from_db()
    assert [fresh.flag, stale.flag, foreign.flag] == [Flag.RED, Flag.BLUE, Flag.UNMARKED]
    said = answer.content.decode()
    assert "已标 1 面红旗。" in said
    assert "示例人员丙（创城办）刚刚把这项标成了“蓝旗”" in said


def test_an_empty_selection_is_told_what_to_do(at_the_office, task):
    assert "先在左边勾选任务" in at_the_office.post(f"{GRID}red/", follow=True).content.decode()


def test_a_selection_is_taken_back_as_a_whole_and_the_history_says_so(office, group):
    tasks = MonthTaskFactory.create_batch(3, group=group)
    actions.mark_red(tasks[0], by=office, at=MARKED_AT)
    actions.mark_all_red(tasks[1:], by=office, at=LATER)
    taken_back = actions.undo_marking(group, NOVEMBER, by=office, at=LATER)

    assert {task.pk for task in taken_back} == {task.pk for task in tasks[1:]}
    assert [task.flag for task in sorted(type(tasks[0]).objects.all(), key=lambda one: one.pk)] == [
        Flag.RED, Flag.UNMARKED, Flag.UNMARKED,
    ]  # fmt: skip
    assert list(tasks[1].markings.values_list("to_flag", "is_undo")) == [("red", False), ("unmarked", True)]


def test_taking_back_a_red_flag_over_a_blue_one_brings_its_statement_back(office, group, task):
    actions.mark_blue(task, statement=STATEMENT, by=office, at=MARKED_AT)
    actions.mark_red(task, by=office, at=LATER)
    actions.undo_marking(group, NOVEMBER, by=office, at=LATER)

    task.refresh_from_db()
    assert (task.flag, task.reason, task.new_date) == (Flag.BLUE, "材料未到货", date(2026, 12, 3))


def test_nobody_takes_back_what_another_marked_or_what_was_marked_since(office, group, task):
    another = UserFactory()
    actions.mark_red(task, by=another, at=MARKED_AT)
    with pytest.raises(DomainError, match="没有可以撤销的"):
        actions.undo_marking(group, NOVEMBER, by=office, at=LATER)
    actions.unmark(task, by=office, at=LATER)
    with pytest.raises(DomainError, match="没有可以撤销的"):
        actions.undo_marking(group, NOVEMBER, by=another, at=LATER)


def test_what_is_taken_back_is_not_taken_back_again(at_the_office, office, group, task):
    actions.mark_red(task, by=office, at=MARKED_AT)
    assert "已撤销上一次标旗，1 项恢复原样。" in at_the_office.post(f"{GRID}undo/", follow=True).content.decode()
    assert "没有可以撤销的标旗。" in at_the_office.post(f"{GRID}undo/", follow=True).content.decode()
    assert Marking.objects.count() == 2


def test_the_grid_costs_the_same_however_many_tasks_and_reports(at_the_office, group):
    def cost():
        at_the_office.get(GRID)
        with CaptureQueriesContext(connection) as asked:
            at_the_office.get(GRID)
        return len(asked)

    ReportLineFactory(task__group=group)
    before = cost()
    for _ in range(6):
        ReportLineFactory(task__group=group)
        BlueTaskFactory(group=group)
    assert cost() == before
