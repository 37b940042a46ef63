from datetime import timedelta
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile

from complaints.models import Complaint, ProblemGroup
from grids.models import GridAssignment
from tests.factories.complaints import clean_photo, filed, jpeg
from tests.factories.grids import CENTRE, GridAssignmentFactory
from tests.factories.volunteers import HALF_AN_HOUR, NINE, assigned, patrolled
from volunteers import actions
from volunteers.models import Finding, PatrolLog

pytestmark = [pytest.mark.usefixtures("monday_ten"), pytest.mark.once]
TODAY = "/workbench/patrols/"
DAY = timedelta(days=1)


def page(response):
    return BeautifulSoup(response.content, "html.parser")


def words(response):
    return " ".join(page(response).select_one("main").get_text(" ").split())


@pytest.fixture
def phone(liaison, client):
    client.force_login(liaison)
    return client


def form_of(response):
    """What the hidden fields of the patrol page would send."""
    fields = page(response).select("form#patrol input[type=hidden]")
    return {field["name"]: field["value"] for field in fields if field["name"] != "csrfmiddlewaretoken"}


def test_todays_page_shows_the_units_grids_with_what_is_done(phone, grid, unit, liaison, stranger):
    helped = GridAssignmentFactory(unit=unit, kind=GridAssignment.Kind.HELPER).grid
    walked = assigned(unit)
    foreign = assigned(stranger.unit)
    patrolled(walked, unit, by=liaison)
    said = words(phone.get(TODAY))

    assert "今天巡了 1／2" in said
    assert f"{grid} 还没巡" in said
    assert f"{walked} 已巡" in said
    assert said.index("协助的网格") < said.index(str(helped))
    assert str(foreign) not in said


def test_a_patrol_without_script_a_page_for_each_step(phone, grid, liaison):
    begun = phone.get(f"{TODAY}{grid.code}/")
    sent = form_of(begun) | {"result": "no_problem", "check_snow": "fine"}
    done = phone.post(f"{TODAY}{grid.code}/", sent, follow=True)

    assert f"{grid} 今天的巡查记好了。" in words(done)
    log = PatrolLog.objects.get()
    assert (log.by, log.checks, log.result) == (liaison, {"snow": "fine"}, "no_problem")


def test_pressed_twice_it_is_logged_once(phone, grid):
    sent = form_of(phone.get(f"{TODAY}{grid.code}/")) | {"result": "no_problem"}

    assert [phone.post(f"{TODAY}{grid.code}/", sent).status_code for _ in range(2)] == [302, 302]
    assert PatrolLog.objects.count() == 1


def test_a_problem_without_a_word_about_it_is_asked_for(phone, grid):
    sent = form_of(phone.get(f"{TODAY}{grid.code}/")) | {"result": "no_problem", "check_snow": "problem"}
    answer = phone.post(f"{TODAY}{grid.code}/", sent)

    assert answer.status_code == 422
    assert "有一项选了“有问题”" in words(answer)
    assert page(answer).select_one("[name=check_snow][value=problem]").has_attr("checked")


def test_a_finding_without_script_becomes_a_case(phone, grid, unit, liaison):
    log = patrolled(grid, unit, by=liaison)
    body = {
        "key": uuid4(), "group": "garbage", "text": "垃圾箱满溢", "place": "3 号楼",
        "photos": SimpleUploadedFile("a.jpg", jpeg(), "image/jpeg"),
    }  # fmt: skip
    answer = phone.post(f"{TODAY}{grid.code}/findings/", body, follow=True)

    case = Complaint.objects.get()
    assert (case.photos.count(), log.findings.get().complaint) == (1, case)
    assert f"已立案 {case.number}。" in words(answer)


def test_a_finding_that_was_reported_is_shown_with_two_choices_and_nothing_typed_is_lost(phone, grid, unit, liaison):
    known = filed(group=ProblemGroup.GARBAGE, point=CENTRE, at=NINE - HALF_AN_HOUR).complaint
    patrolled(grid, unit, by=liaison)
    body = {"key": uuid4(), "group": "garbage", "text": "垃圾箱满溢", "longitude": CENTRE[0], "latitude": CENTRE[1]}
    answer = phone.post(f"{TODAY}{grid.code}/findings/", body)

    assert answer.status_code == 409
    assert f"{known.number} 垃圾" in words(answer)
    buttons = page(answer).select("#conflict button")
    assert [(one["name"], one["value"]) for one in buttons] == [("choice", "same"), ("choice", "new")]
    assert page(answer).select_one("textarea").text.strip() == "垃圾箱满溢"
    phone.post(f"{TODAY}{grid.code}/findings/", body | {"choice": "same"})
    assert Finding.objects.get().complaint == known


