from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from accounts.models import Role
from complaints.workflow import State
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.complaints import case_in

pytestmark = pytest.mark.django_db


def figures(client, user):
    client.force_login(user)
    page = BeautifulSoup(client.get("/workbench/").content, "html.parser")
    return {
        a.select_one("span").text.split()[0]: (a.select_one(".big").text, a["href"]) for a in page.select(".counts a")
    }


def test_the_office_sees_what_waits_for_it_and_each_count_leads_to_its_rows(client):
    now = timezone.now()
    for state in (State.RECEIVED, State.RECEIVED, State.ACCEPTED, State.HANDLED):
        case_in(state, at=now)

    found = figures(client, UserFactory(role=Role.OFFICE))

    assert {label: number for label, (number, _) in found.items() if label in {"待受理", "待派遣", "待核查"}} == {
        "待受理": "2",
        "待派遣": "1",
        "待核查": "1",
    }
    assert urlsplit(found["待受理"][1]).query == "state=received"


def test_a_liaison_counts_the_cases_of_the_own_unit_only(client):
    unit = UnitFactory()
    case_in(State.DISPATCHED, unit=unit, at=timezone.now())
    case_in(State.DISPATCHED, at=timezone.now())

    found = figures(client, UserFactory(role=Role.LIAISON, unit=unit))

    assert found["待签收"][0] == "1"


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.SECURITY])
def test_who_keeps_accounts_or_logs_sees_no_cases(client, role):
    case_in(State.RECEIVED, text="单元门口积雪结冰四天了。")

    client.force_login(UserFactory(role=role))
    page = client.get("/workbench/").content.decode()

    assert "积雪结冰" not in page
    assert "您可以做的事" in page


def test_the_workbench_asks_as_much_for_sixty_cases_as_for_three(client, django_assert_max_num_queries):
    for _ in range(12):
        case_in(State.RECEIVED)
    client.force_login(UserFactory())

    with django_assert_max_num_queries(17):
        client.get("/workbench/")
