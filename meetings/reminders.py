"""Reminders of action items: to the unit before and after the day, to those who gave them after it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse

from accounts.models import Role, User
from common.clock import CITY_TIME
from meetings.models import ActionItem
from notifications.models import Kind, Urgency
from notifications.outbox import notify

DAYS_AHEAD = timedelta(days=3)


@transaction.atomic
def remind_of_items(*, at: datetime) -> int:
    """Once a day: what is due within three days or overdue; returns how many items that is.

    What a unit has reported as done waits for whoever gave it, so that the unit hears no more of it.
    """
    today = at.astimezone(CITY_TIME).date()
    found = ActionItem.objects.open().filter(due_on__lte=today + DAYS_AHEAD)
    items = list(found.select_related("meeting").order_by("due_on", "pk"))
    overdue = [item for item in items if item.due_on < today]
    soon = [item for item in items if item.due_on >= today]
    _remind_units(soon, f"items-soon:{today}", Urgency.NORMAL, today=today, at=at)
    _remind_units(overdue, f"items-overdue:{today}", Urgency.HIGH, today=today, at=at)
    _tell_givers(overdue, today=today, at=at)
    return len(items)


def _remind_units(items: Iterable[ActionItem], reason: str, urgency: Urgency, *, today: date, at: datetime) -> None:
    """One line a unit and day: the item by its name, or how many there are."""
    by_unit: dict[int, list[ActionItem]] = defaultdict(list)
    for item in items:
        if not item.is_reported:
            by_unit[item.unit_id].append(item)
    for person in User.objects.filter(role=Role.LIAISON, is_active=True, unit__in=by_unit):
        mine = by_unit[person.unit_id or 0]
        url = mine[0].get_absolute_url() if len(mine) == 1 else reverse("meetings:items")
        notify([person], reason=reason, title=_told(mine, today), url=url, kind=Kind.REMINDER, urgency=urgency, at=at)


def _told(items: Sequence[ActionItem], today: date) -> str:
    first = items[0]
    days = (first.due_on - today).days
    when = f"过期 {-days} 天" if days < 0 else "今天到期" if days == 0 else f"还有 {days} 天到期"
    if len(items) > 1:
        return f"{len(items)} 项交办事项{'过期了' if days < 0 else '快到期'}，最早的{when}：{first.content}"
    return f"交办事项{when}：{first.content}"


def _tell_givers(overdue: Sequence[ActionItem], *, today: date, at: datetime) -> None:
    """The office hears of all, a group's head of those that the group's meetings gave."""
    by_group: dict[int | None, int] = defaultdict(int)
    for item in overdue:
        by_group[item.meeting.group_id if item.meeting else None] += 1
    heads = User.objects.filter(role=Role.GROUP_HEAD, is_active=True, group__in=[key for key in by_group if key])
    office = User.objects.filter(role=Role.OFFICE, is_active=True) if overdue else User.objects.none()
    for person in heads | office:
        count = len(overdue) if person.role == Role.OFFICE else by_group[person.group_id]
        notify(
            [person],
            reason=f"items-overdue:{today}",
            title=f"{count} 项交办事项过期还没有办结",
            url=f"{reverse('meetings:items')}?state=overdue",
            kind=Kind.REMINDER,
            at=at,
        )
