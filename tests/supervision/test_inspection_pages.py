"""Who sees what of inspections, the forms on the phone, the lists, and what stands on the pages below."""

from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from complaints.models import Complaint
from supervision.models import Correction, Finding, FindingPhoto, Inspection
from tests.factories.accounts import UserFactory
from tests.factories.complaints import clean_photo, jpeg
from tests.factories.grids import GridAssignmentFactory
from tests.factories.progress import MonthReportFactory, MonthTaskFactory, ReportLineFactory
from tests.factories.supervision import CASE, TODAY, draft, inspection, remark

pytestmark = [pytest.mark.django_db, pytest.mark.once]
HOME = "/workbench/inspections/"
READERS = {"guidance", "colleague", "office", "other office", "leader", "head", "supervision"}


def soup(answer):
    return BeautifulSoup(answer.content, "html.parser")


def errors(answer):
    return [one.text.strip() for one in soup(answer).select(".field-error")]


def facts(**changes):
    typed = {"key": str(uuid4()), "on": f"{TODAY}", "place": "桥头", "looked_at": "看了垃圾箱。"}
    return typed | changes


# --- who sees what ---


def test_an_inspection_is_read_by_those_who_lead_and_by_the_unit_it_names(opened_by, people):
    done = inspection(by=people["guidance"], unit=people["liaison"].unit)

    assert opened_by(done.get_absolute_url()) == READERS | {"liaison"}
    assert opened_by(HOME) == READERS | {"liaison", "stranger"}


def test_a_unit_reads_what_was_seen_in_the_grids_it_answered_for_on_that_day(opened_by, people):
    own, ended = GridAssignmentFactory(unit=people["liaison"].unit), GridAssignmentFactory(unit=people["stranger"].unit)
    ended.ended_on = TODAY
    ended.save()

    assert opened_by(inspection(by=people["guidance"], grid=own.grid).get_absolute_url()) == READERS | {"liaison"}
    assert opened_by(inspection(by=people["guidance"], grid=ended.grid).get_absolute_url()) == READERS


def test_a_draft_is_nobodys_but_its_authors(opened_by, people, client):
    begun = draft(CASE, by=people["guidance"], unit=people["liaison"].unit)
    finding = begun.findings.get()

    for page in (f"{begun.pk}/draft/", f"{begun.pk}/facts/", f"findings/{finding.pk}/"):
        assert opened_by(HOME + page) == {"guidance"}
    client.force_login(people["colleague"])
    assert client.get(begun.get_absolute_url()).status_code == 404
    for page in (f"{begun.pk}/discard/", f"{begun.pk}/findings/new/", f"findings/{finding.pk}/drop/"):
        assert client.post(HOME + page).status_code == 404
    assert begun.where not in client.get(HOME).content.decode()


def test_a_picture_is_seen_by_whoever_sees_the_inspection(opened_by, people):
    done = inspection(CASE, by=people["guidance"], unit=people["liaison"].unit, photos=[clean_photo()])
    token = FindingPhoto.objects.get(finding__inspection=done).token

    assert opened_by(f"{HOME}photos/{token}/") == READERS | {"liaison"}


def test_the_author_and_the_office_correct(opened_by, people):
    done = inspection(by=people["guidance"])

    assert opened_by(f"{done.get_absolute_url()}correct/") == {"guidance", "office", "other office"}


# --- writing ---


def test_what_is_typed_is_kept_before_anything_is_pressed(client, guidance):
    client.force_login(guidance)
    typed = facts(looked_at="才写了一")
    assert "草稿已存" in client.post(f"{HOME}keep/", typed).content.decode()
    begun = Inspection.objects.get()
    client.post(f"{HOME}new/", typed | {"looked_at": "写完了。"})
    client.post(f"{HOME}{begun.pk}/findings/new/")
    finding = Finding.objects.get()
    answer = client.post(f"{HOME}findings/{finding.pk}/keep/", {"text": "灯不亮", "outcome": "case", "group": "?"})

    assert answer.status_code == 200
    assert [(one.looked_at, one.is_draft) for one in Inspection.objects.all()] == [("写完了。", True)]
    assert [(one.text, one.outcome, one.group) for one in Finding.objects.all()] == [("灯不亮", "case", "")]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"place": ""}, "涉及单位、网格、地点都还没填，有一样就行；也可以点地图。"),
        ({"looked_at": " "}, "看了什么还没写。"),
        ({"on": ""}, "日期还没选。"),
        ({"on": "昨天"}, "日期写成 2026-12-03 这样。"),
        ({"on": "2026-11-25"}, "日期不能晚于今天。"),
        ({"on": "2026-09-01"}, "日期超过 60 天，不能再补记。"),
        ({"unit": "9999"}, "没有这个单位，请重新选。"),
        ({"grid": "9999"}, "没有这个网格，请重新选。"),
        ({"place": "桥" * 121}, "地点最多 120 个字，现在是 121 个字。"),
        ({"looked_at": "看" * 1001}, "看了什么最多 1000 个字，现在是 1001 个字。"),
    ],
)
def test_facts_that_are_not_right_are_refused_and_nothing_typed_is_lost(client, guidance, typed, sentence):
    client.force_login(guidance)
    sent = facts(**typed)
    answer = client.post(f"{HOME}new/", sent)
    page = soup(answer)

    assert (answer.status_code, errors(answer)) == (422, [sentence])
    assert page.select_one("[name=looked_at]").text.strip() == sent["looked_at"].strip()
    assert page.select_one("[name=place]").get("value", "") == sent["place"]


