"""How a case that stays late is carried up, who lets its reminders rest, and who decides."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import connection

from accounts.models import Role, User
from common.errors import DomainError, StaleRecord
from complaints import actions
from complaints.models import Acknowledgement, Complaint, Escalation, Event
from complaints.workflow import Move, State
from notifications.models import Notice
from tests.complaints.cast import person
from tests.factories.accounts import UserFactory
from tests.factories.complaints import case_in

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
LIST = "/workbench/complaints/escalated/"


@pytest.fixture
def case(db):
    """A case with a unit that has a liaison and a head; its notices so far are forgotten."""
    case = case_in(State.HANDLING)
    UserFactory(role=Role.LIAISON, unit=case.unit, is_unit_head=True)
    Notice.objects.all().delete()
    return case


def run(at):
    for _ in range(2):  # a second time changes nothing
        actions.escalate_late_cases(at=at)


def told():
    found = Notice.objects.select_related("recipient").order_by("pk")
    return [(one.recipient.role, one.recipient.is_unit_head, one.title.partition("：")[0]) for one in found]


def test_the_next_day_the_head_hears_of_it_once_and_two_days_later_the_office_gets_it_to_decide(case):
    run(case.due_at + DAY - MINUTE)
    assert told() == []
    run(case.due_at + DAY)
    run(case.due_at + 2 * DAY)
    assert told() == [(Role.LIAISON, True, "超时没有办结，请负责人过问")]

    run(case.due_at + 3 * DAY + MINUTE)

    assert told()[1:] == [(Role.OFFICE, False, "1 件超时案件等您定要不要督办")]
    case.refresh_from_db()
    assert not case.is_supervised, "nobody but the office supervises"


def test_where_a_unit_named_no_head_its_liaison_hears_of_it(case):
    User.objects.filter(is_unit_head=True).delete()
    run(case.due_at + DAY)

    assert told() == [(Role.LIAISON, False, "超时没有办结，请负责人过问")]


@pytest.mark.parametrize("state", [State.RECEIVED, State.HANDLED, State.CLOSED])
def test_what_does_not_lie_with_a_unit_is_carried_nowhere(db, state):
    case = case_in(state)
    run((case.due_at or case.filed_at) + 30 * DAY)

    assert not Escalation.objects.exists()


def test_what_moved_on_is_not_to_be_decided_any_more(case):
    at = case.due_at + 3 * DAY + MINUTE
    run(case.due_at + DAY)
    run(at)
    listed = Escalation.objects.to_decide(at=at)
    assert listed.count() == 1

    actions.submit_result(case, result="好了。", by=UserFactory(), at=at)

    assert listed.count() == 0
    with pytest.raises(StaleRecord, match="刚刚有变化"):
        actions.decide_escalation(
            Escalation.objects.get(), outcome=Escalation.Outcome.LEFT, reason="办完了", by=UserFactory(), at=at
        )


def test_an_acknowledgement_lets_the_reminders_rest_and_not_the_carrying_up(case):
    liaison = User.objects.get(unit=case.unit, is_unit_head=False)
    actions.remind_of_deadlines(at=case.due_at + MINUTE)
    before = len(told())
    actions.acknowledge(case, note="配件周四到", rest=2 * DAY, by=liaison, at=case.due_at + 2 * MINUTE)

    actions.remind_of_deadlines(at=case.due_at + DAY)
    assert len(told()) == before
    run(case.due_at + DAY)
    assert len(told()) == before + 1
    actions.remind_of_deadlines(at=case.due_at + 3 * DAY)
    assert len(told()) == before + 4, "liaison, head and office: the rest is over"


@pytest.mark.parametrize(
    ("note", "rest", "said"), [("", DAY, "怎么办"), (" ", DAY, "怎么办"), ("好", 4 * DAY, "最多停 3 天")]
)
def test_an_acknowledgement_says_how_and_for_how_long(case, note, rest, said):
    with pytest.raises(DomainError, match=said):
        actions.acknowledge(case, note=note, rest=rest, by=UserFactory(), at=case.due_at + MINUTE)
    with pytest.raises(DomainError, match="没有快到期"):
        actions.acknowledge(case, note="好", rest=DAY, by=UserFactory(), at=case.warn_at - MINUTE)


def test_who_may_acknowledge_is_whom_the_case_waits_for(case, client):
    url = f"{case.get_absolute_url()}acknowledge/"
    with_office = case_in(State.RECEIVED)
    given = {"note": "正在协调", "days": "1"}
    answers = {}
    with time_machine.travel(max(case.due_at, with_office.due_at) + MINUTE, tick=False):
        for role in Role:
            client.force_login(person(role, case.unit))
            at_unit = client.post(url, given).status_code
            at_office = client.post(f"{with_office.get_absolute_url()}acknowledge/", given).status_code
            answers[role] = (at_unit == 302, at_office == 302)
        client.force_login(person(Role.LIAISON, case.unit))
        page = client.get(case.get_absolute_url()).content.decode()
        wrong = client.post(url, {"note": "长" * 201, "days": "1"})

    nothing = (False, False)
    assert answers == dict.fromkeys(Role, nothing) | {
        Role.LIAISON: (True, False),
        Role.OFFICE: (False, True),
        Role.OPERATOR: (False, True),
    }
    assert "正在协调" in page and "提醒停到" in page
    assert (wrong.status_code, "最多 200 个字" in wrong.content.decode(), "长" * 201 in wrong.content.decode()) == (
        422, True, True,
    )  # fmt: skip
    assert Acknowledgement.objects.count() == 3


def test_the_office_decides_with_a_reason(case, client):
    run(case.due_at + DAY)
    at = case.due_at + 3 * DAY + MINUTE
    run(at)
    client.force_login(UserFactory())
    with time_machine.travel(at, tick=False):
        assert case.number in client.get(LIST).content.decode()
        assert "待定督办" in client.get("/workbench/").content.decode()
        url = f"{LIST}{Escalation.objects.get().pk}/"
        refused = client.post(url, {"outcome": "supervised", "reason": ""})
        client.post(url, {"outcome": "supervised", "reason": "拖了三天，居民又催。"})
        again = client.post(url, {"outcome": "left", "reason": "算了"})
        page = client.get(LIST).content.decode()

    assert (refused.status_code, "写一句理由" in refused.content.decode()) == (422, True)
    assert again.status_code == 409
    assert "没有要定的" in page
    assert Event.objects.get(move=Move.SUPERVISE).note == "拖了三天，居民又催。"
    assert Complaint.objects.get().is_supervised


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_tell_the_head_once():
    case = case_in(State.HANDLING)
    UserFactory(role=Role.LIAISON, unit=case.unit, is_unit_head=True)
    Notice.objects.all().delete()
    both = Barrier(2, timeout=60)

    def scheduler(_):
        try:
            both.wait()
            actions.escalate_late_cases(at=case.due_at + DAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(scheduler, range(2)))

    assert Escalation.objects.count() == Notice.objects.count() == 1
