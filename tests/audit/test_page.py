"""The auditor's page: read, search, take away, and see whether the chain is whole."""

import ast
import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.test import Client

from accounts.models import Role
from audit import log
from audit.models import Entry
from audit.words import NAMES
from common.sheets import guarded
from mohe_portal.audit_chain import ChainCheck, check_chain
from notifications.models import Notice
from tests.factories.accounts import UserFactory
from tests.factories.complaints import MONDAY

pytestmark = pytest.mark.django_db
URL = "/workbench/audit/"


@pytest.fixture
def auditor():
    return UserFactory(role=Role.AUDITOR, name="示例审计员")


@pytest.fixture
def page(auditor):
    """The auditor's browser."""
    client = Client()
    client.force_login(auditor)
    Entry.objects.none()
    return client


@pytest.fixture
def told(auditor):
    office = UserFactory(name="示例人员甲")
    log.record("查看反映人电话", by=office, at=MONDAY, target=auditor, reason="核实地点")
    log.record("=危险()", by=None, at=MONDAY + timedelta(days=1), changed=["手机号"])
    log.record("公开案件", by=office, at=MONDAY + timedelta(days=2), target=office, title="积雪")


def verbs(response) -> list[str]:
    rows = BeautifulSoup(response.content.decode(), "html.parser").select("tbody tr")
    return [row.select("td")[3].get_text() for row in rows]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["公开案件", "=危险()", "查看反映人电话"]),
        ({"who": "人员甲"}, ["公开案件", "查看反映人电话"]),
        ({"what": "电话"}, ["查看反映人电话"]),
        ({"target": "示例审计员"}, ["查看反映人电话"]),
        ({"since": "2026-11-24", "until": "2026-11-24"}, ["=危险()"]),
        ({"since": "someday"}, ["公开案件", "=危险()", "查看反映人电话"]),
        ({"who": "没有这个人"}, []),
    ],
    ids=["everything", "who", "what", "target", "a day", "no date", "nobody"],
)
def test_the_log_is_read_newest_first_and_searched(page, told, asked, found):
    assert [verb for verb in verbs(page.get(URL, asked)) if "登录" not in verb] == found


def test_the_export_is_what_the_filters_leave_guarded_and_logged(page, told):
    answer = page.post(f"{URL}export/", {"since": "2026-11-24", "until": "2026-11-25"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")

    head, *rows = csv.reader(io.StringIO(text))
    assert head[:4] == ["序号", "时间", "操作人", "操作"]
    assert [row[3] for row in rows] == [guarded("=危险()"), "公开案件"]
    assert rows[0][3].startswith("'=")
    entry = Entry.objects.order_by("-pk").first()
    assert (entry.verb, entry.actor_label) == ("导出审计日志", "示例审计员（审计员）")
    assert entry.facts == {"filters": {"since": "2026-11-24", "until": "2026-11-25"}, "entries": 2}


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.SECURITY, Role.OFFICE])
def test_nobody_else_reads_checks_or_exports_it(role):
    client = Client()
    client.force_login(UserFactory(role=role))
    answers = [client.get(URL), client.post(f"{URL}check/"), client.post(f"{URL}export/")]
    assert [answer.status_code for answer in answers] == [403] * 3


def test_a_whole_chain_says_so_and_a_broken_one_names_the_place_and_alarms(page, told, triggers_off):
    assert "还没有核对过" in page.get(URL).content.decode()
    page.post(f"{URL}check/")
    assert "整条链完整" in page.get(URL).content.decode()
    assert Notice.objects.count() == 0

    changed = Entry.objects.get(verb="公开案件")
    Entry.objects.filter(pk=changed.pk).update(actor_label="别人")
    page.post(f"{URL}check/")

    said = BeautifulSoup(page.get(URL).content.decode(), "html.parser").select_one(".note-alert").get_text()
    assert "对不上" in said and str(changed.pk) in said
    assert Notice.objects.get().title == "审计日志对不上：有记录被改动或删除"


def test_a_log_whose_end_was_cut_off_is_not_whole(told, triggers_off):
    Entry.objects.filter(verb="公开案件").delete()

    checked = check_chain(at=MONDAY)

    assert (checked.broken, checked.is_cut_off, checked.is_whole) == ([], True, False)
    assert ChainCheck.latest() == checked


def test_pages_of_a_long_log_follow_each_other(page, auditor):
    for number in range(55):
        log.record(f"第 {number} 步", by=auditor, at=MONDAY)
    first = page.get(URL, {"what": "步"})
    onward = BeautifulSoup(first.content.decode(), "html.parser").select_one("a[rel=next]")["href"]
    assert len(verbs(first)) == 50
    assert verbs(page.get(URL + onward)) == [f"第 {number} 步" for number in reversed(range(5))]


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"address": "10.0.0.1", "with_code": True}, ["网络地址 10.0.0.1", "用了动态口令 是"]),
        ({"checksum": "ab12", "reason": ""}, ["校验值 ab12"]),
        ({"before": "blue", "after": "red", "why": "复核"}, ["改为 红旗", "原来 蓝旗", "理由 复核"]),
        ({"before": {"启用": True}, "after": {"启用": False}}, ["启用 是 → 否"]),
        ({"after": {"title": "积雪", "photos": 2}}, ["标题 积雪", "照片数 2"]),
        ({"changed": ["手机号", "姓名"]}, ["改了 手机号、姓名"]),
        ({"filters": {"since": "2026-11-24"}, "entries": 2}, ["条数 2", "筛选 起始日期 2026-11-24"]),
    ],
    ids=["a sign-in", "nothing said", "a flag", "what changed", "what is new", "a list", "filters"],
)
def test_the_details_are_told_in_words(page, facts, told):
    log.record("试一试", by=None, at=MONDAY, **facts)

    cell = BeautifulSoup(page.get(URL, {"what": "试一试"}).content.decode(), "html.parser").select_one(".audit-facts")
    assert cell.get_text("\n").replace("\n ", " ").splitlines() == told


@pytest.mark.once
def test_every_fact_that_an_action_notes_has_a_name(root):
    """Names in Chinese are told as they are."""
    noted = {
        keyword.arg
        for app in apps.get_app_configs()
        if Path(app.path).parent == root
        for path in Path(app.path).glob("**/*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "log.record"
        for keyword in call.keywords
    }

    assert {"checksum", "address"} <= noted
    assert noted - {None, "by", "at", "target", "before", "after"} - NAMES.keys() == set()
