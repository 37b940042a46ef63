"""The queue stopped, frozen, emptied; workers killed; sinks that fail: what was acknowledged arrives, once.

Writers, workers and schedulers are processes of their own on the database of the test. The ledger is what writers said
was committed; it is compared with the rows stored and with the lines in the sink.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from accounts.models import Role
from common.models import PeriodicRun
from notifications.models import DeliveryState, NoticeDelivery
from tests.factories.accounts import UserFactory
from tests.faults.servers import FaultyRedis
from tests.harness.processes import ROOT, database_url, own_environment, running, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
WORKER = ["-m", "celery", "-A", "mohe_portal", "worker", "--beat", "--pool", "threads", "--concurrency", "2"]
WORKER += ["--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
# Longer than promised: other tests run on the same two cores.
DRAINED_SECONDS = 90


@dataclass
class Stage:
    """The parts of a portal on the test's database, with a queue that can be broken."""

    redis: FaultyRedis
    folder: Path
    env: dict[str, str]
    processes: ExitStack

    def worker(self, name: str = "worker", **changes: str) -> "subprocess.Popen[bytes]":
        command = [*WORKER, "--schedule", str(self.folder / f"{name}-beat"), "--hostname", f"{name}@test"]
        return self.processes.enter_context(running(command, self.folder / f"{name}.log", self.env | changes))

    def write(self, prefix: str, count: int, *, pause: float = 0.0) -> list[dict[str, float]]:
        """What a writer was acknowledged; it has ended when this returns."""
        return self.finish(self.writing(prefix, count, pause=pause))

    def writing(self, prefix: str, count: int, *, pause: float) -> "subprocess.Popen[str]":
        person = str(UserFactory(role=Role.GUIDANCE).pk)  # whom no periodic job reminds of anything
        command = [sys.executable, "-m", "tests.faults.writer", person, prefix, str(count), str(pause)]
        return subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=subprocess.PIPE, text=True)

    def finish(self, writer: "subprocess.Popen[str]") -> list[dict[str, float]]:
        said, _ = writer.communicate(timeout=120)
        assert writer.returncode == 0
        return [json.loads(line) for line in said.splitlines()]

    def sunk(self) -> list[str]:
        sink = Path(self.env["NOTICE_FILE"])
        return [json.loads(line)["key"] for line in sink.read_text().splitlines()] if sink.exists() else []

    def wait_until_drained(self) -> float:
        begun = time.monotonic()
        left = NoticeDelivery.objects.filter(state=DeliveryState.WAITING)
        wait_until(lambda: not left.exists(), seconds=DRAINED_SECONDS, otherwise=lambda: f"{left.count()} left")
        return time.monotonic() - begun


@pytest.fixture
def stage(tmp_path, settings):
    settings.NOTICE_BACKEND = "file"
    redis = FaultyRedis(tmp_path)
    env = own_environment(
        DATABASE_URL=database_url(), REDIS_URL=redis.url, VAR_DIR=str(tmp_path / "var"),
        NOTICE_BACKEND="file", NOTICE_FILE=str(tmp_path / "notices.jsonl"),
    )  # fmt: skip
    with ExitStack() as processes:
        processes.callback(redis.close)
        yield Stage(redis, tmp_path, env, processes)


def keys(ledger):
    return sorted(f"{entry['key']}:file" for entry in ledger)


def assert_all_arrived_once(stage, ledger):
    assert sorted(NoticeDelivery.objects.values_list("key", flat=True)) == keys(ledger)
    assert sorted(stage.sunk()) == keys(ledger)


# --- the quick part, in `make test` ---


def test_with_the_queue_frozen_nobody_who_writes_waits_for_it_and_all_is_stored(stage, measured):
    stage.redis.freeze()
    ledger = stage.write("frozen", 5, pause=0.05)

    slowest = max(entry["seconds"] for entry in ledger)
    measured("slowest write", slowest)
    assert slowest < 1.0 + 1.0  # a promised second, and one for the machine
    assert NoticeDelivery.objects.filter(state=DeliveryState.WAITING).count() == len(ledger) == 5


def test_with_the_queue_gone_all_is_stored_and_a_later_sweep_has_it_all(stage):
    stage.redis.stop()
    ledger = stage.write("gone", 5)
    stage.redis.start()
    stage.worker()

    stage.wait_until_drained()
    assert_all_arrived_once(stage, ledger)


