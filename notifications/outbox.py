from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from notifications.models import Notice
from notifications.tasks import deliver_waiting

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


def notify(recipients: "Iterable[AbstractBaseUser]", *, reason: str, title: str, url: str, at: datetime) -> None:
    """Write one notice to each recipient, in the caller's transaction; delivery follows the commit.

    `reason` names the cause, like "case-dispatched:2026-000123:4". A second call with the same reason and person
    writes nothing.
    """
    Notice.objects.bulk_create(
        (
            Notice(
                recipient_id=person.pk,
                dedup_key=f"{reason}:{person.pk}",
                title=title[:120],
                url=url,
                created_at=at,
                available_at=at,
            )
            for person in recipients
        ),
        ignore_conflicts=True,
    )
    transaction.on_commit(_nudge, robust=True)


def _nudge() -> None:
    """Ask a worker to deliver now. With the queue down the notice waits for the sweep."""
    deliver_waiting.delay()
