"""The whole portal under one parent: web, background tasks, schedule. `make run` starts it."""

import hashlib
import http.client
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from accounts.models import Unit, User
from mohe_portal.supervision import Family, Role

START_SECONDS = 120
# Where root is all there is the worker need not complain: it takes JSON, never pickles.
ROOT_IS_FINE = "ignore:You're running the worker"
# Pages of the API for browsing, which it does not offer.
UNUSED = "rest_framework"
CREDENTIALS = "sample_credentials.json"

WEB = Role("网页 web", [sys.executable, "-m", "gunicorn", "--chdir", str(settings.BASE_DIR)])
WORKER = Role(
    "任务 worker",
    [
        *(sys.executable, "-W", ROOT_IS_FINE, "-m", "celery", "--quiet"),
        *("-A", "mohe_portal", "worker", "--beat", "--pool", "threads"),
        *("--concurrency", os.environ.get("TASK_THREADS", "4")),
        *("--loglevel", "WARNING", "--without-gossip", "--without-mingle"),
    ],
)


class Command(BaseCommand):
    help = "Run the whole portal: migrate, on the first start make the sample city, then web, tasks and schedule."

    _sign_ins_shown = False

    def handle(self, *args: object, **options: object) -> None:
        signal.signal(signal.SIGTERM, _interrupt)
        try:
            self._run(os.environ.get("HOST", "127.0.0.1"), _port())
        except KeyboardInterrupt:
            pass
        except CommandError as sentence:
            self.stderr.write(f"\n{sentence}")
            sys.exit(1)
        self.stdout.write("\n门户已停止。The portal has stopped.")

    def _run(self, host: str, port: int) -> None:
        _refuse_taken(host, port)
        self._prepare()
        ended = Family([WEB, WORKER]).run(on_start=lambda well: self._say_when_it_answers(host, port, well))
        if ended:
            raise CommandError(f"{ended} 意外停止，门户已全部停止。{ended} ended by itself, so all of it was stopped.")

    # --- before ---

    def _prepare(self) -> None:
        with self._step("数据库 Database"):
            call_command("migrate", interactive=False, verbosity=0)
        if not settings.PRODUCTION and not (User.objects.exists() or Unit.objects.exists()):
            self._make_sample_city()
        if settings.STATIC_MANIFEST:
            self._collect_static()
        # The children open their own; an open one here would only hold a lock or a slot.
        connections.close_all()

    def _make_sample_city(self) -> None:
        self.stdout.write("示例城市 Sample city …")
        call_command("seed_sample_city", "--credentials-json", str(settings.VAR_DIR / CREDENTIALS))
        self._sign_ins_shown = True  # by the command itself

    def _collect_static(self) -> None:
        collected = Path(settings.STATIC_ROOT) / ".collected"
        now = _fingerprint_of_static_sources()
        if collected.exists() and collected.read_text() == now:
            return
        with self._step("静态文件 Static files"):
            call_command("collectstatic", interactive=False, clear=True, verbosity=0, ignore_patterns=[UNUSED])
            collected.write_text(now)

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        started = time.monotonic()
        self.stdout.write(f"{name} …", ending=" ")
        self.stdout.flush()
        yield
        self.stdout.write(f"{time.monotonic() - started:.0f} s")

    # --- after ---

    def _say_when_it_answers(self, host: str, port: int, well: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while well():
            if _answers(host, port):
                self._welcome(host, port)
                return
            if time.monotonic() > deadline:
                raise CommandError(f"网页 {START_SECONDS} 秒内没有应答。The web server did not answer.")
            time.sleep(0.1)

    def _welcome(self, host: str, port: int) -> None:
        credentials = settings.VAR_DIR / CREDENTIALS
        if not settings.PRODUCTION and not self._sign_ins_shown and credentials.exists():
            self.stdout.write("\n示例账号（密码改过的以新密码为准）Sign-ins of the sample city:\n")
            for one in json.loads(credentials.read_text()):
                self.stdout.write(f"  {one['username']:<14} {one['password']:<18} {one['role']}")
        self.stdout.write(f"\n门户已启动 The portal is ready: {_address(host, port)}  （Ctrl-C 停止 stops it）\n")
        self.stdout.flush()


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _port() -> int:
    given = os.environ.get("PORT", "8000")
    if given.isascii() and given.isdigit() and 0 < int(given) < 65536:
        return int(given)
    raise CommandError(f"PORT={given} 不是端口号，请填 1 到 65535。PORT must be a number from 1 to 65535.")


def _refuse_taken(host: str, port: int) -> None:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as refusal:
            raise CommandError(
                f"端口 {port} 不能用（{refusal.strerror}），换一个：PORT=8001 make run。"
                f"Port {port} cannot be used; choose another with PORT=8001 make run."
            ) from refusal


def _fingerprint_of_static_sources() -> str:
    seen = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = os.stat(storage.path(name))
            seen.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 -- compared, not bound


def _address(host: str, port: int) -> str:
    name = _reachable(host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _answers(host: str, port: int) -> bool:
    """Whether the web server gives any answer but an error of its own."""
    connection = http.client.HTTPConnection(_reachable(host), port, timeout=5)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
