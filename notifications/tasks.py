from celery import shared_task
from django.utils import timezone

from notifications import delivery


@shared_task
def deliver_waiting() -> int:
    """Runs after each commit that notified someone, and every 15 seconds for what that run missed."""
    return delivery.deliver_all_waiting(at=timezone.now())