@pytest.fixture
def begun(client, guidance, liaison):
    """A draft with one empty finding about the liaison's unit, which has a task this month; its author is signed in."""
    MonthTaskFactory(unit=liaison.unit, content="清理楼道堆物")
    client.force_login(guidance)
    begun = draft(by=guidance, unit=liaison.unit)
    client.post(f"{HOME}{begun.pk}/findings/new/")
    return begun


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"text": " "}, "情况还没写。"),
        ({"text": "灯" * 501}, "什么情况最多 500 个字，现在是 501 个字。"),
        ({"outcome": ""}, "怎么办还没选。"),
        ({"outcome": "fine"}, "怎么办请从列出的里面选。"),
        ({"group": ""}, "请选一类问题，说不准就选“其他”。"),
        ({"outcome": "remark"}, "请选哪一项月任务。"),
        ({"outcome": "remark", "task": "9999"}, "没有这项任务，请重新选。"),
    ],
)
def test_a_finding_that_is_not_right_is_refused_and_nothing_typed_is_lost(client, begun, typed, sentence):
    sent = {"text": "灯不亮", "outcome": "case", "group": "lights"} | typed
    answer = client.post(f"{HOME}findings/{begun.findings.get().pk}/", sent)

    assert (answer.status_code, errors(answer)) == (422, [sentence])
    assert soup(answer).select_one("[name=text]").text.strip() == sent["text"].strip()


def test_a_finding_keeps_its_photos_whatever_is_wrong_beside_them(client, begun):
    finding = begun.findings.get()
    photos = [SimpleUploadedFile("a.jpg", jpeg("red"), "image/jpeg"), SimpleUploadedFile("b.jpg", jpeg("blue"))]
    answer = client.post(f"{HOME}findings/{finding.pk}/", {"text": "灯不亮", "outcome": "", "photos": photos})
    kept = finding.photos.all()

    assert (answer.status_code, len(kept), len(soup(answer).select("#photos img"))) == (422, 2, 2)
    client.post(f"{HOME}photos/{kept[0].token}/remove/")
    assert finding.photos.count() == 1


def test_a_remark_without_a_unit_says_what_to_do(client, guidance):
    client.force_login(guidance)
    begun = draft({"text": "没清"}, by=guidance)
    answer = client.post(f"{HOME}findings/{begun.findings.get().pk}/", {"text": "没清", "outcome": "remark"})

    assert errors(answer) == ["先在“改基本情况”里选涉及单位，再选它的月任务。"]


def test_a_draft_with_a_gap_stays_and_says_which(client, begun):
    answer = client.post(f"{HOME}{begun.pk}/draft/")

    assert answer.status_code == 409
    assert soup(answer).select_one("#refusal").text.strip() == "第 1 个问题：情况还没写。"
    assert Inspection.objects.get().is_draft


def test_a_correction_typed_against_an_older_version_is_given_back(client, office, guidance):
    done = inspection(CASE, by=guidance)
    name = f"finding-{done.findings.get().pk}"
    url, typed = f"{done.get_absolute_url()}correct/", facts(version=done.version, reason="写错") | {name: "改后的字"}
    client.force_login(guidance)
    assert client.post(url, typed | {"reason": ""}).status_code == 422
    assert client.post(url, typed | {"place": "甲"}).status_code == 302
    client.force_login(office)
    answer = client.post(url, typed | {"place": "乙"})
    page = soup(answer)

    assert answer.status_code == 409
    assert f"{guidance}刚刚更正过" in page.select_one("#refusal").text
    assert page.select_one("[name=place]")["value"] == "乙"
    again = typed | {"place": "乙", "version": page.select_one("[name=version]")["value"]}
    assert client.post(url, again).status_code == 302
    assert [one.lines[0] for one in Correction.objects.all()] == [("地点", "二中门口", "甲"), ("地点", "甲", "乙")]


# --- lists and figures ---


