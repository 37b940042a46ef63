"""Calling back whoever filed a closed case (回访), and keying in what they say."""

from datetime import timedelta

import pytest

from accounts.models import Role
from complaints import actions
from complaints.models import CallBack
from complaints.models.complaint import Satisfaction
from complaints.workflow import Move, State
from tests.complaints.cast import person
from tests.factories.accounts import UserFactory
from tests.factories.complaints import HOUR, MONDAY, PHONE, case_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_noon")]
URL = "/workbench/complaints/calls/"
EARLIER = MONDAY - timedelta(hours=6)


@pytest.fixture
def operator(db):
    return UserFactory(role=Role.OPERATOR, name="示例受理员")


def closed(**changes):
    return case_in(State.CLOSED, **({"at": EARLIER} | changes))


def listed(open_page, user) -> list[str]:
    return [link["href"].split("/")[-2] for link in open_page(user, URL).select("ul.rows a.title")]


def call(open_page, user, case, **said):
    return open_page(user, f"{URL}{case.number}/", said)


SATISFIED = {"outcome": "reached", "satisfaction": "4", "is_solved": "yes"}


def test_listed_are_closed_cases_of_residents_not_rated_and_with_a_phone(open_page, operator):
    second = closed()
    first = closed(at=EARLIER - HOUR)
    closed(contact=actions.Contact(""))
    closed(channel="patrol")
    closed(at=MONDAY - timedelta(days=17))
    case_in(State.HANDLED, at=EARLIER)
    rated = closed()
    actions.rate(rated, satisfaction=Satisfaction.SATISFIED, is_solved=True, at=MONDAY)
    erased = closed()
    actions.ask_for_erasure(erased.reporters.get(), at=MONDAY)

    assert listed(open_page, operator) == [first.number, second.number]
    figures = [
        link.get_text(" ", strip=True) for link in open_page(operator, "/workbench/").select(f".counts a[href='{URL}']")
    ]
    assert figures == ["2 要回访的案件"]


def test_the_page_shows_what_to_ask_about_and_a_masked_phone(open_page, operator):
    case = closed()
    page = open_page(operator, f"{URL}{case.number}/")
    assert case.text in page.get_text() and case.result in page.get_text()
    assert "138****1234" in page.get_text() and PHONE not in str(page)


def test_what_is_said_is_the_residents_rating_marked_with_who_keyed_it_in(open_page, operator):
    case = closed()

    call(open_page, operator, case, **SATISFIED, comment=f"谢谢，我的号码 {PHONE}", note="说话慢")

    case.refresh_from_db()
    event = case.events.get(move=Move.RATE)
    assert (case.state, case.satisfaction, case.is_solved) == (State.CLOSED, Satisfaction.SATISFIED, True)
    assert event.actor == operator and event.note.startswith("电话回访：满意，解决了。谢谢")
    assert PHONE not in event.note
    told = CallBack.objects.get()
    assert (told.outcome, told.note, told.by, told.round) == ("reached", "说话慢", operator, 1)
    assert listed(open_page, operator) == []


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({"satisfaction": "4", "is_solved": "no"}, State.HANDLING),
        ({"satisfaction": "2", "is_solved": "yes", "again": "on"}, State.HANDLING),
        ({"satisfaction": "2", "is_solved": "yes"}, State.CLOSED),
    ],
    ids=["not solved", "dissatisfied and wants it again", "dissatisfied and leaves it"],
)
def test_not_solved_or_dissatisfied_it_is_handled_a_second_time(open_page, operator, said, state):
    case = closed()
    call(open_page, operator, case, outcome="reached", **said)
    case.refresh_from_db()
    assert (case.state, case.round) == (state, 2 if state == State.HANDLING else 1)


def test_the_second_handling_comes_once_only(open_page, operator):
    case = closed()
    call(open_page, operator, case, outcome="reached", satisfaction="1", is_solved="no")
    case.refresh_from_db()
    actions.submit_result(case, result="又办了一遍。", by=case.unit.members.first(), at=MONDAY + HOUR)
    actions.pass_verification(case, by=UserFactory(), at=MONDAY + 2 * HOUR)
    assert listed(open_page, operator) == [case.number]

    call(open_page, operator, case, outcome="reached", satisfaction="1", is_solved="no")

    case.refresh_from_db()
    assert (case.state, case.satisfaction) == (State.CLOSED, Satisfaction.VERY_DISSATISFIED)


def test_after_three_calls_in_vain_or_a_refusal_it_is_listed_no_more(open_page, operator):
    deaf, unwilling, fresh = closed(), closed(), closed()
    for times in range(3):
        assert deaf.number in listed(open_page, operator)
        call(open_page, operator, deaf, outcome="unreached")
        if times == 0:  # who was tried today comes last
            assert listed(open_page, operator)[-1] == deaf.number
    call(open_page, operator, unwilling, outcome="refused")

    assert listed(open_page, operator) == [fresh.number]
    assert (deaf.rated_at, CallBack.objects.filter(complaint=deaf).count()) == (None, 3)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "这次怎么样还没选。"),
        ({"outcome": "reached", "is_solved": "yes"}, "满意吗还没选。"),
        ({"outcome": "reached", "satisfaction": "4"}, "解决了吗还没选。"),
        (SATISFIED | {"again": "on"}, "不满意，要求再办一次：只有不满意或没有解决才能勾。"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_written(open_page, operator, sent, said):
    page = call(open_page, operator, closed(), csrf="", **sent)
    assert page.status == 422
    assert [line.get_text(strip=True) for line in page.select("#error-summary li")] == [said]
    assert CallBack.objects.count() == 0


def test_a_case_rated_meanwhile_is_told_so(open_page, operator):
    case = closed()
    actions.rate(case, satisfaction=Satisfaction.SATISFIED, is_solved=True, at=MONDAY)
    assert call(open_page, operator, case, **SATISFIED).answer.url == URL
    assert CallBack.objects.count() == 0


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.OFFICE, Role.OPERATOR}])
def test_nobody_but_the_desk_calls_back(open_page, role):
    case, user = closed(), person(role)
    assert [open_page(user, URL).status, call(open_page, user, case, **SATISFIED).status] == [403, 403]