def test_a_colleague_was_faster_and_the_page_offers_to_join(phone, grid, unit, colleague, liaison):
    sent = form_of(phone.get(f"{TODAY}{grid.code}/")) | {"result": "no_problem"}
    first = patrolled(grid, unit, by=colleague)
    answer = phone.post(f"{TODAY}{grid.code}/", sent)

    assert answer.status_code == 409
    assert "示例人员乙 11 月 23 日 09:00 已经巡过这个网格" in words(answer)
    phone.post(f"{TODAY}{grid.code}/", sent | {"join": "1"})
    assert list(first.joined_by.all()) == [liaison]


def test_the_grids_of_others_cannot_be_patrolled(phone, stranger):
    foreign = assigned(stranger.unit)

    assert phone.get(f"{TODAY}{foreign.code}/").status_code == 404
    assert phone.post(f"{TODAY}{foreign.code}/findings/", {}).status_code == 404


def test_a_finding_before_the_patrol_leads_to_the_patrol(phone, grid):
    answer = phone.post(f"{TODAY}{grid.code}/findings/", {"text": "垃圾"})

    assert answer["Location"] == f"{TODAY}{grid.code}/"


def test_what_the_phone_keeps_is_the_empty_page_even_after_todays_patrol(phone, grid, unit, liaison):
    patrolled(grid, unit, by=liaison)

    assert page(phone.get(f"{TODAY}{grid.code}/")).select_one("form#patrol") is None
    assert page(phone.get(f"{TODAY}{grid.code}/?keep=1")).select_one("form#patrol") is not None


def test_a_log_and_its_photos_are_read_by_the_unit_and_the_office_and_by_no_other_unit(
    client, grid, unit, liaison, office, stranger
):
    log = patrolled(grid, unit, by=liaison)
    finding = actions.add_finding(
        log, group=ProblemGroup.HOUSING, text="楼道口堆了纸箱", key="f", by=liaison, at=NINE, is_settled=True,
        photos=[clean_photo()],
    )  # fmt: skip
    photo = f"{TODAY}photos/{finding.photos.get().token}/"
    seen = {}
    for person in (liaison, office, stranger):
        client.force_login(person)
        answers = client.get(log.get_absolute_url()), client.get(photo)
        seen[person.name] = tuple(answer.status_code for answer in answers)

    assert seen == {"示例人员甲": (200, 200), "示例人员丙": (200, 200), "示例人员丁": (404, 404)}
    client.force_login(office)
    assert "楼道口堆了纸箱" in words(client.get(log.get_absolute_url()))


def test_the_calendar_shows_a_liaison_the_own_unit_whatever_is_asked_for(phone, grid, unit, liaison, stranger):
    foreign = assigned(stranger.unit)
    patrolled(grid, unit, by=liaison, at=NINE - DAY)
    said = words(phone.get(f"{TODAY}calendar/?unit={stranger.unit.code}"))

    assert "11 月（到昨天） 1／22 4 %" in said
    assert str(grid) in said
    assert str(foreign) not in said


def test_the_office_reads_any_units_calendar(client, office, grid, unit):
    client.force_login(office)

    assert str(grid) in words(client.get(f"{TODAY}calendar/?unit={unit.code}&month=2026-10"))
    assert client.get(f"{TODAY}calendar/?unit=NONE").status_code == 404


def test_coverage_tells_numerator_and_denominator_and_who_is_missing(client, office, grid, unit, liaison, stranger):
    walked = assigned(stranger.unit)
    patrolled(walked, stranger.unit, by=stranger)
    patrolled(walked, stranger.unit, by=stranger, at=NINE - DAY)
    client.force_login(office)
    said = words(client.get(f"{TODAY}coverage/"))

    assert "今天 1 ／2 个网格" in said
    assert "1／44 格次" in said
    assert f"1 个单位，1 个网格 示例单位 07 {grid}" in said


@pytest.mark.parametrize("month", ["2026-13", "x", "2099-01", ""])
def test_a_month_that_cannot_be_is_this_month(month, client, office, grid):
    client.force_login(office)

    assert "2026 年 11 月" in words(client.get(f"{TODAY}coverage/?month={month}"))


def test_the_worker_is_served_at_the_root_as_script_and_never_kept(client, db):
    answer = client.get("/patrol-worker.js")

    assert (answer.status_code, answer["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    assert answer["Cache-Control"] == "no-cache"
    assert "default-src 'self'" in answer["Content-Security-Policy"]
