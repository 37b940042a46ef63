"""Month reports over HTTP: who writes, who reads, what is kept."""

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from common.models import Fact
from progress import actions
from progress.evidence import CleanEvidence
from progress.models import Evidence, MonthReport
from tests.factories.accounts import LeaderFactory, SpecialGroupFactory, UnitFactory, UserFactory
from tests.factories.progress import MARKED_AT, MonthReportFactory, MonthTaskFactory, ReportLineFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_23rd"), pytest.mark.once]

REPORTS = "/workbench/reports/"
NOVEMBER = "/workbench/reports/2026/11/"


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


@pytest.fixture
def unit(task):
    return task.unit


@pytest.fixture
def at_the_unit(client, unit):
    client.force_login(UserFactory(name="示例人员乙", liaison=True, unit=unit))
    return client


@pytest.fixture
def submitted(task):
    """The task reported done, with a document."""
    line = ReportLineFactory(task=task)
    by = UserFactory(liaison=True, unit=task.unit)
    actions.add_evidence(task, evidence=CleanEvidence(Evidence.Kind.PDF, "清单.pdf", b"%PDF-x"), by=by, at=MARKED_AT)
    return line


def typed(task, version=0, **said):
    return {"version": version, **{f"task-{task.pk}-{name}": value for name, value in said.items()}}


def person(role, task, near):
    """Somebody of this role: with `near`, of the task's unit or group."""
    belongs = {
        Role.LIAISON: {"unit": task.unit if near else UnitFactory()},
        Role.GROUP_HEAD: {"group": task.group if near else SpecialGroupFactory()},
        Role.LEADER: {"leader": LeaderFactory()},
    }
    return UserFactory(role=role, **belongs.get(role, {}))


READS = {(Role.OFFICE, True), (Role.OFFICE, False), (Role.LEADER, True), (Role.LEADER, False)}
READS |= {(Role.LIAISON, True), (Role.GROUP_HEAD, True)}


@pytest.mark.parametrize("near", [True, False])
@pytest.mark.parametrize("role", Role)
def test_who_reads_a_submitted_report_and_its_evidence(client, submitted, role, near):
    task = submitted.task
    client.force_login(person(role, task, near))
    page = client.get(f"{REPORTS}{task.unit.code}/2026/11/")
    file = client.get(f"{REPORTS}evidence/{Evidence.objects.get().token}/")

    works_with_tasks = role in {Role.OFFICE, Role.LEADER, Role.LIAISON, Role.GROUP_HEAD}
    refused = 404 if works_with_tasks else 403
    assert page.status_code == (200 if (role, near) in READS else refused)
    assert file.status_code == (200 if (role, near) in READS else 404)
    file.close()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.LIAISON])
def test_nobody_but_the_unit_writes(client, task, submitted, role):
    client.force_login(person(role, task, True))
    answers = [
        client.get(NOVEMBER),
        client.post(NOVEMBER, typed(task, outcome="done", text="x")),
        client.post(f"{REPORTS}evidence/{Evidence.objects.get().token}/remove/"),
    ]
    assert [answer.status_code for answer in answers] == [403] * 3


def test_another_unit_removes_nothing(client, submitted):
    client.force_login(UserFactory(liaison=True))
    assert client.post(f"{REPORTS}evidence/{Evidence.objects.get().token}/remove/").status_code == 404
    assert Evidence.objects.exists()


def test_a_draft_is_seen_by_its_unit_alone(client, task, office, group):
    line = ReportLineFactory(task=task, report=MonthReportFactory(unit=task.unit, submitted_at=None))
    actions.add_evidence(
        task, evidence=CleanEvidence(Evidence.Kind.PDF, "a.pdf", b"%PDF-x"), by=line.report.saved_by, at=MARKED_AT
    )
    file = f"{REPORTS}evidence/{Evidence.objects.get().token}/"
    client.force_login(office)
    assert client.get(file).status_code == 404
    assert "已清运" not in client.get(f"{REPORTS}{task.unit.code}/2026/11/").content.decode()
    client.force_login(UserFactory(liaison=True, unit=task.unit))
    answer = client.get(file)
    assert answer.status_code == 200
    answer.close()


def test_a_draft_keeps_what_is_typed_gaps_and_all(at_the_unit, task):
    answer = at_the_unit.post(NOVEMBER, typed(task, outcome="not_done", reason="材料未到货") | {"draft": "1"})

    page = soup(at_the_unit.get(NOVEMBER))
    assert answer.status_code == 302
    assert MonthReport.objects.get().submitted_at is None
    assert page.select_one(f"[name=task-{task.pk}-reason]")["value"] == "材料未到货"
    assert page.select_one(f"[name=task-{task.pk}-outcome][checked]")["value"] == "not_done"


