"""Month reports: what a unit may report until when, and what becomes of its files."""

import io
import zipfile
from datetime import date, datetime, timedelta

import pytest
from PIL import Image

from audit.models import Entry
from common.clock import CITY_TIME
from common.errors import DomainError
from common.months import Month
from progress import actions
from progress.actions import Answer, StaleReport
from progress.evidence import EvidenceRefused, clean, harmless_name
from progress.models import Evidence, MonthReport, ReportLine, report_due_on
from tests.factories.accounts import UserFactory
from tests.factories.progress import MARKED_AT, NOVEMBER, MonthTaskFactory

pytestmark = pytest.mark.django_db

DONE = {"outcome": "done", "text": "已围挡 3 处"}
NOT_DONE = {"outcome": "not_done", "reason": "材料未到货", "plan": "等到货", "new_date": date(2026, 12, 3)}


@pytest.fixture
def own(task, liaison):
    """The liaison of the task's unit."""
    liaison.unit = task.unit
    liaison.save()
    return liaison


def submit(task, by, at=MARKED_AT, version=0, **said):
    return actions.submit_report(
        task.unit, NOVEMBER, answers=[Answer(task, **(said or DONE))], version=version, by=by, at=at
    )


def moment(day, hour=0, minute=0, month=11):
    return datetime(2026, month, day, hour, minute, tzinfo=CITY_TIME)


def test_a_submitted_report_keeps_who_when_and_what(task, own):
    report = submit(task, own)

    report.refresh_from_db()
    assert (report.submitted_at, report.saved_by, report.is_late, report.version) == (MARKED_AT, own, False, 1)
    assert report.lines.get().text == "已围挡 3 处"
    assert Entry.objects.get().verb == "上报月任务"


@pytest.mark.parametrize(
    ("at", "late"),
    [
        pytest.param(moment(25, 23, 59), False, id="the last minute of the due day"),
        pytest.param(moment(26), True, id="midnight after it"),
        pytest.param(moment(30, 23, 59), True, id="the last minute of the month"),
    ],
)
def test_after_the_due_day_a_report_is_late(task, own, at, late):
    assert submit(task, own, at=at).is_late is late


@pytest.mark.parametrize(
    "at", [pytest.param(moment(1, month=12), id="after"), pytest.param(moment(31, 23, month=10), id="before")]
)
def test_outside_its_month_nothing_is_reported(task, own, at):
    with pytest.raises(DomainError):
        submit(task, own, at=at)
    assert not MonthReport.objects.exists()


def test_submitting_again_before_the_cut_off_makes_nothing_late(task, own):
    submit(task, own)
    report = submit(task, own, at=moment(28), version=1, **NOT_DONE)

    assert (report.submitted_at, report.is_late) == (MARKED_AT, False)
    assert ReportLine.objects.get().reason == "材料未到货"


@pytest.mark.parametrize(
    "gap",
    [
        {"outcome": ""},
        {"outcome": "done", "text": " "},
        NOT_DONE | {"reason": ""},
        NOT_DONE | {"plan": " "},
        NOT_DONE | {"new_date": None},
        NOT_DONE | {"new_date": date(2026, 10, 31)},
    ],
)
def test_a_gap_may_be_in_a_draft_but_not_in_what_is_submitted(task, own, gap):
    actions.save_report(task.unit, NOVEMBER, answers=[Answer(task, **gap)], version=0, by=own, at=MARKED_AT)
    with pytest.raises(DomainError):
        submit(task, own, version=1, **gap)

    assert MonthReport.objects.get().submitted_at is None


def test_a_report_answers_every_task_of_the_unit_and_no_other(task, own):
    another = MonthTaskFactory(unit=task.unit)
    foreign = MonthTaskFactory()
    with pytest.raises(DomainError, match="任务有变动"):
        submit(task, own)
    with pytest.raises(DomainError, match="任务有变动"):
        answers = [Answer(one, **DONE) for one in (task, another, foreign)]
        actions.submit_report(task.unit, NOVEMBER, answers=answers, version=0, by=own, at=MARKED_AT)


