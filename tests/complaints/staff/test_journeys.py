"""Staff work on a case in a real Chromium, at a desk and on a phone; axe looks at each page on the way."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Role
from complaints import actions
from complaints.models import Channel, Complaint, ProblemGroup
from complaints.workflow import State
from tests.factories.accounts import UserFactory
from tests.factories.complaints import CategoryFactory, clean_photo, filed, jpeg
from tests.factories.grids import CENTRE, GridAssignmentFactory, GridFactory, square
from tests.harness.windows import DESK, PHONE, axe_finds, fits

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
QUEUE = "/workbench/complaints/"


@pytest.fixture
def liaison():
    return UserFactory(name="示例人员乙", liaison=True, unit__name="示例单位 07")


@pytest.fixture
def office():
    return UserFactory(name="示例人员甲")


@pytest.fixture
def case(liaison):
    """A case in the liaison's grid, filed just now with a photo."""
    grid = GridFactory(boundary=square(CENTRE[0] - 0.001, CENTRE[1] - 0.001))
    GridAssignmentFactory(grid=grid, unit=liaison.unit)
    GridAssignmentFactory()
    CategoryFactory(name="暴露垃圾", group=ProblemGroup.GARBAGE)
    CategoryFactory(name="道路积雪、积冰", group=ProblemGroup.CLEANING)
    told = filed(text="单元门口积雪结冰四天了。", point=CENTRE, photos=[clean_photo()], at=timezone.now())
    return told.complaint


def test_a_case_goes_from_the_queue_to_closed(as_user, case, office, liaison, tmp_path):
    photo = tmp_path / "办好了.jpg"
    photo.write_bytes(jpeg("blue", (640, 480)))

    desk = as_user(office, DESK)
    desk.goto(QUEUE)
    assert (axe_finds(desk), fits(desk)) == ([], True)
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="单元门口积雪结冰四天了")).to_be_visible()
    assert (axe_finds(desk), fits(desk)) == ([], True)

    desk.locator("#move-accept > summary").click()
    expect(desk.locator("#id_accept_category")).to_have_value(str(CategoryFactory._meta.model.objects.last().pk))
    assert axe_finds(desk) == []
    desk.get_by_role("button", name="确定受理").click()
    expect(desk.locator(".state").first).to_have_text("待派遣")

    desk.locator("#move-dispatch > summary").click()
    expect(desk.locator("#id_dispatch_unit")).to_have_value(str(liaison.unit.pk))
    desk.get_by_role("button", name="确定派遣").click()
    expect(desk.locator(".state").first).to_have_text("已派遣")

    phone = as_user(liaison, PHONE)
    phone.goto(QUEUE)
    assert (axe_finds(phone), fits(phone)) == ([], True)
    phone.locator(".queue-cards .title").click()
    phone.locator(".action-bar .btn").click()
    phone.get_by_label("安排").fill("今天下午派人清理。")
    phone.get_by_role("button", name="确定签收").click()
    expect(phone.locator(".state").first).to_have_text("处理中")
    assert (axe_finds(phone), fits(phone)) == ([], True)

    phone.locator(".action-bar .btn").click()
    phone.locator("#id_submit_photos").set_input_files(photo)
    phone.get_by_role("button", name="提交", exact=True).click()
    expect(phone.locator("#error-summary")).to_be_focused()
    assert axe_finds(phone) == []
    phone.locator("#id_submit_result").fill("已经清理干净，撒了防滑砂。")
    phone.get_by_role("button", name="提交", exact=True).click()
    expect(phone.locator(".state").first).to_have_text("待核查")
    expect(phone.locator("#flash")).to_contain_text("办理结果已提交")

    desk.reload()
    expect(desk.locator(".photos img")).to_have_count(2)
    desk.locator("#move-pass > summary").click()
    desk.get_by_role("button", name="确定通过并办结").click()
    expect(desk.locator(".state").first).to_have_text("已办结")
    assert (axe_finds(desk), fits(desk)) == ([], True)

    case.refresh_from_db()
    assert (case.state, case.closed_in_time) == (State.CLOSED, True)
    assert [p.kind for p in case.photos.all()] == ["before", "after"]


def test_two_people_at_once_and_the_second_keeps_the_words(as_user, case, office):
    page = as_user(office, DESK)
    page.goto(case.get_absolute_url())
    page.locator("#move-reject > summary").click()
    page.get_by_label("不予受理的理由").fill("不属于受理范围。")
    page.get_by_label("可以找哪里").fill("请打 12345 热线。")
    actions.reject(case, reason="重复反映。", by=UserFactory(name="示例人员丁"), at=timezone.now())

    page.get_by_role("button", name="确定不予受理").click()

    note = page.locator("#refusal")
    expect(note).to_be_focused()
    expect(note).to_contain_text("示例人员丁（创城办）刚刚办了“不予受理”")
    expect(note).to_contain_text("请打 12345 热线。")
    assert axe_finds(page) == []


