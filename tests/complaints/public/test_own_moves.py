"""What a resident does on the page of the own case: urge, take back; and what they read once it was merged."""

from datetime import timedelta

import pytest
from django.utils import timezone

from complaints import actions
from complaints.workflow import State
from tests.complaints.public.test_tracking import Life, open_case, status_of_photo
from tests.complaints.public.walk import CASE, TRACK, soup, words
from tests.factories.complaints import PHONE, clean_photo

pytestmark = pytest.mark.django_db
URGE, WITHDRAW = "/complaints/track/urge/", "/complaints/track/withdraw/"
SECRET = "我家在 9 号楼 1 单元，电话 13900005678，老伴刚做过手术。"


def steps(page) -> list[str]:
    return [step.b.get_text() for step in soup(page).select(".timeline > li:not(:has(.dot-next))")]


def last(case):
    return case.events.order_by("-version").first()


def test_a_resident_urges_once_a_day_with_the_code_alone(client):
    life = Life().to(State.HANDLING)
    page = open_case(client, life)
    assert [form["action"] for form in soup(page).select("form") if "urge" in form["action"]] == [URGE]

    page = client.post(URGE, follow=True)
    assert "已经替您催了" in words(page) and "今天已经催过了" in words(page)
    assert (last(life.case).move, last(life.case).actor, steps(page)[-1]) == ("urge", None, "您催了一次")
    assert "今天已经催过了" in words(client.post(URGE, follow=True))
    life.case.refresh_from_db()
    assert life.case.urge_count == 1


def test_urging_by_staff_supervision_and_requests_are_not_told_to_the_resident(client):
    life = Life().to(State.HANDLING)
    now = life.tick()
    actions.urge(life.case, by=life.office, note="内部说明", at=now)
    actions.supervise(life.case, reason="内部说明", by=life.office, at=now)
    actions.add_note(life.case, text="内部说明", by=life.liaison, at=now)
    actions.ask_extension(life.case, days=2, reason="内部说明", by=life.liaison, at=now)
    before = steps(open_case(client, life))
    actions.grant_extension(life.case, note="配件下周到。", by=life.office, at=now)

    page = open_case(client, life)

    assert before[-1] == "示例单位 07 已签收，正在处理"
    assert steps(page) == [*before, "延长了办理期限"]
    assert "配件下周到。" in words(page) and "内部说明" not in words(page)


def test_a_suspended_case_says_until_when_and_may_not_be_urged(client):
    life = Life().to(State.HANDLING)
    until = (life.now + timedelta(days=60)).date()
    actions.ask_suspension(life.case, until=until, reason="内部说明", by=life.liaison, at=life.tick())
    actions.grant_suspension(life.case, note="冻土期不能开挖，开春就修。", by=life.office, at=life.tick())

    page = open_case(client, life)

    assert f"示例单位 07 暂停办理，{until.month} 月 {until.day} 日恢复" in words(page)
    assert "开春就修。" in words(page) and "最晚" not in words(page)
    assert not soup(page).select(f"form[action='{URGE}']")


def test_a_case_is_taken_back_only_by_who_knows_the_phone_too(client):
    life = Life().to(State.DISPATCHED)
    page = open_case(client, life)
    assert not soup(page).select("#withdraw")
    client.post(WITHDRAW, {"why": ""})
    life.case.refresh_from_db()
    assert life.case.state == State.DISPATCHED

    page = open_case(client, life, tail=PHONE[-4:])
    assert soup(page).select("#withdraw")
    refused = client.post(WITHDRAW, {"why": "长" * 201})
    assert (refused.status_code, soup(refused).select_one("#withdraw textarea").get_text().strip()) == (422, "长" * 201)
    page = client.post(WITHDRAW, {"why": "物业已经清理了。"}, follow=True)

    life.case.refresh_from_db()
    assert (life.case.state, last(life.case).note) == (State.WITHDRAWN, "物业已经清理了。")
    assert "这件已经撤回" in words(page) and steps(page)[-1] == "您撤回了这件"
    assert client.post(WITHDRAW, {"why": "再来一次"}).url == CASE


