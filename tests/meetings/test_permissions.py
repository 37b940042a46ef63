"""Who sees and does what, cell by cell, asked of the pages themselves."""

import pytest

from meetings.workflow import PATHS, ItemState, Move
from tests.factories.meetings import MeetingFactory, item

pytestmark = [pytest.mark.django_db, pytest.mark.once]

EVERY_MEETING = {"office", "leader", "guidance", "supervision"}
# Address, and who gets an answer other than a refusal, for a meeting of the head's group that gave the unit an item.
PAGES = {
    "/workbench/meetings/": EVERY_MEETING | {"head", "other_head", "liaison", "stranger"},
    "/workbench/meetings/new/": {"office", "head", "other_head"},
    "/workbench/meetings/{meeting}/": EVERY_MEETING | {"head", "liaison"},
    "/workbench/meetings/{meeting}/pack/": EVERY_MEETING | {"head"},
    "/workbench/meetings/{meeting}/edit/": {"office", "head"},
    "/workbench/meetings/{meeting}/minutes/": {"office", "head"},
    "/workbench/meetings/{meeting}/items/new/": {"office", "head"},
    "/workbench/actions/": EVERY_MEETING | {"head", "other_head", "liaison", "stranger"},
    "/workbench/actions/{item}/": EVERY_MEETING | {"head", "liaison"},
}
MOVES = {
    Move.FOLLOW_UP: {"office", "head", "liaison"},
    Move.REPORT: {"liaison"},
    Move.POSTPONE: {"office", "head"},
    Move.CONFIRM: {"office", "head"},
    Move.CANCEL: {"office", "head"},
    Move.REOPEN: {"office", "head"},
}


@pytest.fixture
def given(people, group):
    meeting = MeetingFactory(group=group)
    return item(meeting=meeting, unit=people["liaison"].unit, by=people["head"])


@pytest.mark.parametrize("address", PAGES)
def test_each_page_opens_to_those_it_concerns(client, people, given, address):
    url = address.format(meeting=given.meeting_id, item=given.pk)
    opened = set()
    for name, person in people.items():
        client.force_login(person)
        if client.get(url).status_code == 200:
            opened.add(name)

    assert opened == PAGES[address]


@pytest.mark.parametrize("move", [move for move in Move if move != Move.ASSIGN])
def test_each_move_is_for_those_of_its_row(client, people, given, move):
    done = set()
    for name, person in people.items():
        given.refresh_from_db()
        state = next(iter(PATHS[move][0]))
        given.__class__.objects.filter(pk=given.pk).update(
            state=state, closed_at=None if state == ItemState.OPEN else given.created_at
        )
        client.force_login(person)
        typed = {"version": given.version, "text": "已安排", "due_on": "2026-12-10"}
        if client.post(f"/workbench/actions/{given.pk}/{move}/", typed).status_code == 302:
            done.add(name)

    assert done == MOVES[move]


def test_the_leading_groups_meetings_are_read_by_every_head_and_held_by_the_office_alone(client, people):
    meeting = MeetingFactory()
    answers = {}
    for name in ("head", "office"):
        client.force_login(people[name])
        answers[name] = [
            client.get(f"/workbench/meetings/{meeting.pk}/{page}").status_code for page in ("", "pack/", "edit/")
        ]

    assert answers == {"head": [200, 403, 403], "office": [200, 200, 200]}


def test_a_unit_reads_its_own_items_of_a_meeting_and_no_others(client, people, given):
    other = item(meeting=given.meeting, unit=people["stranger"].unit, content="别的单位的事")
    client.force_login(people["liaison"])
    page = client.get(given.meeting.get_absolute_url()).content.decode()

    assert given.content in page
    assert other.content not in page


def test_a_head_cannot_hold_another_groups_meeting(client, people):
    client.force_login(people["head"])
    typed = {"group": people["other_head"].group.pk, "day": "2026-11-27", "time": "09:00"}
    client.post("/workbench/meetings/new/", typed)

    assert [meeting.group for meeting in MeetingFactory._meta.model.objects.all()] == [people["head"].group]
