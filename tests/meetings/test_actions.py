import datetime

import pytest

from audit.models import Entry
from common.errors import DomainError
from meetings import actions
from meetings.models import ActionItem, Meeting, Step
from meetings.workflow import IllegalMove, ItemState, Move
from notifications.models import Notice
from tests.factories.accounts import UserFactory
from tests.factories.meetings import MEETING_AT, NOW, MeetingFactory, item

pytestmark = pytest.mark.django_db
LATER = datetime.date(2026, 12, 20)


def told(person) -> list[str]:
    return list(Notice.objects.filter(recipient=person).order_by("pk").values_list("title", flat=True))


def test_a_units_liaisons_are_told_what_they_have_to_do_and_by_when(liaison, office):
    UserFactory(liaison=True)
    given = item(unit=liaison.unit, by=office)

    assert told(liaison) == ["交办：修好院内路灯（12 月 3 日前）"]
    assert Notice.objects.get().url == given.get_absolute_url()
    assert Entry.objects.filter(verb="交办事项", target_id=str(given.pk)).count() == 1


def test_an_item_goes_from_given_to_done_and_keeps_every_step(assigned, liaison, office):
    actions.follow_up(assigned, text="灯具已订货", by=liaison, at=NOW)
    actions.postpone(assigned, due_on=LATER, text="等灯具", by=office, at=NOW)
    actions.report_done(assigned, text="已装好 6 盏", by=liaison, at=NOW)
    assert assigned.is_reported
    actions.confirm(assigned, text="", by=office, at=NOW)

    stored = ActionItem.objects.get()
    assert (stored.state, stored.due_on, stored.is_reported, stored.closed_at) == (ItemState.DONE, LATER, False, NOW)
    assert list(Step.objects.values_list("version", "move", "by")) == [
        (0, Move.ASSIGN, office.pk),
        (1, Move.FOLLOW_UP, liaison.pk),
        (2, Move.POSTPONE, office.pk),
        (3, Move.REPORT, liaison.pk),
        (4, Move.CONFIRM, office.pk),
    ]
    assert told(office) == ["示例单位 12报进展：修好院内路灯", "示例单位 12报告办完：修好院内路灯"]


def test_what_is_taken_up_again_after_a_report_is_no_longer_reported(assigned, liaison, office):
    actions.report_done(assigned, text="已装好", by=liaison, at=NOW)
    actions.follow_up(assigned, text="还有两盏不亮", by=office, at=NOW)

    assert not ActionItem.objects.get().is_reported


@pytest.mark.parametrize("end", [actions.confirm, actions.cancel], ids=["done", "cancelled"])
def test_a_closed_item_takes_nothing_but_reopening(assigned, office, end):
    end(assigned, text="就这样", by=office, at=NOW)

    for move in (actions.follow_up, actions.report_done, actions.confirm, actions.cancel):
        with pytest.raises(IllegalMove):
            move(assigned, text="再说", by=office, at=NOW)
    actions.reopen(assigned, text="又坏了", by=office, at=NOW)
    assert (ActionItem.objects.get().state, ActionItem.objects.get().closed_at) == (ItemState.OPEN, None)


def test_no_deadline_lies_in_the_past(assigned, office):
    with pytest.raises(DomainError, match="办结期限不能早于今天。"):
        item(due_on=datetime.date(2026, 11, 22))
    with pytest.raises(DomainError, match="新的期限不能早于今天。"):
        actions.postpone(assigned, due_on=datetime.date(2026, 11, 22), text="", by=office, at=NOW)


def test_a_groups_heads_hear_of_a_meeting_that_the_office_calls(office, head, group):
    invitation = actions.Invitation(MEETING_AT, "示例会议室", "")
    actions.call_meeting(group=group, invitation=invitation, by=office, at=NOW)
    actions.call_meeting(group=group, invitation=invitation, by=head, at=NOW)

    assert told(head) == ["新的会议：环境卫生组（示例） 2026 年 11 月 26 日会议"]


def test_minutes_written_by_two_keep_the_first_and_tell_the_second(office, head, group):
    meeting = MeetingFactory(group=group)
    first, second = Meeting.objects.get(), Meeting.objects.get()
    actions.write_minutes(first, minutes="议定三件事", by=office, at=NOW)

    with pytest.raises(actions.StaleMeeting):
        actions.write_minutes(second, minutes="另一份", by=head, at=NOW)
    meeting.refresh_from_db()
    assert (meeting.minutes, meeting.minutes_by, meeting.version) == ("议定三件事", office, 1)