# --- the whole of it, in `make faults` ---


@pytest.mark.fault
def test_a_notice_is_at_its_sink_within_seconds_of_the_commit(stage, measured):
    stage.worker()
    ledger = stage.write("warm-up", 1)
    stage.wait_until_drained()
    ledger += stage.write("latency", 20, pause=0.5)
    stage.wait_until_drained()

    delays = sorted(
        (row.delivered_at - row.notice.created_at).total_seconds()
        for row in NoticeDelivery.objects.filter(key__startswith="latency").select_related("notice")
    )
    measured("latency p95", delays[18])
    assert delays[18] < 10
    assert_all_arrived_once(stage, ledger)


@pytest.mark.fault
def test_the_queue_frozen_under_way_and_thawed(stage, measured):
    stage.worker()
    ledger = stage.write("before", 5)
    stage.redis.freeze()
    ledger += stage.write("meanwhile", 20, pause=0.1)
    stage.redis.thaw()

    measured("drained after", stage.wait_until_drained())
    assert_all_arrived_once(stage, ledger)


@pytest.mark.fault
def test_the_queue_emptied_again_and_again_while_notices_are_written(stage):
    stage.worker()
    writer = stage.writing("flushed", 40, pause=0.1)
    while writer.poll() is None:
        stage.redis.flush()
        time.sleep(0.3)
    ledger = stage.finish(writer)

    stage.wait_until_drained()
    assert_all_arrived_once(stage, ledger)


@pytest.mark.fault
def test_the_queue_killed_and_brought_back_while_notices_are_written(stage, measured):
    stage.worker()
    writer = stage.writing("killed", 40, pause=0.1)
    time.sleep(2)
    stage.redis.stop()
    ledger = stage.finish(writer)
    stage.redis.start()

    measured("drained after", stage.wait_until_drained())
    assert_all_arrived_once(stage, ledger)


class Sink:
    """An HTTP sink that holds its first request until told, or answers 503 for as long as it is told to."""

    def __init__(self):
        self.received, self.hold, self.status = [], threading.Event(), 200
        self.hold.set()
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                sink.received.append(body["key"])
                sink.hold.wait(120)
                self.send_response(sink.status)
                self.end_headers()

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self.hold.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def sink(stage, settings):
    settings.NOTICE_BACKEND = "http"
    sink = Sink()
    stage.env |= {"NOTICE_BACKEND": "http", "NOTICE_HTTP_URL": sink.url}
    yield sink
    sink.close()


@pytest.mark.fault
def test_a_worker_killed_in_the_middle_of_a_delivery_is_stood_in_for_when_its_lease_ends(stage, sink, measured):
    sink.hold.clear()
    doomed = stage.worker("doomed")
    ledger = stage.write("doomed", 1)
    wait_until(lambda: sink.received, seconds=60)
    os.kill(doomed.pid, signal.SIGKILL)
    killed_at = time.monotonic()
    doomed.wait()
    sink.hold.set()
    stage.worker("heir")

    stage.wait_until_drained()
    measured("redone after", time.monotonic() - killed_at)
    # At least once, and each time with the key by which the receiver knows it.
    assert set(sink.received) == {f"{ledger[0]['key']}:http"}
    assert NoticeDelivery.objects.get().state == DeliveryState.DELIVERED


@pytest.mark.fault
def test_a_sink_that_fails_for_a_while_gets_everything_after_that(stage, sink):
    sink.status = 503
    stage.worker()
    ledger = stage.write("failing", 10, pause=0.1)
    wait_until(lambda: len(sink.received) >= 3, seconds=60)
    refused = len(sink.received)
    sink.status = 200

    stage.wait_until_drained()
    accepted = sink.received[refused:]
    assert sorted(set(accepted)) == sorted(f"{entry['key']}:http" for entry in ledger)
    assert len(accepted) <= len(ledger) + 1  # one may have been under way as the sink recovered


@pytest.mark.fault
def test_two_schedulers_run_each_slot_once(stage):
    stage.worker("first")
    stage.worker("second")
    runs = PeriodicRun.objects.exclude(finished_at=None)
    wait_until(lambda: runs.filter(job="daily-digest").exists(), seconds=90)
    time.sleep(35)  # the next tick of both

    assert set(runs.values_list("tries", flat=True)) == {1}
    assert runs.values("job", "slot").distinct().count() == runs.count()
