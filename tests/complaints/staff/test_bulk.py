"""Many rows of the queue at once: each by itself, each with its own answer."""

import pytest
from django.urls import reverse
from zeal import zeal_ignore

from accounts.models import Role
from complaints import actions
from complaints.models import Complaint, Event
from complaints.workflow import State
from tests.complaints.cast import person
from tests.factories.accounts import UserFactory
from tests.factories.complaints import HOUR, MONDAY, CategoryFactory, case_in, filed
from tests.factories.grids import GridAssignmentFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_noon")]
QUEUE = reverse("complaints:queue")
BULK = reverse("complaints:bulk")


def tick(*cases):
    return [f"{case.number}:{case.version}" for case in cases]


def results(soup):
    """Number → whether it was done, and the words."""
    rows = [[cell.get_text(" ", strip=True) for cell in row.select("td")] for row in soup.select("tbody tr")]
    return {number: words for number, _, words in rows}


def state(case):
    return Complaint.objects.get(pk=case.pk).state


def test_one_that_cannot_be_accepted_says_why_and_the_rest_go_on(open_page, office):
    snow = CategoryFactory(name="积雪结冰")
    fits, moved, unclear, also = filed().complaint, filed().complaint, filed(text="不好说").complaint, filed().complaint
    ticked = tick(fits, moved, unclear, also)
    actions.accept(moved, category=snow, by=UserFactory(name="示例人员戊"), at=MONDAY + HOUR)

    late = "示例人员戊（创城办）刚刚办了“受理”，您这一步没有办成。请看过最新情况再办，您写的内容还在。"
    soup = open_page(office, BULK, {"move": "accept", "case": ticked, "category": "", "state": "received"})

    assert soup.status == 200
    assert soup.h1.get_text() == "批量受理：办成 2 件，没办成 2 件"
    assert results(soup) == {
        fits.number: "已受理，定为“积雪结冰”。",
        also.number: "已受理，定为“积雪结冰”。",
        moved.number: f"没办成：{late}",
        unclear.number: "没办成：从内容看不出类别，请打开这件单独受理。",
    }
    assert [state(case) for case in (fits, moved, unclear, also)] == [
        State.ACCEPTED, State.ACCEPTED, State.RECEIVED, State.ACCEPTED,
    ]  # fmt: skip
    assert Event.objects.filter(move="accept").count() == 3


def test_cases_are_dispatched_each_to_what_is_proposed_or_all_to_one_unit(open_page, office):
    lead = GridAssignmentFactory(unit__name="示例单位 07")
    placed, nowhere = case_in(State.ACCEPTED, grid=lead.grid), case_in(State.ACCEPTED)

    # Each row is a case and a transaction of its own, so it asks for itself.
    with zeal_ignore():
        soup = open_page(office, BULK, {"move": "dispatch", "case": tick(placed, nowhere), "state": "accepted"})
    assert results(soup) == {
        placed.number: "已派给示例单位 07。",
        nowhere.number: "没办成：没有定位到网格，由创城办确定，请打开这件单独派遣。",
    }
    form = {"move": "dispatch", "case": tick(nowhere), "unit": lead.unit.pk}
    assert results(open_page(office, BULK, form)) == {nowhere.number: "已派给示例单位 07。"}


def test_results_are_verified_by_guidance_too_but_never_those_of_ones_own_unit(open_page):
    own, other = case_in(State.HANDLED), case_in(State.HANDLED)
    verifier = UserFactory(role=Role.GUIDANCE, unit=own.unit)

    soup = open_page(verifier, BULK, {"move": "pass", "case": tick(own, other), "state": "handled"})

    assert results(soup) == {own.number: "没办成：这一步不归您办。", other.number: "核查通过，已办结。"}
    assert [state(own), state(other)] == [State.HANDLED, State.CLOSED]


def test_what_is_not_theirs_to_see_or_no_case_at_all_is_said_to_be_missing(open_page):
    hidden = case_in(State.HANDLED, is_confidential=True)

    soup = open_page(person(Role.GUIDANCE), BULK, {"move": "pass", "case": [*tick(hidden), "x", "2026-999999:1"]})

    assert set(results(soup).values()) == {"没办成：没有这件案件，或者已经不归您看。"}
    assert hidden.title not in soup.get_text()


@pytest.mark.parametrize("form", [{"move": "accept"}, {"move": "fly", "case": ["2026-000001:0"]}])
def test_nothing_ticked_and_no_such_move_lead_back_to_the_queue(open_page, office, form):
    soup = open_page(office, BULK, form | {"state": "received"})

    assert (soup.status, soup.answer.url) == (302, f"{QUEUE}?state=received")


@pytest.mark.parametrize(
    ("role", "tabs"),
    [
        (Role.OFFICE, ["received", "accepted", "handled"]),
        (Role.OPERATOR, ["received"]),
        (Role.GUIDANCE, ["handled"]),
        (Role.LIAISON, []),
        (Role.LEADER, []),
    ],
)
def test_rows_can_be_ticked_where_ones_job_is_to_move_them(open_page, role, tabs):
    cases = [filed().complaint, *(case_in(one) for one in (State.ACCEPTED, State.HANDLING, State.HANDLED))]
    user = person(role, cases[-1].unit)
    offered = []
    for tab in ("received", "accepted", "handling", "handled", ""):
        soup = open_page(user, f"{QUEUE}?state={tab}")
        boxes = soup.select("td input[type=checkbox][form=bulk]")
        offered += [tab] if soup.select("form#bulk") else []
        assert bool(boxes) == bool(soup.select("form#bulk"))

    assert offered == tabs
    if not tabs:
        assert open_page(user, BULK, {"move": "accept"}).status == 403
