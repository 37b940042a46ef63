"""More time (延期) and a stopped clock (挂账): who may when, and what becomes of the deadlines."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Role, User
from common.calendar import working_calendar
from common.clock import CITY_TIME, Clock, WorkingCalendar, used
from common.errors import DomainError
from complaints import actions
from complaints.deadlines import paused, stage_deadline
from complaints.models import Complaint, Sight, UnitRequest
from complaints.models.complaint import Light, Satisfaction
from complaints.stats import queue_counts
from complaints.workflow import Move, RequestKind, State
from notifications.models import Notice
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.complaints import HOUR, MONDAY, CategoryFactory, case_in, filed

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOON = MONDAY + 3 * HOUR


@pytest.fixture
def office():
    return UserFactory(name="示例人员甲")


@pytest.fixture
def liaison():
    return UserFactory(name="示例人员乙", liaison=True, unit__name="示例单位 07")


@pytest.fixture
def case(liaison):
    """In the unit's hands since Monday at noon, due on Monday a week later at 11:00."""
    return case_in(State.HANDLING, unit=liaison.unit)


def says(moment: datetime | None) -> str:
    return f"{moment.astimezone(CITY_TIME):%m-%d %H:%M}" if moment else ""


def deadlines(case) -> list[str]:
    return [says(at) for at in (case.warn_at, case.due_at, case.overall_warn_at, case.overall_due_at)]


def ask_extension(case, liaison, *, days=3, at=NOON):
    actions.ask_extension(case, days=days, reason="配件还没有到货。", by=liaison, at=at)


def suspend(case, liaison, office, *, until, asked_at=NOON, at=NOON):
    actions.ask_suspension(case, until=until, reason="冻土期不能开挖。", by=liaison, at=asked_at)
    actions.grant_suspension(case, by=office, at=at)


def last(case):
    return case.events.order_by("-version").first()


# --- the overall deadline ---------------------------------------------------------------------------------------------


def test_a_case_has_its_overall_deadline_from_when_it_is_accepted_and_keeps_it_whoever_has_it(office):
    case = filed().complaint
    assert deadlines(case)[2:] == ["", ""]

    actions.accept(case, category=CategoryFactory(limit=5), by=office, at=MONDAY + 26 * HOUR)
    promised = deadlines(case)[2:]
    assert promised == ["12-01 18:36", "12-03 09:00"]  # 5 + 3 working days from filing; 80 % of each
    first, second = UnitFactory(), UnitFactory()
    actions.dispatch(case, to=first, by=office, at=MONDAY + 27 * HOUR)
    stage = case.due_at
    actions.redispatch(case, to=second, reason="由别的单位包保。", by=office, at=MONDAY + 50 * HOUR)

    assert deadlines(case)[2:] == promised
    assert case.due_at > stage
    assert [case.overall_light(at=at) for at in (case.overall_warn_at - HOUR, case.overall_warn_at)] == [
        Light.IN_TIME, Light.SOON,
    ]  # fmt: skip
    assert case.overall_light(at=case.overall_due_at + HOUR) == Light.OVERDUE


def test_a_second_handling_has_an_overall_deadline_of_its_own():
    case = case_in(State.CLOSED)
    before = case.overall_due_at

    actions.rate(case, satisfaction=Satisfaction.DISSATISFIED, is_solved=False, at=MONDAY + 5 * DAY)

    assert case.overall_due_at > before + 4 * DAY


def test_the_office_hears_once_when_the_overall_time_is_short_and_once_when_it_is_over(case, office):
    Notice.objects.all().delete()
    everybody = User.objects.filter(role=Role.OFFICE).count()

    def told(at):
        done = actions.remind_of_overall(at=at), actions.remind_of_overall(at=at + HOUR)
        titles = set(Notice.objects.values_list("title", flat=True)) - {""}
        Notice.objects.all().update(title="")
        return done, titles, Notice.objects.count()

    assert told(case.overall_warn_at - HOUR * 2) == ((0, 0), set(), 0)
    assert told(case.overall_warn_at) == ((1, 0), {f"总时限快到：{case.title}"}, everybody)
    assert told(case.overall_due_at + HOUR) == ((1, 0), {f"总时限已过：{case.title}"}, 2 * everybody)


# --- extension --------------------------------------------------------------------------------------------------------


def test_an_extension_waits_for_the_office_and_moves_nothing_until_then(case, liaison):
    before = deadlines(case)

    ask_extension(case, liaison)

    assert (case.asked_for, deadlines(case)) == ("extension", before)
    assert list(Complaint.objects.waiting_for_decision()) == [case]
    assert (last(case).move, last(case).note, last(case).basis) == (
        Move.ASK_EXTENSION, "配件还没有到货。", "延期 3 个工作日",
    )  # fmt: skip


