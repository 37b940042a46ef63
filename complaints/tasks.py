from celery import shared_task
from django.utils import timezone

from complaints import actions


@shared_task
def forget_abandoned_drafts() -> int:
    return actions.forget_abandoned_drafts(at=timezone.now())


@shared_task
def erase_expired_contacts() -> int:
    return actions.erase_expired_contacts(at=timezone.now())
