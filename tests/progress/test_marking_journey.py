"""The creation office at its keyboard, in a real Chromium."""

import time

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import expect

from progress import actions
from progress.models import Flag, Marking, MonthTask
from tests.factories.accounts import SpecialGroupFactory, UnitFactory, UserFactory
from tests.factories.progress import MARKED_AT, BlueTaskFactory, MonthTaskFactory, RedTaskFactory

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

GRID = "/workbench/flags/sanitation/2026/11/"
WIDTHS = [360, 768, 1440]
PAGES = {
    "city": "/board/2026/11/",
    "city's year": "/board/2026/",
    "unit": "/board/units/A/2026/",
    "year": "/board/sanitation/2026/",
    "month": "/board/sanitation/2026/11/",
}
STAFF_PAGES = PAGES | {
    "home of marking": "/workbench/flags/",
    "grid": GRID,
    "tasks": "/workbench/plan/?month=2026-11",
    "a new task": "/workbench/plan/new/",
}


@pytest.fixture
def signed_in(page, client, live_server, office):
    """The office's browser, signed in."""
    client.force_login(office)
    session = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
    page.context.add_cookies([session | {"url": live_server.url}])
    return page


@pytest.fixture
def board(group):
    """Thirty tasks of fifteen units, none marked."""
    units = [UnitFactory(code=f"J{n:02}", name=f"示例单位 {n:02}") for n in range(1, 16)]
    return [MonthTaskFactory(group=group, unit=unit) for unit in units for _ in range(2)]


def saved(page) -> None:
    expect(page.locator("#marking [aria-busy=true]")).to_have_count(0)


def test_thirty_tasks_are_marked_by_keyboard_three_of_them_blue(signed_in, board):
    page = signed_in
    page.goto(GRID)
    started = time.monotonic()
    page.keyboard.press("n")
    for number in range(len(board)):
        if number % 10 == 4:
            page.keyboard.press("b")
            page.keyboard.type("材料未到货")
            page.keyboard.press("Tab")
            page.keyboard.type("已与供货方确认到货时间")
            page.keyboard.press("Tab")
            page.keyboard.type("12-03")
            page.keyboard.press("Control+Enter")
            saved(page)
        else:
            page.keyboard.press("r")
        page.keyboard.press("ArrowDown")
    saved(page)
    took = time.monotonic() - started

    flags = list(MonthTask.objects.order_by("unit__code", "pk").values_list("flag", flat=True))
    assert [number for number, flag in enumerate(flags) if flag == Flag.BLUE] == [4, 14, 24]
    assert flags.count(Flag.RED) == 27
    assert Marking.objects.count() == 30
    assert "30 项任务　全部标完" in page.locator("#marking-left").inner_text()
    assert page.locator("#marking-counts .flag-counts").inner_text().split() == ["红", "27", "蓝", "3", "未标", "0"]
    assert took < 30, f"{took:.0f} s for the machine alone; a clerk has three minutes"


def test_the_focus_stays_where_the_clerk_is(signed_in, board):
    page = signed_in
    page.goto(GRID)
    focused = "document.activeElement.closest('tbody')?.id"
    third = f"task-{board[2].pk}"
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == third

    page.keyboard.press("r")
    saved(page)
    assert page.evaluate(focused) == third
    assert page.locator(f"#{third} .pick-red").get_attribute("aria-pressed") == "true"

    page.keyboard.press("u")
    saved(page)
    page.keyboard.press("h")
    page.locator(f"#{third} .timeline li").first.wait_for()
    assert page.locator(f"#{third} .timeline b").all_inner_texts() == ["红旗 → 未标", "未标 → 红旗"]
    page.keyboard.press("h")
    assert page.locator(f"#{third} .history-row").count() == 0
    assert page.evaluate(focused) == third


def test_a_selection_is_marked_and_taken_back_by_keyboard(signed_in, board):
    page = signed_in
    page.goto(GRID)
    for _ in range(3):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("x")
    assert page.locator("#marking-said").inner_text() == "已选中，一共 3 项。"
    page.keyboard.press("Shift+R")
    page.get_by_text("已标 3 面红旗。").wait_for()
    assert MonthTask.objects.filter(flag=Flag.RED).count() == 3

    page.keyboard.press("z")
    page.get_by_text("已撤销上一次标旗，3 项恢复原样。").wait_for()
    assert MonthTask.objects.filter(flag=Flag.RED).count() == 0


def test_a_gap_in_the_statement_is_said_at_its_field_and_escape_changes_nothing(signed_in, board):
    page = signed_in
    page.goto(GRID)
    page.keyboard.press("b")
    page.keyboard.type("材料未到货")
    page.keyboard.press("Control+Enter")
    page.get_by_text("写明下一步怎么办，一句话就行。").wait_for()

    assert page.evaluate("document.activeElement.name") == "plan"
    assert page.get_by_label("为什么没完成").input_value() == "材料未到货"
    assert "说明没有写全" in page.locator("#marking-said").inner_text()

    page.keyboard.press("Escape")
    assert page.locator(".statement-row").count() == 0
    assert page.evaluate("document.activeElement.closest('tbody').id") == f"task-{board[0].pk}"
    assert Marking.objects.count() == 0


def test_keys_typed_into_a_statement_mark_nothing_and_the_keys_can_be_turned_off(signed_in, board):
    page = signed_in
    page.goto(GRID)
    page.keyboard.press("b")
    page.keyboard.type("run by hand")
    assert page.get_by_label("为什么没完成").input_value() == "run by hand"
    page.keyboard.press("Escape")

    page.get_by_label("用这些键标旗").uncheck()
    page.reload()
    page.keyboard.press("r")
    page.wait_for_timeout(200)
    assert Marking.objects.count() == 0


