"""/metrics: what Prometheus may know. Figures of the database, the same in every process; nothing of any person.

The text is written by hand: a client library counts inside one process, and gunicorn has several.
"""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Min
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import public
from common.client import address
from common.models import Outcome, PeriodicRun
from complaints.models import Complaint
from mohe_portal.health import LOCAL, heartbeat_age
from notifications.models import DeliveryState, NoticeDelivery

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True)
class Sample:
    value: float
    labels: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Gauge:
    name: str
    help: str
    samples: list[Sample]


@public
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For this machine, or who brings METRICS_TOKEN as a bearer; others get 403."""
    if address(request) not in LOCAL and not _has_token(request):
        raise PermissionDenied
    answer = HttpResponse(_text(_gauges(timezone.now())), content_type=CONTENT_TYPE)
    answer["Cache-Control"] = "no-store"
    return answer


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(given, settings.METRICS_TOKEN.encode())


def _gauges(at: datetime) -> Iterator[Gauge]:
    states = Complaint.objects.order_by().values_list("state").annotate(count=Count("pk"))
    yield Gauge("portal_cases", "Cases by state.", [Sample(count, {"state": state}) for state, count in states])
    overdue = Complaint.objects.overdue(at=at).count()
    yield Gauge("portal_cases_overdue", "Open cases past their deadline.", [Sample(overdue)])
    open_ones = NoticeDelivery.objects.filter(state__in=[DeliveryState.WAITING, DeliveryState.DEAD])
    by_channel = open_ones.order_by().values_list("channel", "state").annotate(count=Count("pk"))
    yield Gauge(
        "portal_deliveries",
        "Deliveries of notices that wait or were given up.",
        [Sample(count, {"channel": channel, "state": state}) for channel, state, count in by_channel],
    )
    oldest = NoticeDelivery.objects.waiting(at=at).aggregate(oldest=Min("available_at"))["oldest"]
    age = (at - oldest).total_seconds() if oldest else 0.0
    yield Gauge("portal_oldest_delivery_seconds", "How long the oldest delivery has been due.", [Sample(age)])
    heartbeat = heartbeat_age(at=at)
    if heartbeat is not None:
        told = "Since worker, queue and beat were last seen alive."
        yield Gauge("portal_heartbeat_age_seconds", told, [Sample(heartbeat.total_seconds())])
    done = PeriodicRun.objects.filter(outcome=Outcome.DONE).order_by().values_list("job").annotate(Max("finished_at"))
    yield Gauge(
        "portal_job_done_timestamp_seconds",
        "When each periodic job last ended well.",
        [Sample(finished.timestamp(), {"job": job}) for job, finished in done],
    )
    given_up = PeriodicRun.objects.filter(outcome=Outcome.GIVEN_UP).count()
    yield Gauge("portal_job_runs_given_up", "Runs of periodic jobs that failed for good.", [Sample(given_up)])


def _text(gauges: Iterable[Gauge]) -> str:
    lines: list[str] = []
    for gauge in gauges:
        lines += [f"# HELP {gauge.name} {gauge.help}", f"# TYPE {gauge.name} gauge"]
        lines += [f"{gauge.name}{_labels(sample.labels)} {sample.value:.15g}" for sample in gauge.samples]
    return "\n".join(lines) + "\n"


def _labels(labels: dict[str, str]) -> str:
    """Values are our own codes: no quote, backslash or line end is among them."""
    return "{" + ",".join(f'{name}="{value}"' for name, value in labels.items()) + "}" if labels else ""
