"""The month-end report: frozen once, the same bytes for ever, and its sums are the portal's."""

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from docx.oxml import parse_xml
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from accounts.models import Role
from audit.models import Entry
from common.clock import CITY_TIME
from common.errors import DomainError
from common.models import Outcome, PeriodicRun
from common.months import Month
from complaints.figures import CaseFigures, Rate, figures
from complaints.workflow import State
from meetings.models import ActionItem, Instruction
from mohe_portal import schedule
from notifications.models import Notice
from reports import actions
from reports.content import collect, rankings
from reports.content.cases import figures_of
from reports.layout import document, group_document
from reports.layout.drawing import drawn
from reports.layout.parts import Chart
from reports.models import MonthEndReport
from reports.rendering import excel, word
from tests.factories.accounts import UserFactory
from tests.factories.complaints import case_in
from tests.factories.meetings import item
from tests.reports.november import AFTER, HOSTILE, NOVEMBER, World

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture
def world(db):
    return World()


def built(**changes) -> MonthEndReport:
    return actions.build_month_end(NOVEMBER, **({"by": None, "at": AFTER} | changes))


# --- frozen -----------------------------------------------------------------------------------------------------------


def test_building_twice_changes_nothing_and_tells_nobody_again(world):
    head = UserFactory(group_head=True)
    leader, liaison = UserFactory(role=Role.LEADER), UserFactory(liaison=True)
    first = built()
    told = set(Notice.objects.filter(title__contains="月末报告").values_list("recipient", "url"))

    assert built(at=AFTER + timedelta(days=9)) == first
    assert MonthEndReport.objects.count() == Entry.objects.filter(verb="生成月末报告").count() == 1
    assert {(leader.pk, "/workbench/month-end/2026/11/")} | {
        (head.pk, f"/workbench/month-end/2026/11/groups/{head.group.code}/")
    } <= told
    assert liaison.pk not in {person for person, _ in told}
    assert Notice.objects.filter(title__contains="月末报告").count() == len(told)


def test_a_correction_makes_a_new_version_and_the_old_one_stays_byte_for_byte(world):
    first = built()
    before = excel(document(first.read()), version="第 1 版")
    assert built(reason="以为有更正") == first, "nothing has changed"

    world.correct(at=AFTER + timedelta(hours=1))
    second = built(reason="更正了拖拉单位的旗", at=AFTER + timedelta(days=1))

    assert (second.version, second.reason, second.checksum == first.checksum) == (2, "更正了拖拉单位的旗", False)
    assert second.read()["flags"]["corrections"][0]["after"] == "红旗"
    assert second.read()["flags"]["city"] == first.read()["flags"]["city"], "the frozen flags stay"
    kept = MonthEndReport.objects.get(version=1)
    assert excel(document(kept.read()), version="第 1 版") == before


def test_a_month_that_runs_has_a_preview_only(world):
    with pytest.raises(DomainError, match="还没有过完"):
        built(at=AFTER - timedelta(days=1))
    with pytest.raises(CommandError, match="2026-11 这样"):
        call_command("build_month_report", "november")
    assert not MonthEndReport.objects.exists()


def test_a_content_that_was_tampered_with_is_not_shown(world):
    report = built()
    MonthEndReport.objects.update(content=report.content.replace("勤快单位", "拖拉单位"))

    with pytest.raises(ValueError, match="checksum"):
        MonthEndReport.objects.get().read()


