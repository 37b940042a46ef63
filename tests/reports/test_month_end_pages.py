"""Who reads the month-end report where, how it is asked for, and the endpoint for other systems."""

from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup

from accounts import actions as accounts
from accounts.models import ApiToken, Role
from reports import actions
from reports.models import BuildState, MonthEndReport, ReportBuild, canonical, checksum_of
from reports.tasks import build as task
from tests.factories.accounts import UserFactory
from tests.reports.november import AFTER, NOVEMBER, World

pytestmark = pytest.mark.once

LIST = "/workbench/month-end/"
REPORT = f"{LIST}2026/11/"
MAY_READ_ALL = {Role.OFFICE, Role.LEADER, Role.SUPERVISION}


@pytest.fixture
def world(db):
    with time_machine.travel(AFTER, tick=False):
        yield World()


@pytest.fixture
def report(world):
    return actions.build_month_end(NOVEMBER, by=None, at=AFTER)


@pytest.fixture
def office(client, world):
    person = UserFactory()
    client.force_login(person)
    return person


def person(role, world):
    belongs = {Role.GROUP_HEAD: {"group": world.roads}, Role.LIAISON: {"unit": world.slow}}
    return UserFactory(role=role, **belongs.get(role, {}))


def test_each_role_reads_what_is_its_own(client, world, report):
    own, other = (f"{REPORT}groups/{group.code}/" for group in (world.roads, world.green))
    pages = [REPORT, f"{REPORT}word/", own, f"{own}excel/", other]
    everything, seen = set(pages), {}
    for role in Role:
        client.force_login(person(role, world))
        answers = {page: client.get(page).status_code for page in pages}
        assert set(answers.values()) <= {200, 403}
        builds = client.post(f"{LIST}2026/10/build/").status_code == 302
        seen[role] = ({page for page, status in answers.items() if status == 200}, builds)

    nothing = (set(), False)
    assert seen == dict.fromkeys(Role, nothing) | {
        Role.OFFICE: (everything, True),
        Role.LEADER: (everything, False),
        Role.SUPERVISION: (everything, False),
        Role.GROUP_HEAD: ({own, f"{own}excel/"}, False),
    }


def test_the_page_shows_what_was_frozen_whatever_happened_since(client, office, world, report):
    world.correct(at=AFTER + timedelta(minutes=1))

    page = BeautifulSoup(client.get(REPORT).content, "html.parser")

    assert "红旗率 50.0%（1／2）" in page.text
    assert page.select_one("svg[role=img]")["aria-label"].startswith("收到和办结的案件折线图")
    assert "又有旗的更正" in page.text
    assert [row.th.text for row in page.select("#annex-1 tbody tr")] == ["勤快单位", "拖拉单位"]


def test_the_office_asks_sees_how_far_it_is_and_gets_the_report(
    client, office, django_capture_on_commit_callbacks, monkeypatch
):
    asked = []
    monkeypatch.setattr(task, "delay", asked.append)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(f"{REPORT}build/")
        client.post(f"{REPORT}build/")  # a second click
    waiting = ReportBuild.objects.get()
    assert (asked, answer["Location"]) == ([waiting.pk, waiting.pk], f"{LIST}builds/{waiting.pk}/")
    assert "等待生成" in client.get(answer["Location"]).content.decode()
    assert "等待生成" in client.get(LIST).content.decode()

    assert task(waiting.pk) is True
    assert task(waiting.pk) is False, "done is done"

    done = ReportBuild.objects.get()
    assert (done.state, done.report, done.percent) == (BuildState.DONE, MonthEndReport.objects.get(), 100)
    assert client.get(answer["Location"], headers={"HX-Request": "true"})["HX-Redirect"] == REPORT
    assert client.get(REPORT).status_code == 200


def test_a_running_month_is_previewed_and_nothing_is_frozen(client, office):
    client.post(f"{LIST}2026/12/build/")
    preview = ReportBuild.objects.get()
    assert (preview.kind, client.get(f"{LIST}builds/{preview.pk}/preview/").status_code) == ("preview", 404)
    task(preview.pk)

    shown = client.get(f"{LIST}builds/{preview.pk}/preview/")

    assert "预览，不是正式报告" in shown.content.decode()
    assert client.get(f"{LIST}builds/{preview.pk}/preview/word/").status_code == 200
    assert not MonthEndReport.objects.exists()
    actions.forget_previews(at=AFTER + timedelta(days=8))
    assert not ReportBuild.objects.exists()


def test_again_wants_a_reason_and_keeps_what_was_typed(client, office, report, world):
    refused = client.post(f"{REPORT}again/", {"reason": "长" * 201})
    assert (refused.status_code, "最多 200 个字" in refused.content.decode()) == (422, True)
    assert "长" * 201 in refused.content.decode()
    world.correct(at=AFTER)

    client.post(f"{REPORT}again/", {"reason": "更正了旗"})
    task(ReportBuild.objects.get().pk)

    newest = client.get(REPORT).content.decode()
    assert "第 2 版" in newest and "更正了旗" in newest
    assert "这是以前的版本" in client.get(f"{REPORT}?version=1").content.decode()
    assert client.get(f"{REPORT}?version=3").status_code == 404


def test_work_whose_worker_was_killed_is_taken_up_by_the_scheduler_and_given_up_in_words(client, office, world):
    build = actions.ask_for_report(NOVEMBER, kind=ReportBuild.Kind.FINAL, by=office, at=AFTER)
    dead = {"state": BuildState.RUNNING, "lease_until": AFTER + timedelta(minutes=6)}
    ReportBuild.objects.update(tries=1, **dead)

    assert actions.build_waiting(now=lambda: AFTER + timedelta(minutes=5)) == 0, "its lease still runs"
    assert actions.build_waiting(now=lambda: AFTER + timedelta(minutes=7)) == 1
    assert MonthEndReport.objects.count() == 1

    ReportBuild.objects.update(tries=3, **dead)
    actions.build_waiting(now=lambda: AFTER + timedelta(minutes=7))
    assert "每次生成都中断" in client.get(f"{LIST}builds/{build.pk}/").content.decode()


def test_the_endpoint_gives_what_was_frozen_to_who_may_read_it(client, world, report):
    for role in Role:
        reader = person(role, world)
        issued = accounts.issue_token(
            name="月报", kind="staff", user=reader, scopes=[ApiToken.Scope.REPORTS], by=reader, at=AFTER
        )
        key = {"Authorization": f"Token {issued.key}"}
        answer = client.get("/api/v1/reports/2026-11/", headers=key)
        assert answer.status_code == (200 if role in MAY_READ_ALL else 403), role
        if answer.status_code == 200:
            told = answer.json()
            assert (told["month"], told["version"], told["checksum"]) == ("2026-11", 1, report.checksum)
            assert checksum_of(canonical(told["content"])) == report.checksum
            assert client.get("/api/v1/reports/2026-10/", headers=key).status_code == 404
            assert client.get("/api/v1/reports/autumn/", headers=key).json()["code"] == "invalid"


def test_a_key_without_the_scope_does_not_read_reports(client, world, report):
    reader = UserFactory()
    issued = accounts.issue_token(
        name="案件", kind="staff", user=reader, scopes=[ApiToken.Scope.READ], by=reader, at=AFTER
    )

    assert client.get("/api/v1/reports/2026-11/", headers={"Authorization": f"Token {issued.key}"}).status_code == 403
