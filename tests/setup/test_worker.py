"""A real worker on the queue of each kind of installation: a folder when embedded, Redis in production."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from notifications.models import NoticeDelivery
from notifications.outbox import notify
from tests.factories.accounts import UserFactory
from tests.harness.processes import database_url, own_environment, running, wait_until

WORKER = ["-m", "celery", "-A", "mohe_portal", "worker", "--pool", "threads", "--concurrency", "1"]
NOON = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)


def test_this_run_uses_the_stores_that_belong_together() -> None:
    production = os.environ.get("TEST_DATABASE") == "postgres"
    assert connection.vendor == ("postgresql" if production else "sqlite")
    assert settings.CELERY_BROKER_URL.partition(":")[0] == ("redis" if production else "filesystem")


@pytest.mark.django_db(transaction=True)
def test_a_worker_delivers_a_notice_right_after_the_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NOTICE_BACKEND", "file")
    office = UserFactory()
    log = tmp_path / "log"
    to_a_file = {"NOTICE_BACKEND": "file", "NOTICE_FILE": str(tmp_path / "notices.jsonl")}
    with running(WORKER, log, own_environment(DATABASE_URL=database_url(), **to_a_file)):
        notify([office], reason="worker-test", title="示例提醒", url="/", at=NOON)
        delivered = NoticeDelivery.objects.filter(notice__recipient=office).exclude(delivered_at=None)
        wait_until(delivered.exists, seconds=30, otherwise=lambda: log.read_text(errors="replace"))
