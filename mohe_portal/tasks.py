from celery import shared_task
from django.utils import timezone

from mohe_portal import health, schedule


@shared_task
def heartbeat() -> None:
    health.beat(at=timezone.now())


@shared_task
def run_due_jobs() -> int:
    """Runs every half minute, and when someone asks for a job by hand."""
    return schedule.run_due_jobs(now=timezone.now)