def test_the_list_is_narrowed_by_month_unit_grid_and_inspector(client, office, guidance, liaison):
    grid = GridAssignmentFactory().grid
    inspection(by=guidance, place="甲处", unit=liaison.unit)
    inspection(by=office, place="乙处", grid=grid, on=TODAY.replace(month=10))
    client.force_login(office)

    def shown(**query):
        return [a.text.split("　")[-1] for a in soup(client.get(HOME, query)).select("main li a.title")]

    assert shown() == ["甲处", "乙处"]
    assert shown(month="2026-10") == shown(grid=grid.code) == shown(by=office.pk) == ["乙处"]
    assert shown(unit=liaison.unit.pk) == shown(on=f"{TODAY}") == ["甲处"]
    assert shown(month="nonsense", unit="x") == ["甲处", "乙处"]


@pytest.mark.parametrize("path", ["", "figures/", "{pk}/", "{pk}/correct/"])
@pytest.mark.parametrize("role", [Role.OFFICE, Role.LIAISON])
def test_pages_ask_as_often_for_many_rows_as_for_few(client, path, role, liaison, office):
    person = {Role.OFFICE: office, Role.LIAISON: liaison}[role]
    if role == Role.LIAISON and "correct" in path:
        return
    task = MonthTaskFactory(unit=liaison.unit)

    def asked(findings):
        done = inspection(*findings, by=office, unit=liaison.unit, photos=[clean_photo()])
        with CaptureQueriesContext(connection) as queries:
            assert client.get(HOME + path.format(pk=done.pk)).status_code == 200
        return len(queries)

    client.force_login(person)
    client.get(HOME)  # the first request of a session writes it
    few = asked([CASE, remark(task)])
    for _ in range(3):
        asked([CASE, remark(task)])

    assert asked([CASE, remark(task)] * 3) == few <= 14


# --- on the pages below ---


def test_a_case_says_where_it_came_from_to_those_who_may_read_it(client, people):
    done = inspection(CASE, by=people["guidance"], unit=people["liaison"].unit)
    case = Complaint.objects.get()
    Complaint.objects.filter(pk=case.pk).update(
        unit=people["stranger"].unit, state="dispatched", dispatched_at=case.filed_at
    )

    def linked(name):
        client.force_login(people[name])
        return bool(soup(client.get(case.get_absolute_url())).select(f'#case a[href="{done.get_absolute_url()}"]'))

    assert {name for name in ("office", "supervision", "leader", "stranger") if linked(name)} == {
        "office", "supervision", "leader",
    }  # fmt: skip
    # And the other way round: the unit that the inspection names does not open another unit's case.
    client.force_login(people["liaison"])
    page = soup(client.get(done.get_absolute_url()))
    assert case.number in page.text
    assert not page.select(f'a[href="{case.get_absolute_url()}"]')


def test_a_remark_stands_on_the_task_in_the_marking_page_and_in_the_month_report(client, people):
    unit = people["liaison"].unit
    task = MonthTaskFactory(unit=unit)
    said = remark(task)
    inspection(said, unit=unit)
    ReportLineFactory(task=task, report=MonthReportFactory(unit=unit))
    group = task.group.code

    def says(name, url):
        client.force_login(people[name])
        answer = client.get(url)
        return answer.status_code == 200 and said["text"] in answer.content.decode()

    history = reverse("progress:history", args=[task.pk])
    assert {name for name in people if says(name, history)} == READERS | {"liaison"}
    assert says("office", f"/workbench/flags/{group}/2026/11/")
    assert says("liaison", "/workbench/reports/2026/11/")
    assert says("liaison", f"/workbench/reports/{unit.code}/2026/11/")
    assert says("leader", f"/workbench/reports/{unit.code}/2026/11/")


def test_marking_by_htmx_keeps_the_remark_in_its_row(client, office):
    task = MonthTaskFactory()
    inspection(remark(task), unit=task.unit)
    client.force_login(office)
    url = reverse("progress:mark", args=[task.pk])
    answer = client.post(url, {"flag": "red", "version": 0}, headers={"HX-Request": "true"})

    assert remark(task)["text"] in answer.content.decode()


def test_the_workbench_of_the_guidance_group_begins_with_going_out(client, guidance):
    inspection(by=guidance), inspection(by=UserFactory(role=Role.GUIDANCE)), draft(by=guidance)
    client.force_login(guidance)
    page = soup(client.get("/workbench/"))
    figures = {a.select_one("span").text.split()[0]: a for a in page.select(".counts a")}

    assert [(one.text, one["href"]) for one in page.select("main .btn-primary")] == [("记一次指导推进", f"{HOME}new/")]
    assert figures["今天的指导推进"].select_one("b").text == figures["指导推进草稿"].select_one("b").text == "1"
    listed = soup(client.get(figures["今天的指导推进"]["href"]))
    assert len(listed.select("main form.toolbar ~ ul a.title")) == 1
