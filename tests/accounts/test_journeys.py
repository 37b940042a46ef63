"""The pages of accounts in a real Chromium."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Role
from tests.accounts.test_second_factor import code_of
from tests.factories.accounts import PASSWORD, UnitFactory, UserFactory

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def visit(page):
    def go(path):
        page.goto(path)
        return page

    return go


def violations(page):
    found = Axe().run(page).response["violations"]
    return [(page.url, rule["id"], node["html"]) for rule in found for node in rule["nodes"]]


def sign_in(page, username="bing"):
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_nothing_and_nothing_sticks_out(visit, administrator, width):
    unit = UnitFactory()
    person = UserFactory(liaison=True, unit=unit)
    TOTPDevice.objects.create(user=administrator, confirmed=False)
    page = visit("/accounts/login/")
    page.set_viewport_size({"width": width, "height": 800})
    found = violations(page)
    sign_in(page)
    page.wait_for_url("**/workbench/")
    for path in (
        "/workbench/profile/",
        "/workbench/profile/totp/",
        "/accounts/password/",
        "/workbench/users/",
        "/workbench/users/?q=没有",
        "/workbench/users/new/",
        f"/workbench/users/{person.pk}/",
        "/workbench/units/",
        f"/workbench/units/{unit.code}/",
        f"/workbench/units/{unit.code}/edit/",
    ):
        found += violations(visit(path))
        if page.evaluate("document.documentElement.scrollWidth") != width:
            found.append((page.url, "wider than the screen"))

    assert found == []


def test_setting_up_a_second_factor_and_signing_in_with_it(visit, administrator):
    page = visit("/accounts/login/?next=/workbench/profile/totp/")
    sign_in(page)
    page.wait_for_url("**/totp/")
    press(page, "开始设置")
    device = TOTPDevice.objects.get()
    page.get_by_label("动态口令").fill(now(device))
    press(page, "启用")
    assert "已启用" in page.get_by_role("status").inner_text()
    page.context.clear_cookies()
    # The code just used works once; the step before or after it is accepted too.
    TOTPDevice.objects.update(last_t=-1)

    visit("/accounts/login/?next=/workbench/units/")
    sign_in(page)
    page.get_by_label("动态口令").fill(now(TOTPDevice.objects.get()))
    press(page, "登录")

    assert page.url.endswith("/workbench/units/")


def now(device):
    return code_of(device, timezone.now())


def test_the_form_of_a_person_shows_what_the_role_needs(visit, administrator):
    UnitFactory(name="示例单位 07")
    page = visit("/accounts/login/?next=/workbench/users/new/")
    sign_in(page)
    page.wait_for_url("**/new/")
    shown = {}
    for role in (Role.OFFICE, Role.LIAISON, Role.GROUP_HEAD, Role.LEADER):
        page.get_by_label("角色").select_option(role.value)
        shown[role] = [
            label for label in ("所属单位", "所属专项组", "领导") if page.get_by_label(label, exact=True).is_visible()
        ]

    assert shown == {
        Role.OFFICE: [],
        Role.LIAISON: ["所属单位"],
        Role.GROUP_HEAD: ["所属专项组"],
        Role.LEADER: ["领导"],
    }


def test_a_new_person_signs_in_with_the_password_shown_and_sets_their_own(visit, administrator, browser, live_server):
    UnitFactory(name="示例单位 07")
    page = visit("/accounts/login/?next=/workbench/users/new/")
    sign_in(page)
    page.get_by_label("姓名").fill("示例人员丁")
    page.get_by_label("用户名").fill("ding")
    page.get_by_label("角色").select_option("liaison")
    page.get_by_label("所属单位").select_option(label="示例单位 07")
    press(page, "建账号")
    password = page.locator(".code").inner_text()

    other = browser.new_context(base_url=live_server.url, locale="zh-CN").new_page()
    other.goto("/accounts/login/?next=/workbench/units/")
    other.get_by_label("用户名").fill("ding")
    other.get_by_label("密码", exact=True).fill(password)
    press(other, "登录")
    other.get_by_label("现在的密码").fill(password)
    other.get_by_label("新密码", exact=True).fill("River-2027")
    other.get_by_label("再输一次新密码").fill("River-2027")
    press(other, "保存新密码")

    assert other.url == live_server.url + "/workbench/units/"
    assert "密码已改好" in other.get_by_role("status").inner_text()
