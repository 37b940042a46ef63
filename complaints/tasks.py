from celery import shared_task
from django.utils import timezone

from complaints import actions
from notifications.nudge import Nudger


@shared_task
def make_exports() -> int:
    """Runs after each request for a large table, and every 30 seconds for what that run missed."""
    return actions.make_exports(now=timezone.now)


# Looked up at each call: tests put another in its place.
nudge = Nudger(lambda: make_exports.delay())
