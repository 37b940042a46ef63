"""A month from its report to its correction, in a real Chromium: what a unit and the creation office do, in a row."""

import re

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from accounts.models import Unit
from progress.models import ClosedMonth, Correction, Flag, MonthReport, MonthTask
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.progress import MARKED_AT, MonthTaskFactory

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def signed_in(page, live_server, person):
    client = Client()
    client.force_login(person)
    session = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
    page.context.add_cookies([session | {"url": live_server.url}])


def say_not_done(page):
    page.keyboard.press("b")
    page.keyboard.press("Control+Enter")  # the statement stands there already: the unit reported it
    expect(page.locator("#marking [aria-busy=true]")).to_have_count(0)


def test_a_month_is_reported_marked_by_keyboard_printed_closed_and_corrected(page, live_server, group, office):
    units = Unit.objects.bulk_create(UnitFactory.build(code=f"J{n:02}", name=f"示例单位 {n:02}") for n in range(40))
    MonthTask.objects.bulk_create(MonthTaskFactory.build(group=group, unit=unit) for unit in units for _ in range(3))
    first = MonthTask.objects.filter(unit=units[0]).order_by("pk").first()
    liaison = UserFactory(liaison=True, unit=units[0])

    with time_machine.travel(MARKED_AT):
        signed_in(page, live_server, liaison)
        page.goto("/workbench/reports/2026/11/")
        for task in MonthTask.objects.filter(unit=units[0]).order_by("pk"):
            name, done = f"task-{task.pk}", task != first
            page.locator(f"[name={name}-outcome][value={'done' if done else 'not_done'}]").check()
            said = {"text": "已清运 4 次"} if done else {"reason": "材料未到货", "plan": "等到货", "new_date": "12-03"}
            for field, words in said.items():
                page.fill(f"[name={name}-{field}]", words)
        page.get_by_role("button", name="上报").click()
        page.get_by_text("11 月的报告已上报。").wait_for()
        assert MonthReport.objects.get().submitted_at

        signed_in(page, live_server, office)
        page.goto("/workbench/flags/sanitation/2026/11/")
        page.keyboard.press("n")
        say_not_done(page)
        for _ in range(119):
            page.keyboard.press("ArrowDown")
            page.keyboard.press("x")
        page.keyboard.press("Shift+R")
        page.get_by_text("已标 119 面红旗。").wait_for()
        assert MonthTask.objects.get(flag=Flag.BLUE) == first

        page.goto("/board/sanitation/2026/11/")
        page.get_by_role("link", name="挂图").click()
        pdf = page.pdf(prefer_css_page_size=True).decode("latin-1")
        assert len(re.findall(r"/Type\s*/Page\b(?!s)", pdf)) == page.locator(".sheet").count() == 2

        page.goto("/workbench/flags/closing/2026/11/")
        page.get_by_role("button", name="锁定 11 月").click()
        page.get_by_text("2026 年 11 月已锁定。").wait_for()
        page.goto(f"/workbench/flags/tasks/{first.pk}/history/")
        page.get_by_role("link", name="写更正").click()
        page.locator("[name=flag][value=red]").check()
        page.fill("[name=why]", "复核台账，当月已经完成。")
        page.get_by_role("button", name="写上更正").click()
        page.get_by_text("更正已写上，显示在图版旁边。").wait_for()
        page.goto("/board/sanitation/2026/11/")
        beside = page.locator("section:has(#corrections-title)").inner_text()

    assert "蓝旗 → 红旗" in beside
    assert (MonthTask.objects.get(pk=first.pk).flag, Correction.objects.get().to_flag) == (Flag.BLUE, Flag.RED)
    assert [task["flag"] for task in ClosedMonth.objects.get().snapshot["tasks"]].count("red") == 119
