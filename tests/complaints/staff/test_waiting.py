"""The queues of each role: what waits for whom, counted as it is listed."""

from datetime import timedelta

import pytest

from accounts.models import Role
from complaints import actions
from complaints.models import Complaint
from complaints.waiting import Wait
from complaints.workflow import State
from tests.complaints.cast import person
from tests.factories.accounts import UserFactory
from tests.factories.complaints import HOUR, MONDAY, case_in, filed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_noon")]
QUEUE = "/workbench/complaints/"


@pytest.fixture
def cases(liaison):
    """One case of each kind that the queues tell apart, by name."""
    unit = liaison.unit
    made = {
        "received": filed(at=MONDAY + 2 * HOUR).complaint,
        "accepted": case_in(State.ACCEPTED),
        "returned": case_in(State.DISPATCHED, unit=unit),
        "dispatched": case_in(State.DISPATCHED, unit=unit),
        "late": case_in(State.HANDLING, unit=unit, at=MONDAY - timedelta(days=14)),
        "asked more time": case_in(State.HANDLING, unit=unit),
        "asked to stop": case_in(State.HANDLING, unit=unit),
        "stopped": case_in(State.HANDLING, unit=unit),
        "supervised": case_in(State.HANDLING),
        "handled": case_in(State.HANDLED, unit=unit),
        "closed": case_in(State.CLOSED),
    }
    office, at = UserFactory(), MONDAY + 3 * HOUR
    until = (MONDAY + timedelta(days=5)).date()
    actions.return_to_office(made["returned"], reason="不归本单位管。", by=liaison, at=at)
    actions.ask_extension(made["asked more time"], days=3, reason="要等配件到货。", by=liaison, at=at)
    for name in ("asked to stop", "stopped"):
        actions.ask_suspension(made[name], until=until, reason="开春化冻才能挖。", by=liaison, at=at)
    actions.grant_suspension(made["stopped"], until=until, by=office, at=at)
    actions.supervise(made["supervised"], reason="居民多次反映。", by=office, at=at)
    return made


def listed(cases, soup):
    names = {case.number: name for name, case in cases.items()}
    return sorted(names[row.a.get_text()] for row in soup.select("[data-row] td.num"))


MINE = {
    Role.OFFICE: ["accepted", "asked more time", "asked to stop", "handled", "received", "returned"],
    Role.OPERATOR: ["received"],
    Role.GUIDANCE: ["handled"],
    Role.LIAISON: ["asked more time", "asked to stop", "dispatched", "late"],
    Role.LEADER: [],
}


@pytest.mark.parametrize("role", MINE, ids=lambda role: role.value)
def test_what_waits_for_me(open_page, liaison, cases, role):
    user = liaison if role == Role.LIAISON else person(role)

    assert listed(cases, open_page(user, f"{QUEUE}?wait=mine")) == MINE[role]


def test_each_queue_of_the_office_lists_what_its_tab_counts(open_page, office, cases):
    page = open_page(office, QUEUE)
    tabs = {tab.contents[0].strip(): (tab["href"], int(tab.b.get_text())) for tab in page.select("nav.tabs a")}
    found = {}
    for wait in Wait:
        url, count = tabs[wait.label]
        shown = open_page(office, QUEUE + url)
        found[wait] = listed(cases, shown)
        assert (len(found[wait]), shown.select_one(".toolbar .end b").get_text()) == (count, str(count)), wait
        assert [tab.contents[0].strip() for tab in shown.select("nav.tabs [aria-current]")] == [wait.label]

    assert found == {
        Wait.MINE: MINE[Role.OFFICE],
        Wait.TODAY: ["accepted", "received", "returned"],
        Wait.RETURNED: ["returned"],
        Wait.EXTENSION: ["asked more time"],
        Wait.SUSPENSION: ["asked to stop"],
        Wait.SUSPENDED: ["stopped"],
        Wait.SUPERVISED: ["supervised"],
    }


def test_queues_in_which_nobody_waits_are_not_offered(open_page, office):
    filed()

    labels = [tab.contents[0].strip() for tab in open_page(office, QUEUE).select("nav.tabs a")]

    assert set(labels) & {wait.label for wait in Wait} == {Wait.MINE.label, Wait.TODAY.label}


def test_a_wait_is_kept_with_the_other_filters(open_page, office, cases):
    page = open_page(office, f"{QUEUE}?wait=returned&group=cleaning")

    assert page.select_one("form.toolbar input[name=wait]")["value"] == "returned"
    assert listed(cases, page) == ["returned"]
    assert listed(cases, open_page(office, f"{QUEUE}?wait=returned&group=roads")) == []
    assert Complaint.objects.count() == len(cases)
