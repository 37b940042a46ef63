"""The registry of periodic jobs and the administrator's page of it."""

from datetime import datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from accounts.models import Role
from audit.models import Entry
from common import periodic
from common.clock import CITY_TIME
from common.models import CalendarYear, Outcome, PeriodicRun
from mohe_portal import schedule
from mohe_portal.tasks import run_due_jobs
from notifications.models import Notice
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
NAME = "forget-ended-sessions"


@pytest.fixture
def administrator(client):
    person = UserFactory(role=Role.ADMINISTRATOR)
    client.force_login(person)
    return person


@pytest.fixture
def nudges(monkeypatch):
    asked = []
    monkeypatch.setattr(run_due_jobs, "delay", lambda: asked.append("now"))
    return asked


def test_every_job_has_a_name_and_a_label_of_its_own():
    assert len({job.name for job in schedule.JOBS}) == len({job.label for job in schedule.JOBS}) == len(schedule.JOBS)


def test_every_job_of_the_registry_runs_on_an_empty_portal():
    assert run_due_jobs() == len(schedule.JOBS)
    assert set(PeriodicRun.objects.values_list("outcome", flat=True)) == {Outcome.DONE}
    assert run_due_jobs() == 0


def test_the_page_tells_of_each_job_when_it_ran_and_how_it_ended(client, administrator):
    run_due_jobs()

    page = BeautifulSoup(client.get("/workbench/schedule/").content, "html.parser")

    rows = page.select("tbody tr")
    assert len(rows) == len(schedule.JOBS)
    assert all("完成" in row.text and "现在运行" in row.text for row in rows)


def test_the_page_says_when_nothing_is_behind_it(client, administrator):
    assert "后台没有在运行" in client.get("/workbench/schedule/").content.decode()


def test_run_now_is_written_down_asks_a_worker_and_is_done(
    client, administrator, nudges, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(f"/workbench/schedule/{NAME}/run/")

    assert (answer.status_code, nudges) == (302, ["now"])
    assert Entry.objects.get().verb == "手动运行定时任务"
    run_due_jobs()
    assert PeriodicRun.objects.get(is_manual=True).outcome == Outcome.DONE


def test_run_now_pressed_twice_runs_once_and_says_so(client, administrator, nudges):
    client.post(f"/workbench/schedule/{NAME}/run/")
    second = client.post(f"/workbench/schedule/{NAME}/run/")

    assert second.status_code == 409
    assert "已经排上" in second.content.decode()
    assert PeriodicRun.objects.count() == 1


def test_a_job_that_is_not_there_is_not_found(client, administrator):
    assert client.get("/workbench/schedule/nothing/").status_code == 404
    assert client.post("/workbench/schedule/nothing/run/").status_code == 404


def test_the_history_shows_each_run_and_its_error(client, administrator):
    now = timezone.now()
    PeriodicRun.objects.create(
        job=NAME, slot=now, try_at=now, started_at=now, finished_at=now + timedelta(seconds=2), tries=1,
        outcome=Outcome.FAILED, note="OperationalError（base.py 第 12 行）",
    )  # fmt: skip

    page = client.get(f"/workbench/schedule/{NAME}/").content.decode()

    assert "OperationalError（base.py 第 12 行）" in page
    assert "2 秒" in page


def test_administrators_hear_of_a_job_given_up_once(monkeypatch):
    administrator = UserFactory(role=Role.ADMINISTRATOR)
    UserFactory()

    def fail(*, slot, at):
        raise ZeroDivisionError

    job = periodic.Job("bad", "总是失败的事", periodic.Daily(timezone.now().time()), fail)
    monkeypatch.setattr(schedule, "JOBS", [job])
    moment = timezone.now()
    for _ in range(periodic.MOST_TRIES + 1):
        schedule.run_due_jobs(now=lambda: moment)  # noqa: B023 -- used at once
        moment += timedelta(minutes=40)

    notice = Notice.objects.get()
    assert (notice.recipient, notice.title) == (administrator, "定时任务多次失败：总是失败的事")


def test_from_november_on_the_missing_calendar_is_told_of_once_a_week():
    administrator = UserFactory(role=Role.ADMINISTRATOR)
    UserFactory(liaison=True)
    november = datetime(2026, 11, 2, 8, tzinfo=CITY_TIME)

    assert schedule.remind_of_calendar(at=november - timedelta(days=2)) == 0
    for day in range(8):
        schedule.remind_of_calendar(at=november + timedelta(days=day))
    assert [notice.recipient for notice in Notice.objects.all()] == [administrator, administrator]

    CalendarYear.objects.create(year=2027, source="国务院办公厅通知")
    assert schedule.remind_of_calendar(at=november + timedelta(days=30)) == 0