def test_a_granted_extension_moves_stage_and_overall_deadline_by_its_working_days(case, liaison, office):
    assert deadlines(case) == ["11-27 11:00", "11-30 11:00", "12-01 18:36", "12-03 09:00"]
    ask_extension(case, liaison, days=5)

    actions.grant_extension(case, by=office, at=NOON + HOUR)

    assert deadlines(case) == ["12-03 11:00", "12-07 11:00", "12-07 18:36", "12-10 09:00"]
    assert (case.asked_for, case.state, case.dispatched_at) == ("", State.HANDLING, MONDAY + 2 * HOUR)
    assert last(case).basis == "延期 5 个工作日，期限由 11-30 11:00 改到 12-07 11:00"
    request = UnitRequest.objects.get()
    assert (request.status, request.decided_by, says(request.due_before), says(request.due_after)) == (
        "granted", office, "11-30 11:00", "12-07 11:00",
    )  # fmt: skip


def test_the_office_may_grant_fewer_days_than_were_asked_for(case, liaison, office):
    ask_extension(case, liaison, days=9)

    actions.grant_extension(case, days=1, by=office, at=NOON + HOUR)

    assert says(case.due_at) == "12-01 11:00"


@pytest.mark.parametrize("days", [0, 11])
def test_an_extension_is_of_one_to_ten_working_days(case, liaison, days):
    with pytest.raises(DomainError, match="1 到 10 个工作日"):
        ask_extension(case, liaison, days=days)
    assert case.asked_for == ""


def test_an_extension_is_asked_for_before_the_deadline(case, liaison):
    with pytest.raises(DomainError, match="期限已过"):
        ask_extension(case, liaison, at=case.due_at + HOUR)


def test_a_unit_asks_once_a_round_and_again_in_the_second_handling(case, liaison, office):
    ask_extension(case, liaison)
    actions.refuse_request(case, kind=RequestKind.EXTENSION, reason="请先临时处理。", by=office, at=NOON)
    with pytest.raises(DomainError, match="只能申请一次"):
        ask_extension(case, liaison)
    actions.submit_result(case, result="已清理。", by=liaison, at=NOON)
    actions.pass_verification(case, by=office, at=NOON)
    actions.rate(case, satisfaction=Satisfaction.DISSATISFIED, is_solved=False, at=NOON)

    ask_extension(case, liaison)

    assert [r.round for r in UnitRequest.objects.all()] == [1, 2]


