from datetime import datetime, time, timedelta

from django.db import transaction
from django.urls import reverse

from accounts.models import Role, User
from common.clock import CITY_TIME
from notifications.outbox import notify
from volunteers import stats
from volunteers.actions.messages import tell
from volunteers.models import Activity, SignUp
from volunteers.workflow import ActivityState


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


def remind_of_activities(*, at: datetime) -> int:
    """Remind everybody with a place in an activity of tomorrow; once. Returns how many activities."""
    tomorrow = datetime.combine(at.astimezone(CITY_TIME).date() + timedelta(days=1), time(), CITY_TIME)
    activities = Activity.objects.filter(
        state=ActivityState.PUBLISHED, starts_at__gte=tomorrow, starts_at__lt=tomorrow + timedelta(days=1)
    )
    for activity in activities:
        _remind(activity, at=at)
    return len(activities)


@transaction.atomic
def _remind(activity: Activity, *, at: datetime) -> None:
    going = SignUp.objects.going().filter(activity=activity).select_related("volunteer")
    bring = f"，请带{activity.bring}" if activity.bring else ""
    starts = activity.starts_at.astimezone(CITY_TIME)
    text = f"明天 {starts:%H:%M} “{activity.title}”，在{activity.place}集合{bring}。来不了请尽早取消。"
    reason = f"activity-tomorrow:{activity.pk}:{starts:%Y-%m-%d}"
    tell([one.volunteer for one in going], reason=reason, text=text, url=activity.get_absolute_url(), at=at)
