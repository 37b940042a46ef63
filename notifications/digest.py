"""One message a person and day that lists what waits for them, for whoever gets notices outside the portal."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import transaction

from common.clock import CITY_TIME
from notifications import channels
from notifications.models import ChannelChoice, Kind, Notice, Urgency
from notifications.outbox import notify

LOOKS_BACK = timedelta(hours=24)
MOST_LINES = 20


@transaction.atomic
def send_digests(*, url: str, at: datetime) -> int:
    """Write today's digest to everybody with reminders of the last day they have not read; returns how many got one.

    What was urgent went out by itself and is not repeated.
    """
    chosen = ChannelChoice.objects.filter(channel__in=channels.offered(), is_on=True).values("person")
    unread = (
        Notice.objects.filter(recipient__in=chosen, kind=Kind.REMINDER, read_at=None, urgency__lt=Urgency.URGENT)
        .filter(created_at__gt=at - LOOKS_BACK, created_at__lte=at)
        .order_by("-urgency", "created_at", "pk")
    )
    waiting: dict[int, list[str]] = defaultdict(list)
    for recipient, title in unread.values_list("recipient_id", "title"):
        waiting[recipient].append(title)
    people = get_user_model().objects.in_bulk(list(waiting))
    today = at.astimezone(CITY_TIME).date()
    for recipient, titles in waiting.items():
        lines = [f"{number}. {title}" for number, title in enumerate(titles[:MOST_LINES], start=1)]
        if len(titles) > MOST_LINES:
            lines.append(f"还有 {len(titles) - MOST_LINES} 件，登录后看。")
        notify(
            [people[recipient]],
            reason=f"digest:{today}",
            title=f"今天有 {len(titles)} 件事等您，最急的：{titles[0]}",
            body="\n".join(lines),
            url=url,
            kind=Kind.DIGEST,
            at=at,
        )
    return len(waiting)