def test_the_slower_of_two_markers_sees_who_was_faster_and_marks_again(signed_in, board):
    page = signed_in
    page.goto(GRID)
    actions.mark_red(board[0], by=UserFactory(name="示例人员丙"), at=MARKED_AT)
    page.keyboard.press("b")
    for typed in ("材料未到货", "等到货", "12-03"):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.get_by_role("button", name="保存蓝旗").click()

    row = page.locator(f"#task-{board[0].pk}")
    row.get_by_text("示例人员丙（创城办）刚刚把这项标成了“红旗”").wait_for()
    assert row.get_by_label("为什么没完成").input_value() == "材料未到货"
    row.get_by_role("button", name="保存蓝旗").click()
    saved(page)
    row.locator(".pick-blue[aria-pressed=true]").wait_for()
    assert list(Marking.objects.values_list("to_flag", flat=True)) == [Flag.RED, Flag.BLUE]


def test_without_a_connection_the_row_says_so_and_keeps_what_was_typed(signed_in, board):
    page = signed_in
    page.goto(GRID)
    page.keyboard.press("b")
    for typed in ("材料未到货", "等到货", "12-03"):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.context.set_offline(True)
    page.get_by_role("button", name="保存蓝旗").click()
    page.get_by_text("没有连上，这一项没有存上。再按一次。").first.wait_for()
    assert page.get_by_label("为什么没完成").input_value() == "材料未到货"

    page.context.set_offline(False)
    page.get_by_role("button", name="保存蓝旗").click()
    page.locator(f"#task-{board[0].pk}[data-flag=blue]").wait_for()


def test_signed_out_meanwhile_a_key_leads_to_the_sign_in_and_back(signed_in, board):
    page = signed_in
    page.goto(GRID)
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.keyboard.press("r")

    page.wait_for_url(f"**/accounts/login/?next={GRID}")


def test_signed_out_meanwhile_a_statement_being_written_stays(signed_in, board):
    page = signed_in
    page.goto(GRID)
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.keyboard.press("b")
    page.keyboard.type("材料未到货")
    page.keyboard.press("Control+Enter")

    page.locator(f"#task-{board[0].pk} .row-note").wait_for()
    assert "登录超时了" in page.locator(".row-note").inner_text()
    assert page.get_by_label("为什么没完成").input_value() == "材料未到货"


def test_without_javascript_every_flag_can_be_set(browser, client, live_server, office, board):
    client.force_login(office)
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url, locale="zh-CN")
    session = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
    context.add_cookies([session | {"url": live_server.url}])
    page = context.new_page()
    page.goto(GRID)
    page.locator(f"#task-{board[0].pk}-red").click()
    page.locator(f"#task-{board[1].pk}-blue").click()
    page.get_by_label("为什么没完成").fill("材料未到货")
    page.get_by_label("下一步怎么办").fill("等到货")
    page.get_by_label("新的完成日期").fill("2026-12-03")
    page.get_by_role("button", name="保存蓝旗").click()

    assert page.url.endswith(f"{GRID}#task-{board[1].pk}")
    context.close()
    assert list(MonthTask.objects.order_by("pk").values_list("flag", flat=True)[:3]) == ["red", "blue", "unmarked"]


# --- looks ------------------------------------------------------------------------------------------------------------


def violations(page):
    found = Axe().run(page).response["violations"]
    return [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]]


@pytest.fixture
def shown(group):
    for unit in (UnitFactory(code="A", name="示例单位 03"), UnitFactory(name="示例单位 07")):
        MonthTaskFactory(group=group, unit=unit)
        RedTaskFactory(group=group, unit=unit, month=10)
        BlueTaskFactory(group=group, unit=unit)
        BlueTaskFactory(group=group, unit=unit, month=9, made_good_on="2026-10-08")
    SpecialGroupFactory(name="市场环境组（示例）")


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_on_the_public_boards(page, shown, width):
    page.set_viewport_size({"width": width, "height": 800})
    for name, path in PAGES.items():
        page.goto(path)
        assert (name, violations(page)) == (name, [])
        assert (name, page.evaluate("document.documentElement.scrollWidth")) == (name, width)


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_on_the_pages_of_the_office(signed_in, shown, width):
    page = signed_in
    page.set_viewport_size({"width": width, "height": 800})
    for name, path in STAFF_PAGES.items():
        page.goto(path)
        assert (name, violations(page)) == (name, [])
        assert (name, page.evaluate("document.documentElement.scrollWidth")) == (name, width)


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_while_a_statement_is_written_and_a_history_read(signed_in, shown, office, width):
    page = signed_in
    task = MonthTask.objects.filter(month=11, flag=Flag.UNMARKED).first()
    actions.mark_red(task, by=office, at=MARKED_AT)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(GRID)
    page.locator(f"#task-{task.pk} .history-link").click()
    page.locator(".timeline").wait_for()
    page.locator(f"#task-{task.pk} .pick-blue").click()
    page.get_by_role("button", name="保存蓝旗").click()
    page.locator(".field-error").first.wait_for()

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_narrow_window_shows_the_current_month_first(page, shown):
    page.set_viewport_size({"width": 768, "height": 800})
    with time_machine.travel(MARKED_AT):
        page.goto("/board/sanitation/2026/")
    box, now = page.locator(".board-box").bounding_box(), page.locator("th.now").bounding_box()

    assert box["x"] <= now["x"] <= box["x"] + box["width"] - now["width"]
