"""The browser that the journeys walk with."""

import pytest
from playwright.sync_api import Page, Request

pytestmark = pytest.mark.journey


def test_the_browser_is_chinese_lives_in_city_time_and_asks_nobody_but_the_portal(page: Page, base_url: str) -> None:
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))  # Playwright marks it, which a bound method forbids
    page.goto("/")

    assert page.evaluate("navigator.language") == "zh-CN"
    assert page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") == "Asia/Shanghai"
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    assert [request.url for request in asked if not request.url.startswith(base_url)] == []
