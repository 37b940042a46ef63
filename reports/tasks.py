from celery import shared_task
from django.utils import timezone

from reports import actions
from reports.models import ReportBuild


@shared_task
def build(pk: int) -> bool:
    """Runs after somebody asked for a report; what it misses the scheduler takes up within minutes."""
    asked = ReportBuild.objects.filter(pk=pk).first()
    return bool(asked and actions.build_asked(asked, now=timezone.now))
