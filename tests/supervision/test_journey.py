"""On a phone in a real Chromium: three findings that end three ways, and the referral to its conclusion."""

import pytest
from django.utils import timezone

from accounts.models import Role
from complaints.models import Complaint
from supervision.models import Inspection, Referral
from supervision.views.referrals import DONE
from supervision.workflow import Move
from tests.factories.accounts import UserFactory
from tests.factories.progress import MonthTaskFactory
from tests.harness.windows import PHONE, axe_finds, fits

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def looks_right(page):
    assert axe_finds(page) == []
    assert fits(page)


def test_three_findings_end_three_ways_and_the_unit_hears_of_the_referral_when_it_is_closed(as_user):
    today = timezone.localdate()
    liaison = UserFactory(liaison=True, unit__name="示例单位 12")
    group = UserFactory(name="示例人员辛", role=Role.SUPERVISION)
    MonthTaskFactory(unit=liaison.unit, year=today.year, month=today.month, content="清理楼道堆物")
    guidance = as_user(UserFactory(name="示例人员戊", role=Role.GUIDANCE), PHONE)
    unit, supervision = as_user(liaison, PHONE), as_user(group, PHONE)

    guidance.goto("/workbench/")
    guidance.get_by_role("link", name="记一次指导推进").click()
    guidance.get_by_label("涉及单位", exact=True).select_option("示例单位 12")
    guidance.get_by_label("看了什么").fill("看了楼道和院子。")
    guidance.get_by_text("草稿已存").wait_for()
    looks_right(guidance)
    guidance.get_by_role("button", name="下一步").click()
    _find(guidance, "垃圾箱满溢。", "立案", {"哪一类问题": "garbage"})
    _find(guidance, "楼道只清了一半。", "任务提示", {"哪一项月任务": 1})
    _find(guidance, "巡查记录是编的。", "移交督导", {"移交事由": "falsified"}, look=True)
    looks_right(guidance)
    guidance.get_by_role("button", name="提交", exact=True).click()
    guidance.get_by_text("指导推进已提交").wait_for()
    looks_right(guidance)
    done, case, made = Inspection.objects.get(), Complaint.objects.get(), Referral.objects.get()
    assert (case.channel, made.unit) == ("inspection", liaison.unit)

    unit.goto(done.get_absolute_url())
    assert "楼道只清了一半。" in unit.content()
    assert "编的" not in unit.content()
    assert unit.request.get(made.get_absolute_url()).status == 404

    supervision.goto("/workbench/")
    supervision.get_by_role("link", name="看移交").click()
    supervision.locator("main ul.rows a.title").click()
    said = {Move.VERIFY: "", Move.SUBSTANTIATE: "到场看过。", Move.HANDLE: "谈过话。", Move.CLOSE: "属实，已整改。"}
    for move, words in said.items():
        _move(supervision, move, words)
        looks_right(supervision)

    unit.goto("/workbench/")
    unit.get_by_role("link", name=f"督导结论：{made}").click()
    unit.get_by_text("属实，已整改。").wait_for()
    assert "示例人员戊" not in unit.content()
    looks_right(unit)


def _find(page, text, outcome, chosen, *, look=False):
    page.get_by_role("button", name="一个问题").click()
    page.get_by_label("什么情况").fill(text)
    page.get_by_text(f"{outcome}：").click()
    for label, value in chosen.items():
        option = {"index": value} if isinstance(value, int) else {"value": value}
        page.get_by_label(label).select_option(**option)
    if look:
        looks_right(page)
    page.get_by_role("button", name="记下这个问题").click()


def _move(page, move, said):
    page.locator("summary", has_text=move.label).click()
    form = page.locator("details.move[open]")
    if move == Move.HANDLE:
        form.get_by_text("提醒").click()
    if said:
        form.locator("textarea").fill(said)
    form.get_by_role("button", name=move.label).click()
    page.get_by_text(DONE[move]).wait_for()
