"""Is the portal alive (/livez), and can it do its work (/readyz)?"""

import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from accounts.access import public
from common.client import address
from common.models import Fact
from notifications.models import NoticeDelivery

HEARTBEAT = "heartbeat"
# Beat asks for a heartbeat every 30 seconds; three missed in a row are no accident.
QUIET_TOO_LONG = timedelta(seconds=95)
OLDEST_NOTICE = timedelta(minutes=5)
LOCAL = {"127.0.0.1", "::1"}


@dataclass(frozen=True)
class Finding:
    ok: bool
    detail: str


@public
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """The process answers; asks nothing else, so that a slow database does not get it restarted."""
    return HttpResponse("ok", content_type="text/plain")


@public
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 if every check holds, else 503. What each found is told to this machine and to signed-in staff only."""
    findings = {name: check(timezone.now()) for name, check in CHECKS.items()}
    ready = all(finding.ok for finding in findings.values())
    body: dict[str, object] = {"ready": ready}
    if address(request) in LOCAL or request.user.is_authenticated:
        body["checks"] = {name: {"ok": finding.ok, "detail": finding.detail} for name, finding in findings.items()}
    return JsonResponse(body, status=200 if ready else 503, headers={"Cache-Control": "no-store"})


def beat(*, at: datetime) -> None:
    """Called by a worker for a task that beat put in the queue: all three were alive at `at`."""
    Fact.write(HEARTBEAT, at.isoformat())


def _database(at: datetime) -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Finding(False, type(error).__name__)
    return Finding(True, connection.vendor)


def _media(at: datetime) -> Finding:
    """Write, read and remove a file: a full or read-only disk shows here first."""
    probe = settings.MEDIA_ROOT / f".probe-{uuid.uuid4().hex}"
    try:
        probe.parent.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(os.urandom(64))
        probe.unlink()
    except OSError as error:
        return Finding(False, error.strerror or type(error).__name__)
    return Finding(True, "writable")


def _outbox(at: datetime) -> Finding:
    oldest = (
        NoticeDelivery.objects.waiting(at=at).order_by("available_at").values_list("available_at", flat=True).first()
    )
    age = at - oldest if oldest else timedelta()
    return Finding(age <= OLDEST_NOTICE, f"oldest waiting {int(age.total_seconds())} s")


def heartbeat_age(*, at: datetime) -> timedelta | None:
    """How long ago worker, queue and beat were last seen alive; None if never."""
    seen = parse_datetime(Fact.read(HEARTBEAT, ""))
    return at - seen if seen else None


def is_beating(*, at: datetime) -> bool:
    return _heartbeat(at).ok


def _heartbeat(at: datetime) -> Finding:
    age = heartbeat_age(at=at)
    if age is None:
        return Finding(False, "never seen")
    return Finding(age <= QUIET_TOO_LONG, f"seen {int(age.total_seconds())} s ago")


CHECKS: dict[str, Callable[[datetime], Finding]] = {
    "database": _database,
    "media": _media,
    "outbox": _outbox,
    "worker_and_beat": _heartbeat,
}