def test_the_database_itself_keeps_one_request_waiting_and_one_extension_a_round(case, liaison):
    ask_extension(case, liaison)
    given = {"complaint": case, "unit": case.unit, "asked_by": liaison, "asked_at": NOON, "reason": "…"}
    for more in (
        {"kind": "suspension", "until": date(2026, 12, 2), "round": 1},
        {"kind": "extension", "days": 2, "round": 1, "status": "granted"},
        {"kind": "extension", "days": 11, "round": 2, "status": "granted"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            UnitRequest.objects.create(**given, **more)


def test_a_request_that_waits_when_the_result_comes_may_still_be_granted(case, liaison, office):
    ask_extension(case, liaison, days=3, at=case.due_at - HOUR)
    actions.submit_result(case, result="已清理。", by=liaison, at=case.due_at + 2 * HOUR)

    actions.grant_extension(case, by=office, at=case.due_at + 5 * HOUR)
    actions.pass_verification(case, by=office, at=case.due_at + 6 * HOUR)

    assert case.closed_in_time is True


def test_what_nobody_decided_is_void_once_the_case_is_closed_redispatched_or_withdrawn(liaison, office):
    ends = {
        "closed": lambda case: (
            actions.submit_result(case, result="已清理。", by=liaison, at=NOON),
            actions.pass_verification(case, by=office, at=NOON),
        ),
        "redispatched": lambda case: actions.redispatch(
            case, to=UnitFactory(), reason="由别的单位办。", by=office, at=NOON
        ),
        "withdrawn": lambda case: actions.withdraw(case, at=NOON),
    }
    for end in ends.values():
        case = case_in(State.HANDLING, unit=liaison.unit)
        ask_extension(case, liaison)
        end(case)
        assert (case.asked_for, case.requests.get().status) == ("", "lapsed")


# --- suspension -------------------------------------------------------------------------------------------------------


@pytest.mark.once
@given(
    clock=st.sampled_from(Clock),
    limit=st.integers(1, 40),
    paused_after=st.integers(0, 60 * 24 * 60),
    stood_for=st.integers(0, 60 * 24 * 200),
)
def test_the_deadline_moves_by_exactly_the_counted_time_that_the_clock_stood(clock, limit, paused_after, stood_for):
    calendar = WorkingCalendar({date(2026, 12, 5): True, date(2027, 1, 1): False})
    before = stage_deadline(MONDAY, limit, clock, calendar)
    since = MONDAY + timedelta(minutes=paused_after)
    until = since + timedelta(minutes=stood_for)

    after = paused(before, since, until, clock, calendar)

    stood = used(since, until, clock, calendar)
    assert used(before.due_at, after.due_at, clock, calendar) == stood
    assert used(before.warn_at, after.warn_at, clock, calendar) == stood


@pytest.mark.parametrize("clock", list(Clock))
def test_a_resumed_case_has_its_deadline_later_by_what_its_own_clock_counted(liaison, office, clock):
    case = filed().complaint
    actions.accept(case, category=CategoryFactory(clock=clock, limit=7), by=office, at=MONDAY)
    actions.dispatch(case, to=liaison.unit, by=office, at=MONDAY)
    actions.sign(case, by=liaison, at=MONDAY)
    before, resumed_at = case.due_at, NOON + 5 * DAY + HOUR
    suspend(case, liaison, office, until=date(2027, 5, 4))

    actions.resume(case, by=office, at=resumed_at)

    calendar = working_calendar()
    assert used(before, case.due_at, clock, calendar) == used(NOON, resumed_at, clock, calendar)


def test_while_it_is_suspended_no_deadline_runs_and_nothing_is_late(case, liaison, office):
    suspend(case, liaison, office, until=date(2027, 5, 4))
    spring = MONDAY + 100 * DAY
    Notice.objects.all().delete()

    assert deadlines(case) == ["", "", "", ""]
    assert (case.state, case.light(at=spring)) == (State.HANDLING, Light.PAUSED)
    assert list(Complaint.objects.suspended()) == [case]
    counts = queue_counts(Sight.of(office), at=spring)
    assert (counts.overdue, counts.open) == (0, 1)
    assert (actions.remind_of_deadlines(at=spring), Notice.objects.count()) == (0, 0)


def test_the_scheduler_resumes_at_the_day_and_its_own_lateness_is_no_gift(case, liaison, office):
    suspend(case, liaison, office, until=date(2026, 12, 2))
    other = case_in(State.HANDLING, unit=liaison.unit)
    suspend(other, liaison, office, until=date(2026, 12, 9))

    assert actions.resume_due(at=datetime(2026, 12, 1, 23, 59, tzinfo=CITY_TIME)) == 0
    assert actions.resume_due(at=datetime(2026, 12, 3, 10, tzinfo=CITY_TIME)) == 1
    assert actions.resume_due(at=datetime(2026, 12, 3, 10, tzinfo=CITY_TIME)) == 0

    case.refresh_from_db()
    # Stood from Monday noon to the midnight before 2 December: six and a half working days.
    assert (case.suspended_until, says(case.due_at)) == (None, "12-08 23:00")
    assert (last(case).move, last(case).actor, last(case).basis) == (
        Move.RESUME, None, "恢复计时，期限 12-08 23:00",
    )  # fmt: skip
    assert [list(case.requests.values_list("status", flat=True)), other.is_suspended] == [["granted"], True]


def test_a_result_ends_the_suspension_first(case, liaison, office):
    suspend(case, liaison, office, until=date(2027, 5, 4))

    actions.submit_result(case, result="提前办好了。", by=liaison, at=NOON + 2 * DAY)
    actions.pass_verification(case, by=office, at=NOON + 2 * DAY)

    assert [e.move for e in case.events.order_by("-version")[:3]] == [Move.PASS, Move.SUBMIT, Move.RESUME]
    assert (case.state, case.closed_in_time, case.suspended_until) == (State.CLOSED, True, None)


@pytest.mark.parametrize("until", [date(2026, 11, 23), date(2027, 7, 22)])
def test_a_suspension_is_to_a_later_day_of_this_winter(case, liaison, until):
    with pytest.raises(DomainError, match="今天以后、240 天以内"):
        actions.ask_suspension(case, until=until, reason="冻土期不能开挖。", by=liaison, at=NOON)


def test_a_case_may_be_suspended_again_and_neither_asked_for_nor_urged_while_it_is(case, liaison, office):
    suspend(case, liaison, office, until=date(2026, 12, 2))
    for refused in (
        lambda: ask_extension(case, liaison),
        lambda: actions.ask_suspension(case, until=date(2026, 12, 9), reason="还要等。", by=liaison, at=NOON),
        lambda: actions.urge(case, by=office, at=NOON),
        lambda: actions.urge(case, by=None, at=NOON),
    ):
        with pytest.raises(DomainError):
            refused()
    actions.resume(case, by=liaison, at=NOON + DAY)

    suspend(case, liaison, office, until=date(2026, 12, 9), asked_at=NOON + DAY, at=NOON + DAY)

    assert case.is_suspended


# --- who is told ------------------------------------------------------------------------------------------------------


def test_each_step_tells_those_whose_turn_it_is(case, liaison, office):
    UserFactory(role=Role.LEADER)
    UserFactory(liaison=True)

    def told(step):
        Notice.objects.all().delete()
        step()
        return [(n.recipient, n.title.partition("：")[0]) for n in Notice.objects.all()]

    assert told(lambda: ask_extension(case, liaison)) == [
        (user, "申请延期 3 个工作日") for user in type(office).objects.filter(role=Role.OFFICE).order_by("pk")
    ]
    assert told(lambda: actions.grant_extension(case, by=office, at=NOON)) == [(liaison, "同意延期 3 个工作日")]
    told(lambda: actions.ask_suspension(case, until=date(2026, 12, 2), reason="等配件。", by=liaison, at=NOON))
    assert told(lambda: actions.grant_suspension(case, by=office, at=NOON)) == [(liaison, "同意挂账至 12-02")]
    assert told(lambda: actions.resume(case, by=office, at=NOON)) == [(liaison, "恢复办理")]
