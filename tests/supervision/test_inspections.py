"""An inspection from the first words to a correction, by its actions."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from audit.models import Entry
from common.errors import DomainError
from complaints.models import Channel, Complaint, Photo
from complaints.workflow import State
from notifications.models import Notice
from supervision import actions, stats
from supervision.models import Correction, Finding, FindingPhoto, Inspection, Outcome
from tests.factories.complaints import clean_photo
from tests.factories.grids import CENTRE, GridAssignmentFactory, GridFactory, square
from tests.factories.progress import MonthTaskFactory
from tests.factories.supervision import CASE, NOW, TODAY, draft, inspection, remark

pytestmark = pytest.mark.django_db


def test_a_draft_takes_gaps_and_the_same_page_twice_is_one(guidance):
    for place in ("", "桥头"):
        actions.keep_draft(actions.Facts(on=TODAY, place=place), key="k", by=guidance, at=NOW)

    assert [(one.place, one.is_draft) for one in Inspection.objects.all()] == [("桥头", True)]


def test_a_finding_that_becomes_a_case_is_filed_by_the_intake_with_place_and_a_copy_of_its_photos(guidance):
    grid = GridFactory(boundary=square(CENTRE[0] - 0.001, CENTRE[1] - 0.001))
    done = inspection(CASE, by=guidance, point=CENTRE, place="桥头", photos=[clean_photo("red")])
    case, kept = Complaint.objects.get(), FindingPhoto.objects.get()

    assert (case.channel, case.state, case.filed_by) == (Channel.INSPECTION, State.RECEIVED, guidance)
    assert (case.text, case.place, case.grid, case.longitude) == (CASE["text"], "桥头", grid, CENTRE[0])
    assert (done.grid, done.findings.get().complaint) == (grid, case)
    copy = Photo.objects.get(complaint=case)
    assert (copy.sha256, copy.file.name != kept.file.name) == (kept.sha256, True)


def test_a_remark_on_a_task_reaches_the_liaisons_of_its_unit_alone(guidance, liaison):
    task = MonthTaskFactory(unit=liaison.unit)
    inspection(remark(task), unit=liaison.unit)
    notice = Notice.objects.get()

    assert notice.url == reverse("progress:history", args=[task.pk])
    assert notice.recipient == liaison
    assert task.content in notice.title


def test_nothing_found_is_a_full_result(guidance):
    done = inspection(by=guidance)

    assert (done.is_draft, done.findings.count(), Complaint.objects.count()) == (False, 0, 0)
    assert Entry.objects.get().verb == "记录指导推进"


def test_submitting_twice_changes_nothing(guidance):
    done = inspection(CASE, by=guidance)
    actions.submit(Inspection.objects.get(), by=guidance, at=NOW + timedelta(minutes=1))

    assert (Complaint.objects.count(), Inspection.objects.get().submitted_at) == (1, done.submitted_at)


@pytest.mark.parametrize(
    ("said", "facts", "sentence"),
    [
        ([{"text": ""}], {}, "第 1 个问题：情况还没写。"),
        ([CASE, {"text": "灯不亮"}], {}, "第 2 个问题：怎么办还没选。"),
        ([CASE | {"group": ""}], {}, "第 1 个问题：问题分组还没选。"),
        ([{"text": "没清", "outcome": Outcome.REMARK}], {}, "第 1 个问题：月任务还没选。"),
        ([], {"place": ""}, "在哪里还没写：选网格、选单位，或者写地点，有一样就行。"),
        ([], {"looked_at": " "}, "看了什么还没写。"),
        ([], {"on": TODAY + timedelta(days=1)}, "日期不能晚于今天。"),
        ([], {"on": TODAY - timedelta(days=61)}, "日期超过 60 天，不能再补记。"),
    ],
)
def test_a_draft_with_a_gap_is_refused_whole(said, facts, sentence):
    begun = draft(*said, **facts)
    with pytest.raises(DomainError, match=sentence):
        actions.submit(begun, by=begun.by, at=NOW)

    assert (Inspection.objects.get().is_draft, Complaint.objects.count()) == (True, 0)


def test_an_empty_finding_is_begun_once_and_can_be_dropped(guidance):
    begun = draft(CASE)
    first, second = actions.begin_finding(begun, at=NOW), actions.begin_finding(begun, at=NOW)
    keys = {first.pk, second.pk}
    actions.drop_finding(second)

    assert len(keys) == 1
    assert Finding.objects.count() == 1


def test_a_draft_is_thrown_away_with_its_photos(django_capture_on_commit_callbacks):
    begun = draft(CASE, photos=[clean_photo()])
    file = FindingPhoto.objects.get().file.name
    with django_capture_on_commit_callbacks(execute=True):
        actions.discard(begun)

    assert (Inspection.objects.count(), default_storage.exists(file)) == (0, False)


def test_a_seventh_photo_is_refused_and_the_same_one_kept_once():
    finding = draft(CASE).findings.get()
    for shade in (1, 1, 2, 3, 4, 5, 6):
        actions.add_photo(finding, photo=clean_photo((shade * 30, 0, 0)), at=NOW)
    with pytest.raises(DomainError, match="最多 6 张"):
        actions.add_photo(finding, photo=clean_photo("blue"), at=NOW)

    assert finding.photos.count() == 6


@pytest.mark.parametrize(
    "change",
    [
        lambda begun, finding: actions.begin_finding(begun, at=NOW),
        lambda begun, finding: actions.keep_finding(finding, text="改", at=NOW),
        lambda begun, finding: actions.drop_finding(finding),
        lambda begun, finding: actions.add_photo(finding, photo=clean_photo(), at=NOW),
        lambda begun, finding: actions.discard(begun),
    ],
    ids=["begin", "keep", "drop", "photo", "discard"],
)
def test_what_was_submitted_is_changed_by_corrections_alone(change):
    done = inspection(CASE)
    with pytest.raises(actions.AlreadySubmitted):
        change(done, done.findings.get())

    assert Finding.objects.get().text == CASE["text"]


def facts_of(done, **changes):
    told = {name: getattr(done, name) for name in ("on", "grid", "unit", "place", "looked_at", "point")}
    return actions.Facts(**(told | changes))


def test_a_correction_keeps_what_stood_there_who_and_why(office):
    done = inspection(CASE)
    key = done.findings.get().pk
    actions.correct(
        done, facts=facts_of(done, place="桥南头"), texts={key: "垃圾箱满溢。"}, reason="地点写错", by=office, at=NOW
    )
    kept = Correction.objects.get()

    assert kept.lines == [("地点", "二中门口", "桥南头"), ("第 1 个问题", CASE["text"], "垃圾箱满溢。")]
    assert (kept.reason, kept.by) == ("地点写错", office)
    assert (Inspection.objects.get().place, Finding.objects.get().text) == ("桥南头", "垃圾箱满溢。")
    # The case was told and stays as it was filed.
    assert Complaint.objects.get().text == CASE["text"]


def test_the_second_of_two_corrections_at_once_is_told_who_was_first(office, guidance):
    done = inspection(by=guidance)
    seen = Inspection.objects.get()
    actions.correct(done, facts=facts_of(done, place="甲"), texts={}, reason="错", by=office, at=NOW)
    with pytest.raises(actions.StaleInspection, match=f"{office}刚刚更正过"):
        actions.correct(seen, facts=facts_of(seen, place="乙"), texts={}, reason="错", by=guidance, at=NOW)

    assert Inspection.objects.get().place == "甲"


def test_a_correction_that_changes_nothing_is_refused(office):
    done = inspection()
    with pytest.raises(DomainError, match="没有改动"):
        actions.correct(done, facts=facts_of(done), texts={}, reason="错", by=office, at=NOW)


def test_it_is_about_the_unit_named_or_else_the_lead_of_the_grid_on_that_day(liaison):
    lead = GridAssignmentFactory()

    assert draft(unit=liaison.unit, grid=lead.grid).concerned == liaison.unit
    assert draft(grid=lead.grid).concerned == lead.unit
    assert draft().concerned is None


def test_counts_by_month_and_by_unit_tell_how_findings_ended(office, liaison):
    task = MonthTaskFactory(unit=liaison.unit)
    inspection(CASE, remark(task), unit=liaison.unit)
    inspection(unit=liaison.unit)
    inspection(CASE, at=NOW - timedelta(days=30))
    draft(CASE, unit=liaison.unit)
    months = dict(stats.by_month(office, until=task.due_month))

    assert len(months) == 12
    assert months[task.due_month] == stats.Tally(inspections=2, cases=1, remarks=1)
    assert months[task.due_month.shifted(-1)] == stats.Tally(inspections=1, cases=1)
    assert stats.by_unit(office, task.due_month) == [(liaison.unit, stats.Tally(inspections=2, cases=1, remarks=1))]
