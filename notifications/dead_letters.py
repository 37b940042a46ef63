"""What could not be delivered, and the way to try it again."""

from datetime import datetime

from notifications.models import DeliveryState, NoticeDeliveryQuerySet


def retry(deliveries: NoticeDeliveryQuerySet, *, at: datetime) -> int:
    """Put given-up deliveries on again, with all their tries before them; returns how many there were."""
    return deliveries.dead().update(state=DeliveryState.WAITING, available_at=at, lease_until=None, faults=0, tries=0)