def test_a_long_list_is_narrowed_by_typing(as_user, case, office):
    CategoryFactory.create_batch(20, group=ProblemGroup.GREEN, major_name="园林绿化设施")
    wanted = CategoryFactory(name="行道树", group=ProblemGroup.GREEN, major_name="园林绿化设施")
    page = as_user(office, DESK)
    page.goto(case.get_absolute_url())
    page.locator("#move-accept > summary").click()

    page.get_by_label("打字找类别").fill("道树")
    expect(page.locator("#id_accept_category option")).to_have_count(1)
    page.get_by_role("button", name="确定受理").click()

    expect(page.locator(".timeline")).to_contain_text("受理，定为“行道树”")
    assert Complaint.objects.get(pk=case.pk).category == wanted


def test_a_form_is_fetched_when_it_is_opened_and_what_is_written_in_another_stays(as_user, case, office, liaison):
    actions.accept(case, category=CategoryFactory._meta.model.objects.first(), by=office, at=timezone.now())
    actions.dispatch(case, to=liaison.unit, by=office, at=timezone.now())
    actions.sign(case, by=liaison, at=timezone.now())
    page = as_user(liaison, PHONE)
    page.goto(case.get_absolute_url())
    page.locator("#move-submit > summary").click()
    page.locator("#id_submit_result").fill("已经清理干净。")
    page.get_by_text("更多操作").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("#id_note_text")).to_be_in_viewport()
    assert (axe_finds(page), fits(page)) == ([], True)
    expect(page.locator("#id_submit_result")).to_have_value("已经清理干净。")
    page.keyboard.press("Tab")
    page.keyboard.type("铲雪车")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.locator("#id_note_text")).to_have_value("铲雪车")
    page.locator("#id_note_text").fill("铲雪车已经调来。")
    page.get_by_role("button", name="保存").click()

    expect(page.locator(".timeline .q").first).to_have_text("铲雪车已经调来。")


def test_a_phone_is_revealed_in_place_for_a_reason(as_user, case, office):
    page = as_user(office, DESK)
    page.goto(case.get_absolute_url())
    page.locator("#reporter summary", has_text="查看号码").click()
    page.get_by_label("查看原因").fill("核实门牌号。")

    page.get_by_role("button", name="查看", exact=True).click()

    expect(page.locator("#reporter .case-phone")).to_have_text("13800001234")
    assert "13800001234" not in page.url
    page.reload()
    expect(page.locator("#reporter")).to_contain_text("138****1234")
    expect(page.locator("#reporter")).not_to_contain_text("13800001234")


def test_the_keyboard_leads_along_the_queue_and_on_to_the_next_case(as_user, case, office):
    second = filed(text="路灯不亮。", at=timezone.now()).complaint
    page = as_user(office, DESK)
    page.goto(QUEUE)

    for key, focused in (("j", case), ("j", second), ("j", second), ("k", case)):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.textContent") == focused.number
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.press("Tab")
    page.goto(case.get_absolute_url())
    page.keyboard.press("n")
    page.wait_for_url(f"**{second.get_absolute_url()}")
    page.keyboard.press("p")
    page.wait_for_url(f"**{case.get_absolute_url()}")
    page.keyboard.press("a")
    expect(page.locator("#move-accept")).to_have_attribute("open", "")
    page.keyboard.press("n")  # the field has the focus: a letter is a letter there
    expect(page.get_by_label("打字找类别")).to_have_value("n")

    page.goto(QUEUE)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("a")
    page.wait_for_url(f"**{second.get_absolute_url()}#move-accept")
    expect(page.locator("#move-accept")).to_have_attribute("open", "")
    page.locator("h1").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    assert axe_finds(page) == []
    page.get_by_label("用单键快捷键").uncheck()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_hidden()
    page.keyboard.press("q")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_hidden()
    assert page.url.endswith("#move-accept")


def test_a_call_is_taken_by_keys_alone(as_user, case):
    """The caller's number finds what it reported before; the code to be read out stands on the page that follows."""
    desk = as_user(UserFactory(role=Role.OPERATOR), DESK)
    desk.goto(f"{QUEUE}new/")
    desk.locator("#id_phone").focus()
    desk.keyboard.type("13800001234")
    expect(desk.locator("#hints")).to_contain_text(case.number)
    desk.keyboard.press("Tab")
    desk.keyboard.type("示例来电人")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Space")
    until_focused(desk, "#id_text")
    desk.keyboard.type("三单元门口又结冰了，老人不敢出门。")
    desk.keyboard.press("Tab")
    desk.keyboard.type("三单元门口")
    until_focused(desk, "#call button[type=submit]")
    assert (axe_finds(desk), fits(desk)) == ([], True)
    desk.keyboard.press("Enter")

    expect(desk.get_by_role("status").first).to_contain_text("念给来电人：查询码")
    assert axe_finds(desk) == []
    taken = Complaint.objects.exclude(pk=case.pk).get()
    assert (taken.channel, taken.group, taken.place) == (Channel.HOTLINE, ProblemGroup.CLEANING, "三单元门口")


def until_focused(page, selector, most=40):
    for _ in range(most):
        if page.locator(selector).evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by Tab")
