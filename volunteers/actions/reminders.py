from datetime import datetime

from django.db import transaction
from django.urls import reverse

from accounts.models import Role, User
from common.clock import CITY_TIME
from notifications.outbox import notify
from volunteers import stats


@transaction.atomic
def remind_missing_patrols(*, at: datetime) -> int:
    """Remind the people of each unit whose lead grid has no patrol log today; once a day. Returns how many units."""
    today = at.astimezone(CITY_TIME).date()
    missing = stats.missing_patrols(on=today)
    people: dict[int, list[User]] = {}
    liaisons = User.objects.filter(unit__in=[unit.pk for unit in missing], role=Role.LIAISON, is_active=True)
    for person in liaisons.order_by("pk"):
        people.setdefault(person.unit_id or 0, []).append(person)
    for unit, grids in missing.items():
        names = "、".join(str(grid) for grid in grids[:3]) + (f" 等 {len(grids)} 个网格" if len(grids) > 3 else "")
        notify(
            people.get(unit.pk, []),
            reason=f"patrol-missing:{unit.pk}:{today}",
            title=f"今天还没有巡查：{names}",
            url=reverse("volunteers:patrols"),
            at=at,
        )
    return len(missing)