@pytest.mark.django_db(transaction=True)
def test_of_many_who_build_at_once_one_freezes_and_all_get_the_same():
    World()
    start = Barrier(4, timeout=60)

    def one(_) -> int:
        try:
            start.wait()
            return built().pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        found = set(threads.map(one, range(4)))

    assert found == {MonthEndReport.objects.get().pk}
    assert Entry.objects.filter(verb="生成月末报告").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_scheduler_makes_up_for_every_month_it_slept_through_and_two_of_them_agree():
    World()
    job = schedule.job_named("month-end-report")
    october = NOVEMBER.starts_at + timedelta(minutes=21)
    PeriodicRun.objects.create(
        job=job.name, slot=job.cadence.slot(job.cadence.index_at(october)), try_at=october, outcome=Outcome.DONE
    )
    asleep_until = Month(2027, 1).starts_at + timedelta(days=3)
    both = Barrier(2, timeout=60)

    def scheduler(_) -> None:
        try:
            both.wait()
            schedule.periodic.run_due([job], now=lambda: asleep_until)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(scheduler, range(2)))

    assert [str(report) for report in MonthEndReport.objects.order_by("month")] == [
        "2026 年 11 月月末报告第 1 版",
        "2026 年 12 月月末报告第 1 版",
    ]
    assert set(PeriodicRun.objects.filter(job=job.name).values_list("outcome", flat=True)) == {Outcome.DONE}


# --- sums -------------------------------------------------------------------------------------------------------------


def test_every_sum_is_the_citys_and_the_portals(world):
    content = collect(NOVEMBER, as_of=NOVEMBER.ends_at)
    city = figures_of(content["cases"]["city"])

    counted = figures(NOVEMBER.starts_at, NOVEMBER.ends_at, as_of=NOVEMBER.ends_at)
    assert city == counted[NOVEMBER.first_day, None] == figures_of(content["trend"][-1])
    for way in ("channels", "communities", "categories", "units"):
        assert sum((figures_of(row) for row in content["cases"][way]), CaseFigures()) == city, way
    for table in document(content).tables:
        if table.total:
            numbers = [[_counts(cell) for cell in row[1:]] for row in (*table.rows, table.total)]
            assert [list(map(sum, zip(*cells, strict=True))) for cells in zip(*numbers[:-1], strict=True)] == [
                list(cell) for cell in numbers[-1]
            ], table.title
    assert content["flags"]["city"] == {"red": 1, "blue": 1, "good": 0, "unmarked": 1}
    assert content["patrols"]["city"]["walked"] == 1
    assert (content["cases"]["open_late"], content["items"]["late"]) == (1, 1)


def _counts(cell):
    return (cell.numerator, cell.denominator) if isinstance(cell, Rate) else (cell,)


def test_a_groups_page_holds_its_own_and_nothing_of_another(world):
    content = collect(NOVEMBER, as_of=NOVEMBER.ends_at)
    roads = {table.name: table.rows for table in group_document(content, world.roads.code, "道路组").tables}
    green = {table.name: table.rows for table in group_document(content, world.green.code, "绿化组").tables}

    assert [row[0] for row in roads["单位-红蓝旗"]] == ["勤快单位", "拖拉单位"]
    assert [row[0] for row in green["单位-红蓝旗"]] == ["勤快单位"]
    assert (len(roads["蓝旗说明"]), len(roads["交办事项"]), len(roads["补成"])) == (1, 1, 0)
    assert (len(green["蓝旗说明"]), len(green["交办事项"]), len(green["补成"])) == (0, 0, 1)
    assert [row[0] for row in green["单位-办理"]] == ["勤快单位"]


ENTRIES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda two: (min(two), max(two))), max_size=12)


@pytest.mark.once
@given(ENTRIES)
def test_equal_shares_share_a_place_and_few_cases_win_none(shares):
    entries = [(f"U{n}", f"单位 {n}", count, total) for n, (count, total) in enumerate(shares)]
    ranked = rankings.ranked(entries, enough=5)

    placed = {row["name"]: (row["place"], row["numerator"] / row["denominator"]) for row in ranked["rows"]}
    assert set(placed) == {name for _, name, _, total in entries if total >= 5}
    for place, share in placed.values():
        assert place == 1 + sum(other > share for _, other in placed.values())
    assert set(ranked["few"]) == {name for _, name, _, total in entries if 0 < total < 5}


@pytest.mark.once
@given(st.lists(st.none() | st.floats(0, 100), min_size=12, max_size=12), st.sampled_from(["%", "件"]))
def test_a_chart_keeps_every_point_on_its_sheet(values, unit):
    drawing = drawn(Chart("图", unit, [str(n) for n in range(12)], values, "表"))

    dots = drawing.lines[0].dots
    assert len(dots) == sum(value is not None for value in values)
    assert all(0 <= dot.x <= drawing.width and 0 <= dot.y <= drawing.height for dot in dots)
    assert 2 <= len(drawing.grid) <= 8


