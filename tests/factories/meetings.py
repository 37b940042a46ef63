import datetime

import factory

from common.clock import CITY_TIME
from meetings import actions
from meetings.models import ActionItem, Meeting
from tests.factories.accounts import UnitFactory, UserFactory

MEETING_AT = datetime.datetime(2026, 11, 26, 9, tzinfo=CITY_TIME)
NOW = datetime.datetime(2026, 11, 23, 9, tzinfo=CITY_TIME)


class MeetingFactory(factory.django.DjangoModelFactory):
    """A meeting of the leading group; group=… makes it a special group's."""

    class Meta:
        model = Meeting

    held_at = MEETING_AT
    place = "示例会议室"
    called_by = factory.SubFactory(UserFactory)


def item(*, meeting=None, unit=None, by=None, due_on=datetime.date(2026, 12, 3), content="修好院内路灯") -> ActionItem:
    """An action item as a meeting gives it, by the real action."""
    return actions.assign(
        meeting or MeetingFactory(),
        unit=unit or UnitFactory(),
        content=content,
        due_on=due_on,
        by=by or UserFactory(),
        at=NOW,
    )
