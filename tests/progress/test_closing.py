"""A closed month stays as it was: nothing marks, plans or reports it; corrections stand beside."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier

import pytest
from bs4 import BeautifulSoup
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from audit.models import Entry
from common.clock import CITY_TIME
from common.errors import DomainError, StaleRecord
from common.months import Month
from progress import actions
from progress.actions import Answer, MonthClosed, StaleTask, Statement
from progress.models import ClosedMonth, Correction, Flag, Marking, MonthTask
from progress.snapshot import checksum
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

STATEMENT = Statement(reason="材料未到货", plan="等到货", new_date=date(2026, 12, 3))
CLOSING = "/workbench/flags/closing/"
OCTOBER = Month(2026, 10)


def close(month=NOVEMBER, at=MARKED_AT, by=None):
    return actions.close_month(month, by=by, at=at)


def correct(task, flag=Flag.RED, why="台账有误", number=0, statement=None, *, by):
    return actions.correct_flag(task, flag, statement=statement, why=why, number=number, by=by, at=MARKED_AT)


def test_the_snapshot_holds_totals_flags_statements_and_reports(group, office):
    line = ReportLineFactory(task=RedTaskFactory(group=group))
    BlueTaskFactory(group=group, unit=line.task.unit)
    closed = close(by=office)
    kept = ClosedMonth.objects.get()

    assert [(row["name"], row["red"], row["blue"]) for row in kept.snapshot["groups"]] == [(group.name, 1, 1)]
    assert [(row["code"], row["red"], row["blue"]) for row in kept.snapshot["units"]] == [(line.task.unit.code, 1, 1)]
    assert [(task["flag"], task["reason"]) for task in kept.snapshot["tasks"]] == [("red", ""), ("blue", "材料未到货")]
    assert kept.snapshot["reports"][0]["lines"][0]["text"] == "已清运 4 次"
    assert kept.checksum == checksum(kept.snapshot) == closed.checksum
    assert Entry.objects.get().facts == {"checksum": kept.checksum}


def test_closing_twice_changes_nothing(office, task):
    first = close(by=office)
    again = close(at=MARKED_AT + timedelta(days=3))

    assert (again.pk, again.closed_at, again.checksum) == (first.pk, MARKED_AT, first.checksum)
    assert ClosedMonth.objects.count() == Entry.objects.count() == 1


@pytest.mark.parametrize(
    ("day", "closes"), [pytest.param(20, False, id="before the last third"), pytest.param(21, True, id="in it")]
)
def test_a_month_closes_from_its_last_third_on(task, day, closes):
    at = datetime(2026, 11, day, 0, 0, tzinfo=CITY_TIME)
    if closes:
        assert close(at=at)
    else:
        with pytest.raises(DomainError, match="21 日以后"):
            close(at=at)


def test_a_month_without_tasks_is_not_closed(db):
    with pytest.raises(DomainError, match="没有任务"):
        close()


def test_a_closed_month_is_not_marked_planned_reported_or_taken_back(group, task, office, liaison):
    actions.mark_red(task, by=office, at=MARKED_AT)
    close()
    answer = Answer(task, outcome="done", text="好")
    tries = [
        lambda: actions.unmark(task, by=office, at=MARKED_AT),
        lambda: actions.mark_blue(task, statement=STATEMENT, by=office, at=MARKED_AT),
        lambda: actions.undo_marking(group, NOVEMBER, by=office, at=MARKED_AT),
        lambda: actions.plan_task(
            unit=task.unit, group=group, month=NOVEMBER, content="又一项", why="临时", by=office, at=MARKED_AT
        ),
        lambda: actions.submit_report(task.unit, NOVEMBER, answers=[answer], version=0, by=liaison, at=MARKED_AT),
    ]
    for attempt in tries:
        with pytest.raises(MonthClosed, match="2026 年 11 月已经锁定"):
            attempt()
    task.refresh_from_db()
    assert (task.flag, Marking.objects.count(), MonthTask.objects.count()) == (Flag.RED, 1, 1)


def test_a_correction_stands_beside_the_snapshot_and_repaints_nothing(task, office):
    before = close().checksum
    first = correct(task, Flag.BLUE, statement=STATEMENT, by=office)
    second = correct(task, Flag.RED, number=1, by=office)

    task.refresh_from_db()
    assert [(one.number, one.from_flag, one.to_flag) for one in (first, second)] == [
        (1, "unmarked", "blue"),
        (2, "blue", "red"),
    ]
    assert (task.flag, task.version, checksum(ClosedMonth.objects.get().snapshot)) == (Flag.UNMARKED, 0, before)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"why": " "}, id="no reason"),
        pytest.param({"flag": Flag.UNMARKED}, id="no change"),
        pytest.param({"flag": Flag.BLUE}, id="blue without a statement"),
    ],
)
def test_a_correction_needs_a_reason_a_change_and_for_blue_a_statement(task, office, wrong):
    close()
    with pytest.raises(DomainError):
        correct(task, **wrong, by=office)
    assert not Correction.objects.exists()


def test_an_open_month_is_marked_not_corrected(task, office):
    with pytest.raises(DomainError, match="还没有锁定"):
        correct(task, by=office)


def test_the_slower_of_two_who_correct_is_told(task, office):
    close()
    correct(task, by=office)
    with pytest.raises(StaleRecord):
        correct(task, Flag.BLUE, statement=STATEMENT, by=office)


def test_made_good_after_closing_keeps_the_blue_flag_and_the_snapshot(office):
    task = BlueTaskFactory(month=10)
    before = close(OCTOBER).checksum
    actions.make_good(task, on=date(2026, 11, 20), note="已补围挡", by=office, at=MARKED_AT)

    task.refresh_from_db()
    assert (task.flag, task.made_good_on, task.made_good_note) == (Flag.BLUE, date(2026, 11, 20), "已补围挡")
    assert ClosedMonth.objects.get().checksum == before


@pytest.mark.parametrize("on", [date(2026, 10, 31), date(2026, 11, 24)])
def test_made_good_is_after_its_month_and_not_tomorrow(office, on):
    with pytest.raises(DomainError, match="补成日期"):
        actions.make_good(BlueTaskFactory(month=10), on=on, note="已补", by=office, at=MARKED_AT)


def test_only_a_blue_task_is_made_good_and_only_once(office):
    red, blue = RedTaskFactory(month=10), BlueTaskFactory(month=10)
    said = {"on": date(2026, 11, 20), "note": "已补", "by": office, "at": MARKED_AT}
    actions.make_good(blue, **said)
    for task in (red, blue):
        with pytest.raises(DomainError, match="还没补成的蓝旗"):
            actions.make_good(task, **said)


# --- at the same moment ---


@pytest.mark.django_db(transaction=True)
def test_a_marking_beside_the_closing_is_either_in_the_snapshot_or_refused():
    tasks = MonthTaskFactory.create_batch(4)
    office = UserFactory()
    together = Barrier(6, timeout=60)

    def mark(task) -> str:
        try:
            together.wait()
            actions.mark_red(MonthTask.objects.get(pk=task.pk), by=office, at=MARKED_AT)
            return "red"
        except (MonthClosed, StaleTask):
            return "unmarked"
        finally:
            connection.close()

    def shut(_) -> str:
        try:
            together.wait()
            return close(by=office).checksum
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        closing = [threads.submit(shut, number) for number in range(2)]
        flags = list(threads.map(mark, tasks))
        sums = {one.result() for one in closing}

    kept = ClosedMonth.objects.get()
    assert sums == {kept.checksum}
    assert [task["flag"] for task in kept.snapshot["tasks"]] == flags
    assert list(MonthTask.objects.order_by("pk").values_list("flag", flat=True)) == flags


# --- pages and the command ---


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def person(role):
    belongs = {
        Role.LIAISON: {"unit": UnitFactory()},
        Role.GROUP_HEAD: {"group": SpecialGroupFactory()},
        Role.LEADER: {"leader": LeaderFactory()},
    }
    return UserFactory(role=role, **belongs.get(role, {}))


def test_the_page_of_a_closed_month_tells_what_was_said_and_reported_though_the_board_goes_on(client, group, office):
    blue = BlueTaskFactory(group=group, reason="材料未到货")
    ReportLineFactory(task=RedTaskFactory(group=group, unit=blue.unit))
    close(by=office)
    MonthTask.objects.filter(pk=blue.pk).update(made_good_on=MARKED_AT, made_good_note="补上了")
    client.force_login(office)
    page = soup(client.get(f"{CLOSING}2026/11/"))
    rows = [
        [cell.text for cell in row.select("th, td")] for row in page.select("section:has(#statements-title) tbody tr")
    ]
    [unit] = [[cell.text for cell in row.select("td")] for row in page.select("section:has(#units-title) tbody tr")]

    assert rows == [[str(blue.unit), str(group), blue.content, "材料未到货", blue.plan, "2026-12-03"]]
    assert unit == ["已报", "1", "1", "0", "0", "1／2"]


@pytest.mark.parametrize("role", Role)
def test_who_reads_and_who_closes_corrects_and_makes_good(client, role):
    october = BlueTaskFactory(month=10)
    close(OCTOBER)
    MonthTaskFactory()
    client.force_login(person(role))
    reads = [client.get(address).status_code for address in (CLOSING, f"{CLOSING}2026/10/", f"{CLOSING}2026/11/")]
    writes = [
        client.post(f"{CLOSING}2026/11/close/").status_code,
        client.get(f"/workbench/flags/tasks/{october.pk}/correct/").status_code,
        client.get(f"/workbench/flags/tasks/{october.pk}/good/").status_code,
    ]

    assert set(reads) == {200 if role in {Role.OFFICE, Role.LEADER} else 403}
    assert writes == ([302, 200, 200] if role == Role.OFFICE else [403] * 3)
    assert ClosedMonth.objects.filter(month=11).exists() is (role == Role.OFFICE)


def test_the_office_corrects_on_a_page_and_the_boards_show_it_beside_the_flag(client, office, group):
    task = BlueTaskFactory(group=group, month=10, content="清掏井室 30 处")
    close(OCTOBER)
    client.force_login(office)
    address = f"/workbench/flags/tasks/{task.pk}/correct/"
    sent = {"flag": "red", "why": "复核时发现台账有误", "number": "0"}
    assert client.post(address, sent | {"why": ""}).status_code == 422
    assert client.post(address, sent).status_code == 302
    assert client.post(address, sent).status_code == 409

    client.logout()
    for page in ("/board/2026/10/", "/board/sanitation/2026/10/", "/board/sanitation/2026/?month=2026-10"):
        shown = soup(client.get(page))
        assert "已锁定" in shown.select_one(".page-head").text
        assert "蓝旗 → 红旗　理由：复核时发现台账有误" in shown.select_one(".corrections").text
    counts = soup(client.get("/board/2026/10/")).select_one(".flag-counts").get_text("|", strip=True)
    assert counts.startswith("红 0|蓝 1")


def test_made_good_on_a_page_is_refused_with_its_sentence_and_then_kept(client, office):
    task = BlueTaskFactory(month=10)
    client.force_login(office)
    address = f"/workbench/flags/tasks/{task.pk}/good/"
    refused = client.post(address, {"on": "2026-10-30", "note": "已补"})
    assert refused.status_code == 422
    assert "补成日期不能早于 2026 年 11 月 1 日" in refused.content.decode()
    assert client.post(address, {"on": "11-20", "note": "已补"}, follow=True).status_code == 200
    task.refresh_from_db()
    assert task.made_good_on == date(2026, 11, 20)


def test_the_grid_of_a_closed_month_leads_to_the_board_and_a_late_key_is_told_in_its_row(client, office, task):
    close()
    client.force_login(office)
    assert client.get("/workbench/flags/sanitation/2026/11/")["Location"] == "/board/sanitation/2026/11/"
    answer = client.post(
        f"/workbench/flags/tasks/{task.pk}/mark/", {"flag": "red", "version": 0}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 409
    assert "已经锁定" in soup(answer).select_one(".row-note").text


def test_the_command_closes_and_says_the_checksum_twice_the_same(task):
    said = [io.StringIO(), io.StringIO()]
    for out in said:
        call_command("close_month", "2026-11", stdout=out)
    assert said[0].getvalue() == said[1].getvalue() == f"2026-11 已锁定，校验值 {ClosedMonth.objects.get().checksum}\n"
    for wrong in ("2026-13", "November", "2026-12"):
        with pytest.raises(CommandError):
            call_command("close_month", wrong)


def test_the_pages_cost_the_same_however_much_is_closed_and_corrected(client, office, group):
    def cost(address):
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        return len(asked)

    tasks = BlueTaskFactory.create_batch(4, group=group, month=10)
    close(OCTOBER)
    client.force_login(office)
    pages = (CLOSING, f"{CLOSING}2026/10/", "/board/sanitation/2026/10/", "/board/sanitation/2026/?month=2026-10")
    correct(tasks[0], by=office)
    before = [cost(page) for page in pages]
    for task in tasks[1:]:
        correct(task, by=office)
    assert [cost(page) for page in pages] == before
