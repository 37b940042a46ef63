"""What each move does besides changing the state: deadlines, limits of returning and reopening, notices, events."""

from datetime import datetime, timedelta

import pytest
from kombu.exceptions import OperationalError as QueueDown

from accounts.models import Role
from common.clock import CITY_TIME, Clock
from common.errors import DomainError
from complaints import actions
from complaints.models.complaint import Satisfaction
from complaints.workflow import Move, State
from grids.models import GridAssignment
from notifications.models import Notice
from notifications.tasks import deliver_waiting
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.complaints import HOUR, MONDAY, CategoryFactory, case_in, clean_photo, filed
from tests.factories.grids import GridAssignmentFactory, GridFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def office():
    return UserFactory(name="示例人员甲")


@pytest.fixture
def liaison():
    return UserFactory(name="示例人员乙", liaison=True)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CITY_TIME)


def says(moment: datetime) -> str:
    return f"{moment.astimezone(CITY_TIME):%m-%d %H:%M}"


def last(case):
    return case.events.order_by("-version").first()


# --- deadlines --------------------------------------------------------------------------------------------------------


def test_a_case_is_to_be_accepted_and_then_dispatched_within_two_work_hours(office):
    case = filed(at=at("2026-11-23 11:00")).complaint
    assert (says(case.warn_at), says(case.due_at)) == ("11-23 14:36", "11-23 15:00")

    actions.accept(case, category=CategoryFactory(), by=office, at=at("2026-11-23 17:00"))
    assert says(case.due_at) == "11-24 09:00"


@pytest.mark.parametrize(
    ("clock", "limit", "due"),
    [
        (Clock.URGENT_HOUR, 24, "11-28 10:00"),
        (Clock.WORK_HOUR, 8, "11-30 10:00"),
        (Clock.WORK_DAY, 2, "12-01 10:00"),
        (Clock.NATURAL_DAY, 3, "11-30 10:00"),
    ],
)
def test_the_clock_of_the_category_starts_at_dispatch(office, clock, limit, due):
    case = filed(at=at("2026-11-27 08:30")).complaint
    actions.accept(case, category=CategoryFactory(clock=clock, limit=limit), by=office, at=at("2026-11-27 09:00"))

    actions.dispatch(case, to=UnitFactory(), by=office, at=at("2026-11-27 10:00"))

    assert (case.clock, case.limit, says(case.due_at)) == (clock, limit, due)


def test_an_urgent_case_has_the_urgent_limit_of_its_category(office):
    case = filed().complaint
    actions.accept(case, category=CategoryFactory(urgent_limit=4), is_urgent=True, by=office, at=MONDAY)
    actions.dispatch(case, to=UnitFactory(), by=office, at=MONDAY)

    assert (case.clock, case.due_at) == (Clock.URGENT_HOUR, MONDAY + 4 * HOUR)


def test_a_rule_that_changes_later_rewrites_no_deadline(office):
    case = case_in(State.DISPATCHED)
    due = case.due_at
    case.category.limit = 1
    case.category.save()

    actions.sign(case, by=UserFactory(role=Role.LIAISON, unit=case.unit), at=MONDAY + 4 * HOUR)

    assert case.due_at == due


def test_a_result_sent_back_keeps_its_deadline_and_is_counted(office):
    case = case_in(State.HANDLED)
    due = case.due_at

    actions.rework(case, reason="单元门口还有冰。", by=office, at=MONDAY + 6 * HOUR)

    assert (case.state, case.due_at, case.rework_count) == (State.HANDLING, due, 1)


def test_a_case_is_in_time_by_when_the_unit_submitted_not_by_when_the_office_looked(office):
    case = case_in(State.HANDLED)
    actions.pass_verification(case, by=office, at=case.due_at + 5 * DAY)
    assert case.closed_in_time is True

    late = case_in(State.HANDLING)
    actions.submit_result(
        late, result="清理完了。", by=UserFactory(role=Role.LIAISON, unit=late.unit), at=late.due_at + HOUR
    )
    actions.pass_verification(late, by=office, at=late.due_at + 2 * HOUR)
    assert late.closed_in_time is False
    assert [e.was_overdue for e in late.events.order_by("version")] == [False, False, False, False, True, True]


# --- where it goes ----------------------------------------------------------------------------------------------------


def test_the_event_says_why_a_case_went_where_it_went(office):
    lead = GridAssignmentFactory(unit__name="示例单位 07")
    case = filed(grid=lead.grid).complaint
    actions.accept(case, category=CategoryFactory(limit=5), by=office, at=MONDAY)

    actions.dispatch(case, to=lead.unit, by=office, at=MONDAY)

    assert last(case).basis == f"{lead.grid}当日主责单位。时限 5 个工作日"


