from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.utils import timezone

from accounts.models import Role, User
from common.clock import CITY_TIME
from complaints.workflow import State
from notifications.outbox import notify
from progress.actions import Answer, submit_report
from progress.models import Outcome
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.complaints import case_in
from tests.factories.progress import MonthTaskFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]


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


@pytest.mark.parametrize(
    ("day", "hint", "is_alarm"), [(10, "25 日前报", False), (25, "25 日前报", False), (26, "25 日已过", True)]
)
def test_a_liaison_is_told_of_the_month_report_until_it_is_submitted(client, day, hint, is_alarm):
    liaison = UserFactory(role=Role.LIAISON, unit=UnitFactory())
    task = MonthTaskFactory(unit=liaison.unit)
    now = datetime(2026, 11, day, 9, tzinfo=CITY_TIME)

    with time_machine.travel(now, tick=False):
        [tile] = [a for a in opened(client, liaison).select(".counts a") if "没上报" in a.text]
        office = figures(client, UserFactory())
        answer = Answer(task, Outcome.DONE, text="每周一次，四次都做了。")
        submit_report(task.unit, task.due_month, answers=[answer], version=0, by=liaison, at=now)
        after, office_after = figures(client, liaison), figures(client, UserFactory())

    assert (tile.select_one(".big").text, tile["href"]) == ("1", "/workbench/reports/2026/11/")
    assert hint in tile.text
    assert (tile.get("class") == ["first"]) is is_alarm
    assert after["11"] == ("1", "/workbench/plan/")
    assert ("没上报月报告的单位" in office) is (day >= 20)
    assert "没上报月报告的单位" not in office_after


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.SECURITY])
def test_who_keeps_accounts_or_logs_sees_no_cases(client, role):
    case_in(State.RECEIVED, text="单元门口积雪结冰四天了。")

    client.force_login(UserFactory(role=role))
    page = client.get("/workbench/").content.decode()

    assert "积雪结冰" not in page
    assert "您可以做的事" in page
    assert "查案件号" not in page


def test_the_workbench_asks_as_much_for_sixty_cases_as_for_three(client, django_assert_max_num_queries):
    for _ in range(12):
        case_in(State.RECEIVED)
    client.force_login(UserFactory())

    with django_assert_max_num_queries(24):
        client.get("/workbench/")


def opened(client, user):
    client.force_login(user)
    return BeautifulSoup(client.get("/workbench/").content, "html.parser")


@pytest.mark.parametrize(
    ("role", "state", "label"),
    [
        (Role.OFFICE, State.RECEIVED, "受理第一件"),
        (Role.OFFICE, State.ACCEPTED, "派遣第一件"),
        (Role.OFFICE, State.HANDLED, "核查第一件"),
        (Role.GUIDANCE, State.HANDLED, "记一次指导推进"),
        (Role.LIAISON, State.DISPATCHED, "签收第一件"),
        (Role.LIAISON, State.HANDLING, "办第一件"),
        (Role.OPERATOR, State.RECEIVED, "登记来电"),
        (Role.LEADER, State.HANDLED, "看驾驶舱"),
    ],
)
def test_one_button_says_what_comes_first(client, role, state, label):
    unit = UnitFactory()
    case = (
        case_in(state, unit=unit, at=timezone.now()) if state != State.RECEIVED else case_in(state, at=timezone.now())
    )
    user = UserFactory(role=role, unit=unit if role == Role.LIAISON else None)

    page = opened(client, user)

    button = page.select("main .btn-primary")
    assert [one.get_text() for one in button] == [label]
    if "第一件" in label:
        assert button[0]["href"] == case.get_absolute_url()
        assert [link["href"] for link in page.select(".queue-cards a.title")] == [case.get_absolute_url()]


def test_what_waits_for_others_is_not_among_what_waits_for_me(client):
    case_in(State.HANDLING, at=timezone.now())

    page = opened(client, UserFactory(role=Role.OFFICE))

    assert page.select(".queue-cards a.title") == []


def test_it_says_what_is_new_since_the_last_time_until_it_was_seen(client):
    office, other = UserFactory(), UserFactory()
    now = timezone.now()
    User.objects.update(looked_at=now - timedelta(hours=12))
    for hours, person in ((20, office), (3, office), (2, other)):
        at = now - timedelta(hours=hours)
        notify([person], reason=f"test:{hours}", title=f"{hours} 小时前的事", url="/workbench/", at=at)

    def news():
        return [link.get_text() for link in opened(client, office).select("[aria-labelledby=h-news] a.title")]

    assert news() == ["3 小时前的事"]
    before = client.session["workbench_since"]
    client.post("/workbench/seen/")
    assert client.session["workbench_since"] > before
    seen = BeautifulSoup(client.get("/workbench/").content, "html.parser")
    assert "没有新的变化" in seen.select_one("[aria-labelledby=h-news]").get_text()
    # Whoever signs in again is told what came since they were here, not since they were told.
    client.logout()
    office.refresh_from_db()
    assert office.looked_at >= now
