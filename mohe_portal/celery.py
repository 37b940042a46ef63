import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mohe_portal.settings")

TRANSPORT_ALIASES["filesystem"] = "mohe_portal.folder_queue:Transport"
app = Celery("mohe_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
