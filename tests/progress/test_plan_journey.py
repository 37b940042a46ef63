"""A unit writes and hands in its plan on a phone, the office approves it: in a real Chromium."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from progress.models import AnnualPlan, MonthTask
from progress.workflow import PlanState

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def window(browser, live_server, person, *, width):
    client = Client()  # one each: signing in anew would end the other's session
    client.force_login(person)
    context = browser.new_context(
        viewport={"width": width, "height": 800}, base_url=live_server.url, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    session = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
    context.add_cookies([session | {"url": live_server.url}])
    return context.new_page()


def looks_well(page, width):
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_unit_writes_its_plan_on_a_phone_and_the_office_approves_it(browser, live_server, liaison, office, group):
    phone = window(browser, live_server, liaison, width=360)
    phone.goto("/workbench/plan/annual/")
    year = phone.locator("[name=year]").first.get_attribute("value")
    phone.locator("[name=year]").first.click()
    looks_well(phone, 360)
    phone.get_by_role("link", name="加第一项任务").click()
    phone.get_by_label("专项推进组").select_option(label=group.name)
    phone.get_by_label("任务", exact=True).fill("清运无物业楼院垃圾")
    phone.get_by_label("3 月", exact=True).fill("清运 4 次")
    phone.get_by_role("button", name="把第一个目标填到后面空着的月份").click()
    expect(phone.get_by_label("12 月")).to_have_value("清运 4 次")
    expect(phone.get_by_label("2 月", exact=True)).to_have_value("")
    looks_well(phone, 360)
    phone.get_by_role("button", name="保存", exact=True).click()
    expect(phone.locator(".months > li:visible")).to_have_count(10)
    phone.get_by_role("button", name="提交计划").click()
    expect(phone.get_by_text("计划已提交，等创城办审批。")).to_be_visible()

    desk = window(browser, live_server, office, width=1440)
    desk.goto(f"/workbench/plan/annual/?year={year}")
    expect(desk.get_by_text("已交 1／1 个单位")).to_be_visible()
    desk.get_by_role("link", name=liaison.unit.name).click()
    looks_well(desk, 1440)
    desk.get_by_role("button", name="批准计划").click()
    expect(desk.get_by_text("计划已批准，月任务已经生成。")).to_be_visible()
    expect(desk.locator(".month-foot")).to_have_count(10)

    phone.reload()
    expect(phone.locator(".page-head").get_by_text("已批准")).to_be_visible()
    looks_well(phone, 360)
    assert AnnualPlan.objects.get().state == PlanState.APPROVED
    contents = set(MonthTask.objects.filter(unit=liaison.unit).values_list("month", "content"))
    assert contents == {(month, "清运无物业楼院垃圾：清运 4 次") for month in range(3, 13)}
