from datetime import datetime, timedelta

import pytest

from accounts.models import Role
from common.calendar import working_calendar
from common.clock import CITY_TIME
from complaints import actions, story
from complaints.models.complaint import Satisfaction
from complaints.workflow import State
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.complaints import HOUR, MONDAY, CategoryFactory, case_in, filed

pytestmark = [pytest.mark.django_db, pytest.mark.once]

SHOWN = {"done": "✓", "now": "●", "back": "↩", "stop": "✕", "next": "○"}


def told(case, *, at=MONDAY + 7 * HOUR):
    events = list(case.events.select_related("unit"))
    return story.tell(case, events, at=at, calendar=working_calendar())


def steps(case) -> list[str]:
    return [f"{SHOWN[step.dot]} {step.title}" for step in told(case).steps]


def seven() -> UnitFactory:
    return UnitFactory(name="示例单位 07")


@pytest.mark.parametrize(
    ("state", "badge", "heading", "until"),
    [
        (State.RECEIVED, "等待受理", "收到了，等待受理", "11 月 23 日 11:00前告诉您收不收。"),
        (State.ACCEPTED, "已受理", "已经受理，正在派单", "11 月 23 日 12:00前派给负责的单位。"),
        (State.DISPATCHED, "已派单", "已派给示例单位 07", "11 月 30 日 11:00前办完。"),
        (State.HANDLING, "处理中", "示例单位 07 正在处理", "11 月 30 日 11:00前办完。"),
        (State.HANDLED, "办完待核查", "示例单位 07 办完了，等待核查", ""),
        (State.CLOSED, "已办结", "办完了，请您看看", ""),
        (State.REJECTED, "不予受理", "这件没有受理", ""),
    ],
)
def test_each_state_is_a_sentence_with_the_unit_as_its_subject(state, badge, heading, until):
    one = told(case_in(state, unit=seven()), at=MONDAY + HOUR)
    assert (one.badge, one.heading) == (badge, heading)
    assert one.until + one.until_what * bool(one.until) == until


def test_the_steps_so_far_and_the_steps_to_come():
    assert steps(case_in(State.RECEIVED)) == [
        "● 收到您的反映", "○ 已受理", "○ 派给负责的单位", "○ 单位处理", "○ 办完，现场核查", "○ 请您评价",
    ]  # fmt: skip
    assert steps(case_in(State.HANDLING, unit=seven())) == [
        "✓ 收到您的反映", "✓ 已受理", "✓ 派给示例单位 07", "● 示例单位 07 已签收，正在处理",
        "○ 办完，现场核查", "○ 请您评价",
    ]  # fmt: skip
    assert steps(case_in(State.REJECTED)) == ["✓ 收到您的反映", "✕ 没有受理"]


def test_a_closed_case_waits_for_its_rating_and_then_for_nothing():
    case = case_in(State.CLOSED, unit=seven())
    assert steps(case)[-2:] == ["✓ 现场核查通过", "● 请您评价"]
    actions.rate(case, satisfaction=Satisfaction.SATISFIED, is_solved=True, at=MONDAY + 9 * HOUR)
    assert steps(case)[-2:] == ["✓ 现场核查通过", "✓ 您作了评价"]
    assert told(case).heading == "办完了，谢谢您的评价"
    assert {step.dot for step in told(case).short_steps} == {"done"}


def test_detours_are_told_without_their_reasons():
    case, office = filed().complaint, UserFactory()
    one, seven_ = UnitFactory(name="示例单位 01"), seven()
    liaisons = {unit: UserFactory(role=Role.LIAISON, unit=unit) for unit in (one, seven_)}
    actions.accept(case, category=CategoryFactory(), by=office, at=MONDAY)
    actions.dispatch(case, to=one, by=office, at=MONDAY)
    actions.return_to_office(case, reason="不归我们管", by=liaisons[one], at=MONDAY + HOUR)
    actions.dispatch(case, to=seven_, by=office, at=MONDAY + 2 * HOUR)
    actions.sign(case, by=liaisons[seven_], at=MONDAY + 3 * HOUR)
    actions.submit_result(case, result="清理了一半。", by=liaisons[seven_], at=MONDAY + 4 * HOUR)
    actions.rework(case, reason="还剩一半", by=office, at=MONDAY + 5 * HOUR)

    assert steps(case)[2:8] == [
        "✓ 派给示例单位 01", "↩ 示例单位 01 退回，重新派单", "✓ 派给示例单位 07", "✓ 示例单位 07 已签收，正在处理",
        "✓ 示例单位 07 办完，等待核查", "● 核查没有通过，示例单位 07 再办",
    ]  # fmt: skip
    assert [step.quote for step in told(case).steps if step.quote] == ["清理了一半。"]


def test_a_second_handling_is_told_as_one_step():
    case = case_in(State.CLOSED, unit=seven())
    actions.rate(case, satisfaction=Satisfaction.DISSATISFIED, is_solved=False, at=MONDAY + 9 * HOUR)
    assert steps(case)[-4:] == [
        "✓ 现场核查通过",
        "● 您说没有解决，示例单位 07 再办一次",
        "○ 办完，现场核查",
        "○ 请您评价",
    ]
    assert told(case).heading == "示例单位 07 正在第二次办理"


@pytest.mark.parametrize(
    ("days", "percent", "light", "words"),
    [
        (0, 0, "in_time", "时限内，已用 0%"),
        (2.95, 59, "in_time", "时限内，已用 59%"),
        (4, 80, "soon", "快到时限，已用 80%"),
        (9, 100, "late", "已经超过时限"),
    ],
)
def test_the_time_used_is_told_as_a_share_in_words(days, percent, light, words):
    case = case_in(State.HANDLING, unit=seven())  # dispatched on Monday at 11:00, five working days
    used = told(case, at=MONDAY + 2 * HOUR + timedelta(days=days)).time_used
    assert (used.percent, used.light, used.words) == (percent, light, words)


def test_the_share_counts_from_the_dispatch_whatever_came_after():
    case = case_in(State.HANDLED, unit=seven())
    actions.rework(case, reason="还没好", by=UserFactory(), at=MONDAY + timedelta(days=2, hours=2))
    assert told(case, at=MONDAY + timedelta(days=2, hours=2)).time_used.percent == 40


def test_a_deadline_next_year_names_its_year():
    at = datetime(2026, 12, 30, 9, tzinfo=CITY_TIME)
    case = case_in(State.HANDLING, unit=seven(), at=at)
    assert told(case, at=at).until_day.startswith("2027 年 1 月")


@pytest.mark.parametrize(
    ("hours", "words"), [(0.001, "1 分钟"), (0.5, "30 分钟"), (3.2, "3 小时"), (24, "1 天"), (40, "2 天")]
)
def test_a_span_is_told_in_its_largest_unit(hours, words):
    assert story.span(MONDAY, MONDAY + hours * HOUR) == words