def test_a_gap_is_said_at_its_field_and_nothing_typed_is_lost_not_even_a_file(at_the_unit, task):
    file = SimpleUploadedFile("清单.pdf", b"%PDF-1.7")
    sent = typed(task, outcome="not_done", reason="材料未到货", files=[file]) | {"submit": "1"}
    answer = at_the_unit.post(NOVEMBER, sent)

    page = soup(answer)
    assert answer.status_code == 422
    assert [error.get_text(strip=True) for error in page.select(".field-error")] == [
        "写明下一步怎么办。",
        "写明新的完成日期，例如 12-03。",
    ]
    assert page.select_one(f"[name=task-{task.pk}-reason]")["value"] == "材料未到货"
    assert "清单.pdf" in page.select_one(".evidence-list").text
    assert MonthReport.objects.get().submitted_at is None


def test_a_whole_report_is_submitted_and_read_by_the_office(at_the_unit, client, task, office):
    sent = typed(task, outcome="not_done", reason="材料未到货", plan="等到货", new_date="12-03")
    answer = at_the_unit.post(NOVEMBER, sent | {"submit": "1"}, follow=True)
    assert "11 月的报告已上报。" in answer.content.decode()

    client.force_login(office)
    page = soup(client.get(f"{REPORTS}{task.unit.code}/2026/11/"))
    assert [dd.text for dd in page.select("dl.said dd")] == ["材料未到货", "等到货", "2026-12-03"]
    row = soup(client.get(REPORTS)).select_one("tbody tr")
    assert [cell.get_text(strip=True) for cell in row.select("th, td")][:5] == ["示例单位 15", "已报", "1", "0", "1"]


def test_a_refused_file_is_named_and_the_others_are_kept(at_the_unit, task):
    files = [SimpleUploadedFile("a.pdf", b"%PDF-1"), SimpleUploadedFile("b.exe", b"MZ")]
    answer = at_the_unit.post(NOVEMBER, typed(task, outcome="done", text="好", files=files) | {"submit": "1"})

    assert answer.status_code == 422
    assert "“b.exe”：只收照片" in soup(answer).select_one("#error-summary").text
    assert [kept.name for kept in Evidence.objects.all()] == ["a.pdf"]


def test_a_colleague_who_was_faster_is_named_and_the_text_stays(at_the_unit, task):
    MonthReportFactory(unit=task.unit, submitted_at=None, version=3, saved_by=UserFactory(name="示例人员丁"))
    answer = at_the_unit.post(NOVEMBER, typed(task, outcome="done", text="我写的") | {"submit": "1"})

    assert answer.status_code == 409
    assert "示例人员丁（创城办）刚刚存过这份报告" in soup(answer).select_one(".note-alert").text
    assert "我写的" in soup(answer).select_one("textarea").text


def test_documents_are_saved_never_shown_in_the_browser(at_the_unit, submitted):
    answer = at_the_unit.get(f"{REPORTS}evidence/{Evidence.objects.get().token}/")

    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "private, no-store"
    answer.close()


def test_a_month_that_is_over_is_only_read(at_the_unit, task):
    with time_machine.travel(MARKED_AT.replace(month=12), tick=False):
        at_the_unit.force_login(UserFactory(liaison=True, unit=task.unit))
        answer = at_the_unit.post(NOVEMBER, typed(task, outcome="done", text="晚了") | {"submit": "1"})
    assert answer["Location"] == f"{REPORTS}{task.unit.code}/2026/11/"
    assert not MonthReport.objects.exists()


def test_a_month_ahead_is_refused_in_words(at_the_unit, task):
    december = MonthTaskFactory(unit=task.unit, month=12)
    answer = at_the_unit.post(
        "/workbench/reports/2026/12/", typed(december, outcome="done", text="好") | {"submit": "1"}
    )
    assert answer.status_code == 409
    assert "12 月还没到" in answer.content.decode()


def test_who_has_not_reported_stands_first_and_the_group_sees_its_units_alone(client, submitted):
    MonthTaskFactory(unit=UnitFactory(name="示例单位 02"), group=submitted.task.group)
    MonthTaskFactory(unit=UnitFactory(name="示例单位 33"))
    client.force_login(UserFactory(role=Role.GROUP_HEAD, group=submitted.task.group))

    rows = [row.th.get_text(strip=True) for row in soup(client.get(REPORTS)).select("tbody tr")]
    assert rows == ["示例单位 02", "示例单位 15"]


def test_the_office_sets_the_due_day(client, office):
    client.force_login(office)
    assert client.post(REPORTS + "due-day/", {"day": "0"}).status_code == 422
    assert client.post(REPORTS + "due-day/", {"day": "20"}).status_code == 302
    assert Fact.read("report_due_day") == 20


def queries(client, path):
    client.get(path)  # the first request of a session writes when it was seen
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def test_lists_and_reports_cost_the_same_however_long_they_are(client, office, at_the_unit, submitted):
    unit, group = submitted.task.unit, submitted.task.group
    paths = [REPORTS, f"{REPORTS}{unit.code}/2026/11/"]
    before = [queries(client, path) for path in (*paths, NOVEMBER)]
    for _ in range(5):
        ReportLineFactory(task__unit=unit, task__group=group)
        ReportLineFactory(task__month=10, task__unit=unit)
    assert [queries(client, path) for path in (*paths, NOVEMBER)] == before

    client.force_login(office)
    before = queries(client, REPORTS)
    ReportLineFactory.create_batch(5)
    assert queries(client, REPORTS) == before
