"""A resident with a phone and the office beside them, in a real Chromium: the initiative, the quiz, a slogan."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from common.clock import CITY_TIME
from publicity.actions import initiative
from publicity.models import Attempt, Entry
from tests.factories.accounts import UserFactory
from tests.harness.windows import DESK, PHONE, axe_finds, fits
from tests.publicity.quiz import round_of
from tests.publicity.slogans import collection_of

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def office():
    return UserFactory(name="示例人员甲")


def is_whole(page):
    return axe_finds(page) == [] and fits(page)


def test_a_resident_joins_answers_and_sends_a_slogan_that_the_office_lets_through(page, as_user, office):
    now = timezone.now()
    today = now.astimezone(CITY_TIME).date()
    initiative.publish(initiative.Words("倡议书", "扫雪。", "创城办"), seen=0, by=office, at=now)
    round_of(office, opens_on=today, closes_on=today)
    collection_of(office, on=today)
    said = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)

    page.set_viewport_size(PHONE)
    page.goto("/")
    page.get_by_role("link", name="倡议书").click()
    page.get_by_role("button", name="我要参加").click()
    expect(page.locator("#join")).to_contain_text("您是第 1 位")
    assert is_whole(page)

    # One question a screen, by the keyboard alone.
    page.goto("/quiz/1/")
    expect(page.get_by_role("group", name="2．盲道上能停车吗？")).to_be_hidden()
    page.get_by_role("button", name="下一题").press("Enter")
    expect(page.get_by_role("alert")).to_have_text("第 1 题还没选。")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("第 2 题／共 2 题")).to_be_visible()
    assert is_whole(page)
    page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="交卷").press("Enter")
    expect(page.locator("#score")).to_have_text(re.compile(r"答对\s*1\s*题，共\s*2\s*题"))
    assert is_whole(page)

    page.goto("/slogans/")
    page.get_by_role("link", name="我要应征").click()
    page.get_by_label("口号", exact=True).fill("向北，向暖")
    page.get_by_text("再写几条").click()
    page.get_by_label("第 2 条口号").fill("有雪，有光")
    assert is_whole(page)
    page.get_by_role("button", name="送出").click()
    expect(page.get_by_text("收到 2 条，谢谢您。")).to_be_visible()

    desk = as_user(office, DESK)
    desk.goto("/workbench/slogans/")
    desk.get_by_role("link", name="城市精神征集").last.click()
    desk.get_by_label("向北，向暖").check()
    desk.get_by_label("勾选的改为").select_option("入围")
    assert is_whole(desk)
    desk.get_by_role("button", name="确定").click()
    expect(desk.get_by_text("1 条已改为“入围”。")).to_be_visible()
    desk.goto("/workbench/quiz/1/")
    expect(desk.get_by_role("main")).to_contain_text("答对 100%（1／1）")
    assert is_whole(desk)

    page.reload()
    expect(page.locator(".slogan")).to_have_text("向北，向暖")
    assert is_whole(page)
    assert list(Entry.objects.order_by("pk").values_list("text", "state")) == [
        ("向北，向暖", "shortlisted"),
        ("有雪，有光", "waiting"),
    ]
    assert Attempt.objects.get().chosen == "AB"
    assert said == []
