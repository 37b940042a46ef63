"""`manage.py verify`: says that all is whole, and finds each thing that is broken on purpose."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import Role
from audit import append_only, log
from complaints import actions
from complaints.models import Complaint, Event, Photo, UnitRequest
from complaints.workflow import Move, State
from mohe_portal import verify
from notifications.models import Notice, NoticeDelivery
from progress.actions import close_month
from progress.models import ClosedMonth
from reports.models import Tally
from reports.rollups import rebuild
from tests.factories.accounts import UserFactory
from tests.factories.complaints import HOUR, MONDAY, case_in, clean_photo, filed
from tests.factories.progress import MARKED_AT, NOVEMBER, RedTaskFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(settings, tmp_path):
    """One of everything that is looked at."""
    settings.MEDIA_ROOT = tmp_path
    office = UserFactory()
    filed(photos=[clean_photo("red")])
    closed, suspended = case_in(State.CLOSED), case_in(State.HANDLING)
    liaison = UserFactory(role=Role.LIAISON, unit=suspended.unit)
    noon = MONDAY + 3 * HOUR
    actions.merge(filed().complaint, into=suspended, by=office, at=noon)
    until = noon.date() + timedelta(days=90)
    actions.ask_suspension(suspended, until=until, reason="冻土期不能开挖。", by=liaison, at=noon)
    actions.grant_suspension(suspended, by=office, at=noon)
    log.record("查看反映人电话", by=office, at=noon, target=closed)
    log.record("查看反映人电话", by=office, at=noon, target=suspended)
    rebuild(at=timezone.now())
    return tmp_path


def faults() -> dict[str, list[str]]:
    return {check.what: check.faults for check in verify.checks(at=timezone.now()) if not check.is_whole}


def test_a_whole_portal_is_told_so_line_by_line_with_counts(city):
    out = io.StringIO()
    call_command("verify", stdout=out)

    lines = out.getvalue().splitlines()
    assert lines[0] == f"✓ 案件流转：完好（{Complaint.objects.count()} 件案件，{Event.objects.count()} 步）"
    assert [line[:1] for line in lines[:-1]] == ["✓"] * 8
    assert lines[-1].startswith("全部完好，用时")


def test_what_is_broken_ends_the_command_with_an_error(city):
    Event.objects.filter(move=Move.SIGN).delete()

    with pytest.raises(CommandError, match="校验没有通过"):
        call_command("verify", stdout=io.StringIO())


def _chain(**changes):
    return lambda: Event.objects.filter(move=Move.SUBMIT).update(**changes)


BREAKS = {
    "a step is missing": (_chain(version=90), "案件流转", "流转记录不连续"),
    "a step leads nowhere legal": (_chain(to_state=State.CLOSED), "案件流转", "不合规则"),
    "a step by a move that is none": (_chain(move="fly"), "案件流转", "不合规则"),
    "a state without its step": (
        lambda: Complaint.objects.filter(state=State.CLOSED).update(state=State.HANDLED), "案件流转", "停在 closed",
    ),
    "a version ahead of its steps": (
        lambda: Complaint.objects.filter(state=State.CLOSED).update(version=9), "案件流转", "应有 10 步，有 6 步",
    ),
    "a suspension without its request": (lambda: UnitRequest.objects.all().delete(), "案件流转", "批准的挂账却不在"),
    "a request without its mark": (
        lambda: UnitRequest.objects.update(status="pending", resumed_at=None), "案件流转", "申请却不在",
    ),
    "a photo without its file": (
        lambda: Path(settings.MEDIA_ROOT, Photo.objects.get().file.name).unlink(), "照片和附件", "文件不在",
    ),
    "a tally that was changed": (
        lambda: Tally.objects.filter(axis="grid").update(filed=7), "汇总数字", "按网格合计 filed",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BREAKS)
def test_each_thing_broken_is_found_and_named(city, what):
    break_it, where, said = BREAKS[what]
    break_it()

    found = faults()

    assert list(found) == [where]
    assert any(said in fault for fault in found[where]), found


def test_a_file_without_a_row_is_found_once_it_is_old(city):
    stray = city / "photos" / "stray.jpg"
    stray.write_bytes(b"x")
    assert faults() == {}

    found = [check for check in verify.checks(at=timezone.now() + timedelta(hours=2)) if check.what == "文件归属"]

    assert found[0].faults == ["没有记录的文件：photos/stray.jpg"]


def test_a_notice_that_was_forgotten_is_found_and_one_on_its_way_is_not(city):
    notice = Notice.objects.all()[0]
    row = NoticeDelivery.objects.create(notice=notice, channel="file", key="k", available_at=timezone.now())
    assert faults() == {}
    assert [c.faults for c in verify.checks(at=timezone.now(), settled=True) if not c.is_whole] == [
        ["k 没有发出，也没有登记为失败"]
    ]

    NoticeDelivery.objects.filter(pk=row.pk).update(available_at=timezone.now() - timedelta(minutes=20))

    assert faults() == {"提醒外发": ["k 没有发出，也没有登记为失败"]}


def test_a_closed_month_whose_sums_or_words_were_changed_is_found(city):
    RedTaskFactory()
    close_month(NOVEMBER, by=None, at=MARKED_AT)
    assert faults() == {}
    snapshot = ClosedMonth.objects.get().snapshot
    snapshot["groups"][0]["red"] += 1

    ClosedMonth.objects.update(snapshot=snapshot)
    assert "快照被改过" in faults()["锁定的月份"][0]
    ClosedMonth.objects.update(checksum=verify.checksum(snapshot))

    assert "各组合计" in faults()["锁定的月份"][0]


def test_an_audit_entry_changed_behind_the_portals_back_is_found(city):
    with connection.cursor() as cursor:
        for statement in append_only.DROP[connection.vendor]:
            cursor.execute(statement)
        cursor.execute("UPDATE audit_entry SET verb = '什么也没做' WHERE id = (SELECT max(id) FROM audit_entry)")

    assert [fault.startswith("第") for fault in faults()["审计日志"]] == [True]
