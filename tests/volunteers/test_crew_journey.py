"""A resident with a phone in a real Chromium: from the list of activities to the certificate."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from common.models import Fact
from tests.factories import crew
from tests.factories.accounts import UserFactory
from volunteers import actions
from volunteers.models import ServiceRecord, SignUp

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
HERE = {"longitude": 122.5292, "latitude": 52.9705}


@pytest.fixture
def browser_context_args(browser_context_args):
    phone = {"width": 360, "height": 740}
    return browser_context_args | {"viewport": phone, "geolocation": HERE, "permissions": ["geolocation"]}


def faults(page):
    """What axe finds, and whether something sticks out at 360 px."""
    found = Axe().run(page).response["violations"]
    wide = ["too wide"] if page.evaluate("document.documentElement.scrollWidth > innerWidth") else []
    return wide + [(page.url, rule["id"], node["html"]) for rule in found for node in rule["nodes"]]


def test_registered_signed_up_checked_in_served_and_certified(page):
    Fact.write("sample_data", True)
    now = timezone.now()
    held = crew.activity(
        at=now, starts_at=now + timedelta(minutes=10), title="雪后清雪", point=(HERE["longitude"], HERE["latitude"])
    )
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto("/volunteers/")
    assert faults(page) == []
    page.get_by_role("link", name="雪后清雪").click()
    page.get_by_role("link", name="报名").click()

    page.get_by_label("手机号").fill("138 0000 5678")
    page.get_by_role("button", name="发验证码").click()
    page.get_by_label("验证码").fill(page.locator(".note b.num").inner_text())
    page.get_by_role("button", name="确定").click()
    page.get_by_label("姓名", exact=True).fill("示例志愿者甲")
    page.get_by_label("出生年份").fill("1990")
    page.get_by_label("我看过上面的告知，同意").check()
    assert faults(page) == []
    page.get_by_role("button", name="登记", exact=True).click()

    page.get_by_role("button", name="报名").click()
    expect(page.get_by_text("您已报上")).to_be_visible()
    page.get_by_role("button", name="用定位签到").click()
    expect(page.get_by_text("签到好了")).to_be_visible()
    assert faults(page) == []

    place = SignUp.objects.get()
    assert (place.checked_in_how, place.volunteer.name) == ("position", "示例志愿者甲")
    _end(held)
    page.goto("/volunteers/me/")
    expect(page.locator(".big")).to_have_text("2")
    page.get_by_role("button", name="出服务证明").click()
    expect(page.get_by_role("heading", name="志愿服务证明")).to_be_visible()
    assert faults(page) == []
    number = page.url.rstrip("/").rpartition("/")[2]
    page.goto(f"/volunteers/certificates/?number={number}")
    expect(page.get_by_text("是真的，有效")).to_be_visible()
    assert (ServiceRecord.objects.get().minutes, said) == (120, [])


def _end(held):
    """Two hours later: the organiser confirms."""
    office = UserFactory()
    held.refresh_from_db()
    actions.confirm_hours(held, by=office, at=held.ends_at)