# --- files ------------------------------------------------------------------------------------------------------------


def test_the_same_content_is_the_same_bytes(world):
    content = collect(NOVEMBER, as_of=NOVEMBER.ends_at)
    once, again = document(content), document(collect(NOVEMBER, as_of=NOVEMBER.ends_at))

    for render in (word, excel):
        assert render(once, version="第 1 版") == render(again, version="第 1 版")


def test_word_is_an_official_document(world):
    content = collect(NOVEMBER, as_of=NOVEMBER.ends_at) | {"is_sample": True}
    archive = zipfile.ZipFile(io.BytesIO(word(document(content), version="第 1 版")))
    body = parse_xml(archive.read("word/document.xml"))
    text = "".join(body.itertext())
    tables = body.findall(f".//{W}tbl")

    assert all(table.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None for table in tables), "heads are repeated"
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in body.iter(f"{W}tr"))
    assert {"方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"} <= {
        face.get(f"{W}eastAsia") for face in body.iter(f"{W}rFonts")
    }
    assert '<w:altName w:val="仿宋"/>' in archive.read("word/fontTable.xml").decode()
    assert text.index("一、本月小结") < text.index("2026年11月30日") < text.index("附件 1")
    assert HOSTILE.replace("\x0b", "") in text
    outside = [archive.read(name).decode() for name in archive.namelist() if "header" in name or "footer" in name]
    assert sum("PAGE" in part for part in outside) == sum("示例数据" in part for part in outside) == 2


def test_excel_has_a_sheet_for_each_table_and_numbers_are_numbers(world):
    shown = document(collect(NOVEMBER, as_of=NOVEMBER.ends_at))
    book = load_workbook(io.BytesIO(excel(shown, version="第 1 版")))

    assert book.sheetnames == ["小结", *(table.name for table in shown.tables if not table.is_excerpt)]
    cases = book["单位-办理"]
    heads = [cell.value for cell in cases[3]]
    total = {head: cell.value for head, cell in zip(heads, cases[cases.max_row], strict=True)}
    assert (total["收到"], total["办结"], total["按期结案率分子"], total["按期结案率分母"]) == (3, 1, 1, 2)
    assert total["按期结案率"] == 0.5
    assert all(sheet.freeze_panes == "B4" for sheet in book.worksheets[1:])
    reason = next(cell for row in book["蓝旗说明"] for cell in row if str(cell.value).startswith("=HYPERLINK"))
    assert (reason.data_type, reason.hyperlink) == ("s", None), "text, whatever it looks like"


def test_the_moments_in_the_content_are_the_citys(world):
    content = collect(NOVEMBER, as_of=NOVEMBER.ends_at)

    assert content["as_of"] == AFTER.replace(minute=0).astimezone(CITY_TIME).isoformat(timespec="minutes")


def test_a_month_before_the_portals_first_gets_no_empty_report(db):
    slot = AFTER
    assert "不用报告" in schedule.build_month_end(slot=slot, at=AFTER)
    World()
    assert "不用报告" in schedule.build_month_end(slot=NOVEMBER.shifted(-3).ends_at, at=AFTER)
    assert not MonthEndReport.objects.exists()

    assert schedule.build_month_end(slot=slot, at=AFTER) == "2026 年 11 月月末报告第 1 版"


def test_what_a_leader_wrote_on_a_confidential_case_is_in_no_report(world):
    for is_confidential in (True, False):
        case = case_in(State.HANDLING, is_confidential=is_confidential)
        written = item(content=f"批示 {case.pk}", unit=world.slow)
        ActionItem.objects.filter(pk=written.pk).update(meeting=None)
        Instruction.objects.create(item=written, case=case)

    rows = collect(NOVEMBER, as_of=NOVEMBER.ends_at)["items"]["rows"]

    assert [(row["body"], row["content"]) for row in rows if row["body"] == "领导批示"] == [
        ("领导批示", f"批示 {case.pk}")
    ]