def test_the_categorys_competent_unit_comes_before_the_grids_lead(office):
    competent = UnitFactory()
    case = filed(grid=GridAssignmentFactory().grid).complaint
    actions.accept(case, category=CategoryFactory(name="热力井盖", unit=competent), by=office, at=MONDAY)

    actions.dispatch(case, to=competent, by=office, at=MONDAY)

    assert last(case).basis.startswith("“热力井盖”的职能部门")


def test_a_unit_that_nothing_proposed_was_named_by_the_office(office):
    case = case_in(State.ACCEPTED, grid=GridAssignmentFactory().grid)

    actions.dispatch(case, to=UnitFactory(), by=office, at=MONDAY + 2 * HOUR)

    assert last(case).basis.startswith("创城办指定")


def test_yesterdays_lead_does_not_get_todays_case(office):
    grid = GridFactory()
    today = MONDAY.date()
    GridAssignmentFactory(grid=grid, ended_on=today)
    new = GridAssignmentFactory(grid=grid, started_on=today, kind=GridAssignment.Kind.LEAD)

    assert grid.lead_on(today) == new.unit


# --- returning --------------------------------------------------------------------------------------------------------


def dispatched_to(liaison, office):
    case = filed().complaint
    actions.accept(case, category=CategoryFactory(), by=office, at=MONDAY)
    actions.dispatch(case, to=liaison.unit, by=office, at=MONDAY)
    return case


def test_a_unit_returns_a_case_twice_and_the_third_assignment_is_final(liaison, office):
    case = dispatched_to(liaison, office)
    for _ in range(2):
        actions.return_to_office(case, reason="不归我单位。", by=liaison, at=MONDAY + HOUR)
        assert (case.state, case.unit, case.dispatched_at) == (State.ACCEPTED, None, None)
        actions.dispatch(case, to=liaison.unit, by=office, at=MONDAY + HOUR)

    with pytest.raises(DomainError, match="退过两次"):
        actions.return_to_office(case, reason="不归我单位。", by=liaison, at=MONDAY + HOUR)
    assert (case.state, case.return_count) == (State.DISPATCHED, 2)
    assert last(case).basis.startswith("退过两次，创城办最终指定")


def test_after_two_working_days_a_case_cannot_be_returned(liaison, office):
    case = dispatched_to(liaison, office)

    assert actions.refusal_to_return(case, at=MONDAY + 2 * DAY) == ""
    with pytest.raises(DomainError, match="超过 2 个工作日"):
        actions.return_to_office(case, reason="不归我单位。", by=liaison, at=MONDAY + 2 * DAY + HOUR)


def test_the_event_of_a_return_names_the_unit_that_returned(liaison, office):
    case = dispatched_to(liaison, office)

    actions.return_to_office(case, reason="不归我单位。", by=liaison, at=MONDAY + HOUR)

    assert (last(case).unit, last(case).note) == (liaison.unit, "不归我单位。")


# --- the resident's word ----------------------------------------------------------------------------------------------


def unsolved(case, *, at):
    actions.rate(case, satisfaction=Satisfaction.DISSATISFIED, is_solved=False, at=at)


def test_not_solved_within_fifteen_days_opens_a_case_again_with_a_new_deadline():
    case = case_in(State.CLOSED)
    rated_at = case.closed_at + 15 * DAY

    unsolved(case, at=rated_at)

    assert (case.state, case.round) == (State.HANDLING, 2)
    assert case.due_at > rated_at
    assert [e.move for e in case.events.order_by("-version")[:2]] == [Move.REOPEN, Move.RATE]


def test_not_solved_on_the_sixteenth_day_is_recorded_and_opens_nothing():
    case = case_in(State.CLOSED)

    unsolved(case, at=case.closed_at + 15 * DAY + HOUR)

    assert (case.state, case.is_solved, case.round) == (State.CLOSED, False, 1)


def test_a_case_is_opened_again_only_once(office):
    case = case_in(State.CLOSED)
    unsolved(case, at=case.closed_at + DAY)
    liaison = UserFactory(role=Role.LIAISON, unit=case.unit)
    actions.submit_result(case, result="又清了一遍。", by=liaison, at=MONDAY + 3 * DAY)
    actions.pass_verification(case, by=office, at=MONDAY + 3 * DAY + HOUR)

    unsolved(case, at=MONDAY + 4 * DAY)

    assert (case.state, case.round, case.is_solved) == (State.CLOSED, 2, False)


def test_a_case_is_rated_once():
    case = case_in(State.CLOSED)
    actions.rate(case, satisfaction=Satisfaction.SATISFIED, is_solved=True, at=MONDAY + DAY)

    with pytest.raises(DomainError, match="已经评价过"):
        actions.rate(case, satisfaction=Satisfaction.SATISFIED, is_solved=True, at=MONDAY + DAY)


