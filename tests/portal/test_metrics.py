import json
import logging
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from common.logs import JsonFormatter, RequestIdFilter, request_id
from complaints.workflow import State
from mohe_portal import health
from mohe_portal.tasks import run_due_jobs
from notifications import outbox
from tests.factories.accounts import UserFactory
from tests.factories.complaints import case_in

pytestmark = pytest.mark.django_db
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.9"}
LINE = re.compile(r'(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="[\w-]+"(,[a-z]+="[\w-]+")*\})? -?[0-9.e+]+)')


def told(client, **extra):
    text = client.get("/metrics", **extra).content.decode()
    return dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))


def test_the_figures_are_those_of_the_database(client, settings):
    settings.NOTICE_BACKEND = "file"
    now = timezone.now()
    case_in(State.RECEIVED, at=now - timedelta(days=30))
    outbox.notify([UserFactory()], reason="r", title="t", url="/", at=now - timedelta(minutes=10))
    health.beat(at=now - timedelta(seconds=40))

    found = told(client)

    assert found['portal_cases{state="received"}'] == found["portal_cases_overdue"] == "1"
    assert found['portal_deliveries{channel="file",state="waiting"}'] == "1"
    assert 600 <= float(found["portal_oldest_delivery_seconds"]) < 660
    assert 40 <= float(found["portal_heartbeat_age_seconds"]) < 100
    assert found["portal_job_runs_given_up"] == "0"


def test_every_line_is_one_that_prometheus_reads(client):
    case_in(State.CLOSED)
    run_due_jobs()
    health.beat(at=timezone.now())

    lines = client.get("/metrics").content.decode().splitlines()

    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert any(line.startswith("portal_job_done_timestamp_seconds{") for line in lines)


def test_another_machine_needs_the_token(client, settings):
    assert client.get("/metrics", **ELSEWHERE).status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer "}, **ELSEWHERE).status_code == 403
    settings.METRICS_TOKEN = "a-token-of-some-length"
    wrong = client.get("/metrics", headers={"Authorization": "Bearer another"}, **ELSEWHERE)
    right = client.get("/metrics", headers={"Authorization": "Bearer a-token-of-some-length"}, **ELSEWHERE)
    assert (wrong.status_code, right.status_code) == (403, 200)


def test_a_json_log_line_has_the_requests_id_and_nobodys_phone():
    record = logging.LogRecord("portal", logging.WARNING, "x.py", 1, "call %s back", ("13800001234",), None)
    token = request_id.set("ab12cd34")
    RequestIdFilter().filter(record)
    request_id.reset(token)

    line = json.loads(JsonFormatter().format(record))

    assert (line["level"], line["request_id"], line["message"]) == ("WARNING", "ab12cd34", "call （电话已隐去） back")