def test_a_submitted_report_does_not_turn_into_a_draft_again(task, own):
    submit(task, own)
    with pytest.raises(DomainError, match="已经上报"):
        actions.save_report(task.unit, NOVEMBER, answers=[Answer(task)], version=1, by=own, at=MARKED_AT)


def test_the_slower_of_two_colleagues_is_told_who_was_faster(task, own):
    submit(task, own)
    with pytest.raises(StaleReport, match="示例人员乙"):
        submit(task, UserFactory(liaison=True, unit=task.unit), version=0, **NOT_DONE)
    assert ReportLine.objects.get().outcome == "done"


def test_the_due_day_is_set_by_the_office_and_bends_to_short_months(office):
    assert report_due_on(NOVEMBER) == date(2026, 11, 25)
    actions.set_due_day(31, by=office, at=MARKED_AT)

    assert [report_due_on(Month(year, 2)) for year in (2027, 2028)] == [date(2027, 2, 28), date(2028, 2, 29)]
    assert Entry.objects.get().facts == {"before": None, "after": 31}


# --- evidence ---


def picture():
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "PNG")
    return out


def office_file(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out


def cleaned(file, name):
    return clean(file, name=name, size=len(file.getvalue()))


def test_a_photo_is_drawn_anew_and_a_document_kept_as_it_is():
    photo, pdf = cleaned(picture(), "现场.png"), cleaned(io.BytesIO(b"%PDF-1.7 x"), "清单.pdf")

    assert (photo.kind, photo.content[:2]) == (Evidence.Kind.PHOTO, b"\xff\xd8")
    assert (pdf.kind, pdf.content) == (Evidence.Kind.PDF, b"%PDF-1.7 x")
    assert cleaned(office_file("word/document.xml"), "a.docx").kind == Evidence.Kind.WORD
    assert cleaned(office_file("xl/workbook.xml"), "A.XLSX").kind == Evidence.Kind.EXCEL


@pytest.mark.parametrize(
    ("file", "name"),
    [
        pytest.param(io.BytesIO(b"<html>"), "清单.pdf", id="no PDF"),
        pytest.param(io.BytesIO(b"<svg/>"), "a.svg", id="SVG"),
        pytest.param(io.BytesIO(b"MZ"), "a.docx", id="no zip"),
        pytest.param(office_file("xl/workbook.xml"), "a.docx", id="a table called a text"),
        pytest.param(office_file("word/document.xml", "word/vbaProject.bin"), "a.docx", id="macros"),
        pytest.param(io.BytesIO(b""), "a.pdf", id="empty"),
    ],
)
def test_what_is_not_what_it_says_is_refused(file, name):
    with pytest.raises(EvidenceRefused):
        cleaned(file, name)


def test_a_document_over_twenty_megabytes_is_refused_by_its_true_size():
    with pytest.raises(EvidenceRefused, match="21 MB，最多 20 MB"):
        clean(io.BytesIO(b"%PDF-"), name="a.pdf", size=21 * 1024 * 1024)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/清单.pdf", "清单.pdf"),
        ("C:\\a\\b.pdf", "b.pdf"),
        ("a\r\nb\x00.pdf", "ab.pdf"),
        ("字" * 200 + ".pdf", "字" * 96 + ".pdf"),
    ],
)
def test_a_file_name_loses_folders_and_control_signs(name, shown):
    assert harmless_name(name) == shown


def test_nine_files_a_task_and_no_tenth(task, own):
    file = cleaned(io.BytesIO(b"%PDF-"), "清单.pdf")
    for _ in range(9):
        actions.add_evidence(task, evidence=file, by=own, at=MARKED_AT)
    with pytest.raises(DomainError, match="最多 9 个"):
        actions.add_evidence(task, evidence=file, by=own, at=MARKED_AT)


def test_a_removed_file_is_gone_from_the_disk_and_named_in_the_log(task, own, django_capture_on_commit_callbacks):
    kept = actions.add_evidence(task, evidence=cleaned(io.BytesIO(b"%PDF-"), "清单.pdf"), by=own, at=MARKED_AT)
    storage, name = kept.file.storage, kept.file.name
    assert storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove_evidence(kept, by=own, at=MARKED_AT + timedelta(minutes=1))

    assert not storage.exists(name)
    assert Entry.objects.get().facts["name"] == "清单.pdf"
