"""Sheets for the wall: what stands on which, and what Chromium makes of them on paper."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import SpecialGroup, Unit
from common.models import SAMPLE_DATA, Fact
from progress import actions, wall
from progress.models import MonthTask, Publicity
from progress.stats import FlagCounts, UnitYear
from progress.wall import BODY, Said, Wall
from tests.factories.accounts import SpecialGroupFactory, UnitFactory, UserFactory
from tests.factories.progress import MARKED_AT, BlueTaskFactory

BOARD = "/board/sanitation/2026/wall/"
# The names of the sheets that hold more than fits.
SPILT = """[...document.querySelectorAll(".sheet")].filter((sheet) => {
  const foot = sheet.querySelector(".sheet-foot").getBoundingClientRect();
  return sheet.scrollHeight > sheet.clientHeight + 1 || foot.bottom > sheet.getBoundingClientRect().bottom;
}).map((sheet) => sheet.ariaLabel)"""
SIZE = re.compile(r"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]")
WALLS = (BOARD, "/board/sanitation/2026/11/wall/", "/board/2026/wall/", "/board/2026/11/wall/")


@pytest.mark.once
@settings(max_examples=60)
@given(units=st.integers(0, 70), said=st.lists(st.integers(1, 300), max_size=30))
def test_every_unit_and_every_statement_hangs_once_in_order_and_no_sheet_holds_more_than_fits(units, said):
    rows = [UnitYear(f"{number}", f"单位{number}", []) for number in range(units)]
    lines = [Said("示例单位", "清雪", "字" * length, "字" * (length // 3), "12-03") for length in said]
    sheets = wall.sheets_of_year(Wall(SpecialGroup(), FlagCounts(), rows, lines, 0, None))

    assert [row for sheet in sheets for block in sheet.blocks for row in block] == rows
    assert [line for sheet in sheets for line in sheet.said] == lines
    assert [(sheet.number, sheet.of) for sheet in sheets] == [(n, len(sheets)) for n in range(1, len(sheets) + 1)]
    assert all(len(sheet.units) <= 30 and sheet.rows <= 15 for sheet in sheets)
    for sheet in sheets:
        taken = wall.height_of_rows(sheet.units) if sheet.units else 0
        taken += sum(line.height for line in sheet.said) + (wall.SAID_HEAD if sheet.said else 0)
        assert taken <= BODY or (not sheet.units and len(sheet.said) == 1)
        assert sheet.goes_on == (sheet.number < sheet.of and not any(later.units for later in sheets[sheet.number :]))


@pytest.fixture
def crowded(db):
    """Thirty units with long names on one board, blue with long statements in two months; eight boards are empty."""
    group = SpecialGroupFactory(code="sanitation", name="环境卫生专项推进组（示例）", position=0)
    for position in range(1, 9):
        SpecialGroupFactory(position=position)
    names = ("示例市住房和城乡建设局", "示例省某市人力资源和社会保障局（就业服务中心）", "示例单位")
    units = Unit.objects.bulk_create(UnitFactory.build(name=f"{names[n % 3]}{n}") for n in range(30))
    said = {
        "reason": "材料未到货，供货方因道路结冰推迟发车。" * 4,
        "content": "完成三处积雪倾倒点围挡，清理堆放杂物" * 3,
    }
    MonthTask.objects.bulk_create(
        BlueTaskFactory.build(unit=unit, group=group, month=month, **said) for unit in units for month in (10, 11)
    )
    return group


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_chromium_prints_whole_sheets_of_the_right_size_with_flags_as_lines(crowded, live_server, page):
    page.set_viewport_size({"width": 1440, "height": 900})
    printed = {}
    for address, paper in ((BOARD, "a3"), ("/board/2026/11/wall/", "a0")):
        page.goto(f"{live_server.url}{address}?size={paper}")
        page.emulate_media(media="print")
        spilt = page.evaluate(SPILT)
        sheets, flags = page.locator(".sheet").count(), page.locator(".sheet svg.flag").count()
        pdf = page.pdf(prefer_css_page_size=True).decode("latin-1")
        sizes = {tuple(round(float(size) / 72 * 25.4) for size in found) for found in SIZE.findall(pdf)}
        pages = len(re.findall(r"/Type\s*/Page\b(?!s)", pdf))
        printed[paper] = (sizes, pages == sheets, spilt, flags > 30, "/Subtype /Image" in pdf)

    whole = (True, [], True, False)
    assert printed == {"a3": ({(420, 297)}, *whole), "a0": ({(1189, 841)}, *whole)}


@pytest.mark.django_db
@pytest.mark.usefixtures("on_the_23rd")
def test_statements_stay_off_the_wall_where_the_office_keeps_them(client, crowded):
    said = {address: "推迟发车" in client.get(address).text for address in WALLS[:2]}
    actions.publish_boards(Publicity.FLAGS, by=UserFactory(), at=MARKED_AT)
    kept = {address: "推迟发车" in client.get(address).text for address in WALLS[:2]}

    assert (set(said.values()), set(kept.values())) == ({True}, {False})


@pytest.mark.django_db
@pytest.mark.usefixtures("on_the_23rd")
@pytest.mark.parametrize("address", WALLS)
def test_a_wall_of_thirty_units_asks_the_database_no_more_than_one_of_three(client, crowded, address):
    def queries():
        Fact.read(SAMPLE_DATA)  # remembered: not asked again
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    many = queries()
    MonthTask.objects.filter(unit__in=Unit.objects.order_by("pk")[3:]).delete()

    assert queries() == many <= 8


@pytest.mark.django_db
@pytest.mark.usefixtures("on_the_23rd")
def test_an_empty_year_has_one_sheet_that_says_so(client, crowded):
    page = client.get("/board/sanitation/2027/wall/").text

    assert page.count('class="sheet"') == 1
    assert "这一年没有任务" in page
