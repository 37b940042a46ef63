from celery import shared_task
from django.utils import timezone

from mohe_portal import health


@shared_task
def heartbeat() -> None:
    health.beat(at=timezone.now())