@pytest.mark.parametrize("url", [URGE, WITHDRAW])
def test_who_has_not_given_a_code_is_led_to_give_one(client, url):
    assert client.post(url).url == TRACK


# --- merged -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def merged():
    """(the double, what it was merged into), each of another resident."""
    target, double = Life(text=SECRET, place="9 号楼 1 单元").to(State.HANDLING), Life()
    double.now = target.tick()
    actions.merge(double.case, into=target.case, by=double.office, at=double.now)
    target.case.refresh_from_db()
    return double, target


def test_a_merged_case_is_followed_by_the_progress_of_the_one_that_leads(client, merged):
    double, target = merged
    page = open_case(client, double, tail=PHONE[-4:])

    assert "示例单位 07 正在处理" in words(page)
    assert f"合并到 {target.case.number} 一起办" in words(page)
    assert steps(page) == ["收到您的反映", "和同一件事合并办理", "示例单位 07 已签收，正在处理"]
    assert not soup(page).select(f"form[action='{URGE}'], #withdraw")

    result = "9 号楼 1 单元门口清理干净了，已告诉 13900005678。"
    actions.submit_result(target.case, result=result, by=target.liaison, at=target.tick())
    actions.pass_verification(target.case, by=target.office, at=target.tick())
    page = open_case(client, double, tail=PHONE[-4:])

    assert steps(page)[2:] == ["示例单位 07 办完，等待核查", "现场核查通过"]
    assert "门口清理干净了" in words(page)
    assert not soup(page).select("#rate")


def test_nothing_private_of_the_other_reporter_reaches_who_was_merged(client, merged):
    double, target = merged
    result = "9 号楼 1 单元门口清理干净了，已告诉 13900005678。"
    actions.submit_result(target.case, result=result, by=target.liaison, at=target.tick())
    actions.pass_verification(target.case, by=target.office, at=target.tick())

    page = open_case(client, double, tail=PHONE[-4:])
    looked_up = client.post(
        "/api/v1/complaints/lookup/", {"code": double.code, "phone_tail": PHONE[-4:]}, content_type="application/json"
    ).json()

    for told in (words(page), str(looked_up)):
        assert "老伴" not in told and "9 号楼" not in told and "13900005678" not in told
    assert (looked_up["number"], looked_up["merged_into"], looked_up["state"]) == (
        double.case.number, target.case.number, "closed",
    )  # fmt: skip
    assert looked_up["own"]["text"] == double.case.text
    assert "门口清理干净了" in looked_up["result"]
    assert status_of_photo(client, target.photo("before")) == 404
    assert status_of_photo(client, double.photo("before")) == 200


def test_photos_of_the_result_are_for_everybody_it_was_for_and_those_between_for_staff(client, merged):
    double, target = merged
    actions.add_note(target.case, text="在铲。", photos=[clean_photo("blue")], by=target.liaison, at=target.tick())
    actions.submit_result(
        target.case, result="清理干净了。", photos=[clean_photo("green")], by=target.liaison, at=target.tick()
    )
    actions.pass_verification(target.case, by=target.office, at=target.tick())

    open_case(client, double, tail=PHONE[-4:])
    assert [status_of_photo(client, target.photo(kind)) for kind in ("after", "during")] == [200, 404]
    client.post("/complaints/track/leave/")
    open_case(client, target, tail=PHONE[-4:])
    assert [status_of_photo(client, target.photo(kind)) for kind in ("after", "during", "before")] == [200, 404, 200]


def test_the_lookup_of_programs_tells_no_step_among_staff(client):
    life = Life().to(State.HANDLING)
    actions.supervise(life.case, reason="内部说明", by=life.office, at=timezone.now())
    actions.mark(
        life.case, is_confidential=True, is_anonymous=True, reason="内部说明", by=life.office, at=timezone.now()
    )

    answer = client.post("/api/v1/complaints/lookup/", {"code": life.code}, content_type="application/json")

    assert [step["move"] for step in answer.json()["steps"]] == ["file", "accept", "dispatch", "sign"]
    assert "内部说明" not in answer.content.decode()
