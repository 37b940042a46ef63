"""Quiet hours: at night only what is urgent leaves the portal."""

from datetime import datetime, time, timedelta

from django.conf import settings

from common.clock import CITY_TIME
from notifications.models import Urgency


def not_before(at: datetime, urgency: Urgency) -> datetime:
    """When a message of this urgency may go out: `at`, or the end of the quiet hours that `at` lies in."""
    begin, end = settings.NOTICE_QUIET_HOURS
    local = at.astimezone(CITY_TIME)
    if urgency == Urgency.URGENT or not _within(local.time(), begin, end):
        return at
    morning = datetime.combine(local.date(), end, CITY_TIME)
    return morning if morning > at else morning + timedelta(days=1)


def _within(now: time, begin: time, end: time) -> bool:
    """Whether `now` lies in [begin, end), which may pass midnight; nothing does where both are the same."""
    if begin <= end:
        return begin <= now < end
    return now >= begin or now < end
