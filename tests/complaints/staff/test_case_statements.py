"""However much a case has gone through, its page asks the database twelve times at most, whoever opens it."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from complaints import actions
from complaints.models import Escalation
from complaints.models.complaint import Satisfaction
from complaints.workflow import State
from meetings.actions import About, instruct, report_done
from tests.complaints.cast import person
from tests.factories.accounts import UnitFactory
from tests.factories.complaints import HOUR, MONDAY, case_in, clean_photo, filed
from tests.factories.grids import CENTRE, GridFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_noon")]
DAY = timedelta(days=1)
MOST = 12
SEEING = [Role.OFFICE, Role.SUPERVISION, Role.LEADER]
FRIEND = actions.Contact(phone="13800005678")


@pytest.fixture
def cast(db):
    """Who reads cases of all units, one of them but what is confidential; the unit in charge; the one that helps."""
    unit, helper = UnitFactory(), UnitFactory()
    return {role: person(role) for role in SEEING} | {
        Role.LIAISON: person(Role.LIAISON, unit),
        "helping": person(Role.LIAISON, helper),
    }


@pytest.fixture
def office(cast):
    return cast[Role.OFFICE]


@pytest.fixture
def liaison(cast):
    return cast[Role.LIAISON]


@pytest.fixture
def case(cast, office, liaison):
    """With photos, a follower, a unit that helps, another case merged into it, an instruction and its reply; handled
    for the second time, since the resident was not satisfied.
    """
    GridFactory()
    case = case_in(State.HANDLING, unit=liaison.unit, point=CENTRE, photos=[clean_photo("red")])
    at = MONDAY + 4 * HOUR
    actions.follow(case, contact=FRIEND, key="friend", at=at)
    actions.set_helpers(case, units=[cast["helping"].unit], by=office, at=at)
    actions.add_note(case, text="铲雪车已经调来。", photos=[clean_photo("green")], by=cast["helping"], at=at)
    twin = filed(point=CENTRE, photos=[clean_photo()]).complaint
    actions.follow(twin, contact=FRIEND, key="twin", at=at)
    actions.merge(twin, into=case, by=office, at=at)
    actions.submit_result(case, result="清理完了。", photos=[clean_photo("blue")], by=liaison, at=at)
    actions.pass_verification(case, by=office, at=at)
    actions.rate(case, satisfaction=Satisfaction.DISSATISFIED, is_solved=False, at=at)
    due_on = (at + DAY).date()
    item = instruct(
        About(case=case), unit=liaison.unit, content="本周内修好。", due_on=due_on, by=cast[Role.LEADER], at=at
    )
    report_done(item, text="已修好。", by=liaison, at=at)
    actions.begin_legal_hold(case, reason="法院调取证据。", by=office, at=at)
    return case


@pytest.fixture
def late_case(case, office, liaison):
    """The same, carried up to the list, supervised, and acknowledged."""
    at = case.due_at + 4 * DAY
    actions.escalate_late_cases(at=case.due_at + DAY)
    actions.escalate_late_cases(at=at)
    listed = Escalation.objects.get()
    actions.decide_escalation(listed, outcome=Escalation.Outcome.SUPERVISED, reason="超时三天。", by=office, at=at)
    case.refresh_from_db()
    actions.acknowledge(case, note="配件周四到。", rest=DAY, by=liaison, at=at)
    return case


def statements(client, cast, case):
    """How many the page takes for each of them, of those who may open it; what is remembered was read before."""
    counted = {}
    for name, user in cast.items():
        client.force_login(user)
        client.get(case.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(case.get_absolute_url())
        if answer.status_code == 200:
            counted[str(name)] = len(queries)
    return counted


def few(counted, *, readers):
    return len(counted) == readers and max(counted.values()) <= MOST


def test_a_late_case_with_all_that_a_case_can_have(client, open_page, cast, office, late_case, monday_noon):
    monday_noon.move_to(late_case.due_at + 4 * DAY)

    counted = statements(client, cast, late_case)
    shown = open_page(office, late_case.get_absolute_url()).select_one("#case").get_text()

    for words in (
        "并入这一件的", "协办单位", "办理中的照片", "已报单位负责人", "列入督办", "知道了，正在办", "领导批示",
        "已修好。", "法律保全中", "另有 1 人关注", "转二次办理",
    ):  # fmt: skip
        assert words in shown
    assert few(counted, readers=5), counted


def test_a_late_one_whose_unit_asks_to_stop_the_clock_and_gets_it(
    client, cast, late_case, office, liaison, monday_noon
):
    at = late_case.due_at + 4 * DAY
    monday_noon.move_to(at)
    actions.ask_suspension(late_case, until=date(2027, 5, 4), reason="冻土期不能开挖。", by=liaison, at=at)
    asking = statements(client, cast, late_case)
    actions.grant_suspension(late_case, by=office, at=at)
    suspended = statements(client, cast, late_case)

    assert few(asking, readers=5), asking
    assert few(suspended, readers=5), suspended


def test_one_in_time_whose_unit_has_asked_for_an_extension_and_got_it(client, cast, case, office, liaison):
    at = MONDAY + 5 * HOUR
    actions.ask_extension(case, days=3, reason="配件还没有到货。", by=liaison, at=at)
    asking = statements(client, cast, case)
    actions.grant_extension(case, by=office, at=at)
    extended = statements(client, cast, case)

    assert few(asking, readers=5), asking
    assert few(extended, readers=5), extended


def test_one_that_is_handled_closed_and_made_confidential(client, cast, late_case, office, liaison, monday_noon):
    at = late_case.due_at + 4 * DAY
    monday_noon.move_to(at)
    actions.submit_result(late_case, result="修好了。", photos=[clean_photo("white")], by=liaison, at=at)
    handled = statements(client, cast, late_case)
    actions.pass_verification(late_case, by=office, at=at)
    actions.rate(late_case, satisfaction=Satisfaction.SATISFIED, is_solved=True, at=at)
    closed = statements(client, cast, late_case)
    actions.mark(late_case, is_confidential=True, is_anonymous=True, reason="反映人要求。", by=office, at=at)
    confidential = statements(client, cast, late_case)

    assert few(handled, readers=5), handled
    assert few(closed, readers=5), closed
    assert few(confidential, readers=4), confidential


def test_one_that_was_merged(client, cast, case):
    counted = statements(client, cast, case.merged.get())

    assert few(counted, readers=3), counted
