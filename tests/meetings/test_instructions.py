"""Leaders' instructions (批示): who writes, who replies, who sees them, and that nothing confidential leaks."""

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, transaction

from accounts.models import Role
from common.errors import DomainError
from complaints.models import Complaint
from complaints.workflow import State
from meetings import actions, stats
from meetings.actions import About
from meetings.models import ActionItem, Instruction
from notifications.models import Notice
from tests.factories.accounts import UserFactory
from tests.factories.complaints import case_in
from tests.factories.meetings import NOW, MeetingFactory
from tests.factories.progress import BlueTaskFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]
NEW = "/workbench/instructions/new/"
SAID = {"content": "本周内修好，写明原因。", "due_on": "2026-11-30"}


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


@pytest.fixture
def case(liaison):
    return case_in(State.HANDLING, unit=liaison.unit)


@pytest.fixture
def task(group, liaison):
    return BlueTaskFactory(group=group, unit=liaison.unit, content="清运垃圾 4 次")


def written(leader, unit, *, content="本周内修好。", **about):
    return actions.instruct(About(**about), unit=unit, content=content, due_on=NOW.date(), by=leader, at=NOW)


def readers(client, people, address, words):
    """The names of those who find the words at the address."""
    found = set()
    for name, person in people.items():
        client.force_login(person)
        if words in client.get(address).content.decode():
            found.add(name)
    return found


def test_leaders_alone_write(client, people, case, task):
    opened = {}
    for on in (f"case={case.number}", f"task={task.pk}", "figure=按期结案率&value=8／9"):
        for name, person in people.items():
            client.force_login(person)
            opened.setdefault(on, set()).update({name} if client.get(f"{NEW}?{on}").status_code == 200 else ())

    assert list(opened.values()) == [{"leader"}] * 3


def test_a_leader_writes_on_a_case_the_unit_replies_and_the_leader_sees_it_where_it_was_written(
    client, leader, liaison, case
):
    client.force_login(leader)
    card = soup(client.get(case.get_absolute_url())).select_one("[aria-labelledby=h-instructions]")
    button = card.select_one(".card-header a")
    form = soup(client.get(button["href"]))
    unit = form.select_one("[name=unit] option[selected]")["value"]
    item_url = client.post(button["href"], SAID | {"unit": unit})["Location"]
    client.force_login(liaison)
    on_the_case = soup(client.get(case.get_absolute_url())).select_one("[aria-labelledby=h-instructions]")
    client.post(f"{item_url}report/", {"version": 0, "text": "已修好，附照片。"})
    client.force_login(leader)
    shown = [
        soup(client.get(page)).select_one(".reply").text
        for page in (case.get_absolute_url(), "/workbench/instructions/")
    ]

    assert (int(unit), "本周内修好" in on_the_case.text) == (liaison.unit_id, True)
    assert all("已修好，附照片。" in reply for reply in shown)
    told = {(notice.recipient_id, "本周内修好" in notice.title) for notice in Notice.objects.filter(url=item_url)}
    assert told == {(liaison.pk, True), (leader.pk, True)}
    assert client.post(f"{item_url}confirm/", {"version": 1, "text": ""}).status_code == 302
    assert ActionItem.objects.get().state == "done"


def test_what_is_written_on_a_month_task_is_seen_on_its_page_by_its_unit_and_its_group(client, people, leader, task):
    item = written(leader, task.unit, task=task)
    who = {"office", "leader", "guidance", "supervision", "head", "liaison"}

    assert readers(client, people, f"/workbench/flags/tasks/{task.pk}/history/", item.content) == who
    assert readers(client, people, item.get_absolute_url(), item.content) == who


def test_an_instruction_on_a_case_that_becomes_confidential_is_hidden_from_whoever_may_not_see_the_case(
    client, people, leader, case, office
):
    meeting = MeetingFactory()
    item, elsewhere = (
        written(leader, case.unit, case=case),
        written(leader, people["stranger"].unit, case=case, content="配合。"),
    )
    before = readers(client, people, item.get_absolute_url(), item.content)
    other_before = readers(client, people, elsewhere.get_absolute_url(), "配合。")
    Complaint.objects.filter(pk=case.pk).update(is_confidential=True)
    lists = ("/workbench/actions/", f"/workbench/meetings/{meeting.pk}/pack/", "/workbench/instructions/")

    assert before == {"office", "leader", "guidance", "supervision", "liaison"}
    assert other_before == {"office", "leader", "guidance", "supervision", "stranger"}
    assert readers(client, people, item.get_absolute_url(), item.content) == {"office", "supervision", "liaison"}
    assert readers(client, people, elsewhere.get_absolute_url(), "配合。") == {"office", "supervision"}
    assert [readers(client, people, page, item.content) for page in lists] == [
        {"office", "supervision", "liaison"},
        set(),
        {"office"},
    ]
    assert readers(client, people, case.get_absolute_url(), item.content) == {"office", "supervision", "liaison"}


def test_nothing_is_written_on_a_confidential_case(client, leader, case):
    Complaint.objects.filter(pk=case.pk).update(is_confidential=True)
    client.force_login(leader)

    assert client.get(f"{NEW}?case={case.number}").status_code == 404
    with pytest.raises(DomainError, match="保密案件"):
        written(leader, case.unit, case=Complaint.objects.get())
    assert not ActionItem.objects.exists()


def test_a_unit_that_may_not_open_the_case_reads_its_number_and_no_more(client, people, leader, case):
    item = written(leader, people["stranger"].unit, case=case)
    client.force_login(people["stranger"])
    page = soup(client.get(item.get_absolute_url()))

    assert case.number in page.text
    assert case.title not in page.text
    assert page.find("a", href=case.get_absolute_url()) is None


@pytest.mark.parametrize(
    ("page", "link"),
    [
        ("/board/2026/11/", "/board/2026/11/"),
        ("//evil.example/", None),
        ("javascript:alert(1)", None),
        ("https://e.com", None),
    ],
)
def test_a_figure_is_kept_as_it_stood_and_leads_to_a_page_of_ours_alone(client, leader, liaison, page, link):
    client.force_login(leader)
    address = f"{NEW}?figure=红旗／已标&value=8／9&page={page}"
    assert client.post(address, SAID | {"unit": liaison.unit_id}).status_code == 302
    item = ActionItem.objects.get()
    shown = soup(client.get(item.get_absolute_url())).find(string="红旗／已标　8／9").parent

    assert item.instruction.about == "红旗／已标 8／9"
    assert shown.get("href") == link


def test_each_leader_keeps_the_own_instructions(client, leader, case, liaison):
    item = written(leader, case.unit, case=case)
    other = UserFactory(role=Role.LEADER)
    client.force_login(other)

    assert client.post(f"{item.get_absolute_url()}confirm/", {"version": 0, "text": ""}).status_code == 403
    assert [list(stats.instructions_of(person)) for person in (leader, other)] == [[item], []]


def test_an_instruction_is_on_exactly_one_thing(leader, case, task, liaison):
    item = written(leader, case.unit, case=case)

    for about in ({}, {"case": case, "task": task}, {"task": task, "figure": "结案率"}):
        Instruction.objects.all().delete()
        with pytest.raises(IntegrityError), transaction.atomic():
            Instruction.objects.create(item=item, **about)
