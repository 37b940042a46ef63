from datetime import timedelta

import pytest
from django.utils import timezone

from mohe_portal import health
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def test_alive_says_so_without_asking_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/livez")

    assert (response.status_code, response.content) == (200, b"ok")


def test_ready_while_the_heartbeat_is_fresh_and_not_after(client):
    health.beat(at=timezone.now())
    fresh = client.get("/readyz")
    health.beat(at=timezone.now() - timedelta(minutes=5))
    stale = client.get("/readyz")

    assert (fresh.status_code, stale.status_code) == (200, 503)
    assert stale.json()["checks"]["worker_and_beat"]["ok"] is False


def test_not_ready_while_photos_cannot_be_written(client, settings, tmp_path):
    health.beat(at=timezone.now())
    blocked = tmp_path / "a file, not a folder"
    blocked.write_text("")
    settings.MEDIA_ROOT = blocked / "media"

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"]["media"]["ok"] is False


def test_a_stranger_from_elsewhere_learns_only_whether(client):
    health.beat(at=timezone.now())

    stranger = client.get("/readyz", REMOTE_ADDR="203.0.113.9").json()
    client.force_login(UserFactory())
    staff = client.get("/readyz", REMOTE_ADDR="203.0.113.9").json()

    assert stranger == {"ready": True}
    assert set(staff["checks"]) == {"database", "media", "outbox", "worker_and_beat"}
