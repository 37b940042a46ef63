import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mohe_portal.settings")

app = Celery("mohe_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