# --- photos -----------------------------------------------------------------------------------------------------------


def test_photos_of_the_result_stand_with_the_move_they_came_with(liaison):
    case = case_in(State.HANDLING, unit=liaison.unit)

    actions.submit_result(
        case, result="清理完了。", photos=[clean_photo("red"), clean_photo("blue")], by=liaison, at=MONDAY + 4 * HOUR
    )

    assert [(photo.kind, photo.event.move) for photo in case.photos.all()] == [("after", "submit")] * 2


# --- notices ----------------------------------------------------------------------------------------------------------


def told():
    """Who was told what, by title and person (in which order they were written says nothing); then forgotten."""
    notices = [(notice.recipient, notice.title.partition("：")[0]) for notice in Notice.objects.all()]
    Notice.objects.all().delete()
    return sorted(notices, key=lambda told: (told[1], told[0].pk))


@pytest.fixture
def crowd(liaison):
    """People who must hear of nothing: other units, other roles, a colleague who left."""
    UserFactory(liaison=True)
    UserFactory(role=Role.LIAISON, unit=liaison.unit, is_active=False)
    UserFactory(is_active=False)
    for role in (Role.OPERATOR, Role.GUIDANCE, Role.LEADER, Role.AUDITOR, Role.ADMINISTRATOR):
        UserFactory(role=role)


@pytest.mark.usefixtures("crowd")
def test_each_move_tells_exactly_those_whose_turn_it_is(liaison, office):
    colleague = UserFactory(role=Role.LIAISON, unit=liaison.unit)
    unit = [liaison, colleague]
    case = filed().complaint
    category = CategoryFactory()
    assert told() == []
    actions.accept(case, category=category, by=office, at=MONDAY)
    assert told() == []
    actions.dispatch(case, to=liaison.unit, by=office, at=MONDAY)
    assert told() == [(person, "新派单") for person in unit]
    actions.return_to_office(case, reason="不归我单位。", by=liaison, at=MONDAY)
    assert told() == [(office, "退单")]
    actions.dispatch(case, to=liaison.unit, by=office, at=MONDAY)
    assert told() == [(person, "新派单") for person in unit]
    actions.sign(case, by=liaison, at=MONDAY)
    assert told() == []
    actions.submit_result(case, result="清理完了。", by=liaison, at=MONDAY)
    assert told() == [(office, "待核查")]
    actions.rework(case, reason="单元门口还有冰。", by=office, at=MONDAY)
    assert told() == [(person, "返工") for person in unit]
    actions.submit_result(case, result="又清了一遍。", by=liaison, at=MONDAY)
    told()
    actions.pass_verification(case, by=office, at=MONDAY)
    assert told() == []
    unsolved(case, at=MONDAY + HOUR)
    assert told() == [*((person, "二次办理") for person in unit), (office, "居民评价没有解决")]


def test_with_the_queue_down_a_move_stands_and_its_notice_waits(
    liaison, office, django_capture_on_commit_callbacks, monkeypatch
):
    def refuse():
        raise QueueDown("connection refused")

    monkeypatch.setattr(deliver_waiting, "delay", refuse)
    case = case_in(State.ACCEPTED)
    with django_capture_on_commit_callbacks(execute=True):
        actions.dispatch(case, to=liaison.unit, by=office, at=MONDAY + 2 * HOUR)

    case.refresh_from_db()
    assert case.state == State.DISPATCHED
    assert [notice.recipient for notice in Notice.objects.all()] == [liaison]


def test_a_notice_has_no_phone_in_it(office):
    case = filed(text="垃圾没人收，请打 13800001234 联系我。").complaint
    actions.accept(case, category=CategoryFactory(), by=office, at=MONDAY)
    liaison = UserFactory(liaison=True)

    actions.dispatch(case, to=liaison.unit, by=office, at=MONDAY)

    assert Notice.objects.get().title == "新派单：垃圾没人收，请打 （电话已隐去） 联系我"


# --- late comers ------------------------------------------------------------------------------------------------------


def test_the_second_of_two_people_is_told_who_and_what(office):
    case = filed().complaint
    as_the_second_read_it = type(case).objects.get(pk=case.pk)
    actions.accept(case, category=CategoryFactory(), by=office, at=MONDAY)

    with pytest.raises(actions.StaleCase) as late:
        actions.accept(as_the_second_read_it, category=CategoryFactory(), by=UserFactory(), at=MONDAY)

    assert late.value.message == (
        "示例人员甲（创城办）刚刚办了“受理”，您这一步没有办成。请看过最新情况再办，您写的内容还在。"
    )
    assert case.events.count() == 2
