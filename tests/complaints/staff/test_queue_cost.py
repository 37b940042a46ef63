"""What a page of the queue asks of the database: the same whatever it holds, and little, for every role."""

from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from complaints import actions
from complaints.models import HelpingUnit, SavedFilter
from complaints.queue_page import QueuePage
from complaints.workflow import State
from tests.factories.accounts import SpecialGroupFactory, UserFactory
from tests.factories.complaints import HOUR, MONDAY, case_in
from tests.factories.grids import GridFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_noon")]
QUEUE = "/workbench/complaints/"


def statements(client, user, url):
    client.force_login(user)
    client.get(url)  # the session notes once a minute that somebody is there
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def fill(count, unit):
    for _ in range(count):
        case_in(State.HANDLING, unit=unit, grid=GridFactory())


def somebody(role, liaison):
    if role == Role.LIAISON:
        return liaison
    return UserFactory(role=role, group=SpecialGroupFactory() if role == Role.GROUP_HEAD else None)


@pytest.mark.parametrize("role", Role)
def test_no_role_needs_more_than_eight_statements(client, liaison, role):
    fill(3, liaison.unit)
    case_in(State.CLOSED, unit=liaison.unit)
    user = somebody(role, liaison)
    SavedFilter.objects.create(owner=user, name="示例筛选", query="light=overdue")
    HelpingUnit.objects.create(complaint=case_in(State.HANDLING), unit=liaison.unit, added_at=MONDAY)

    for query in ("", "?state=handling", "?light=overdue", "?wait=mine", "?state=all", "?state=closed", "?q=积雪"):
        assert statements(client, user, QUEUE + query) <= 8, query


@pytest.mark.once
@pytest.mark.parametrize("role", [Role.OFFICE, Role.LIAISON])
@pytest.mark.parametrize("query", ["", "?q=积雪", "?state=all"])
def test_the_queue_costs_the_same_whatever_it_holds(client, liaison, role, query):
    user = somebody(role, liaison)
    fill(3, liaison.unit)
    few = statements(client, user, QUEUE + query)
    fill(27, liaison.unit)

    assert statements(client, user, QUEUE + query) == few


def test_a_kept_statement_is_asked_for_the_moment_and_the_cases_of_each_request(liaison, office):
    def late(at):
        page = QueuePage(QueryDict("light=overdue"), user=office, at=at)
        return [row.number for row in page.rows], page.counts.overdue

    first, second = (case_in(State.HANDLING, unit=liaison.unit, at=MONDAY - timedelta(hours=n)) for n in (24, 0))
    assert late(MONDAY) == ([], 0)
    assert late(first.due_at + HOUR) == ([first.number], 1)
    assert late(second.due_at + HOUR) == ([first.number, second.number], 2)
    actions.submit_result(first, result="已清理干净。", by=liaison, at=first.due_at + HOUR)
    assert late(second.due_at + HOUR) == ([first.number, second.number], 2)
    actions.pass_verification(first, by=office, at=first.due_at + 2 * HOUR)
    assert late(second.due_at + HOUR) == ([second.number], 1)
