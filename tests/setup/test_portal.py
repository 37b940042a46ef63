"""`manage.py portal`: one parent, who ends with its children and they with it."""

import http.client
import io
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.harness import template
from tests.harness.processes import own_environment, running, wait_until
from tests.harness.servers import free_port

# Whichever database the suite is on, this portal is the embedded one.
pytestmark = pytest.mark.needs_sqlite

START_SECONDS = 120
STOP_SECONDS = 30


def manage(env: dict[str, str], root: Path, *arguments: str) -> None:
    subprocess.run(["python", "manage.py", *arguments], cwd=root, env=env, check=True, capture_output=True)


@pytest.fixture(scope="module")
def furnished(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a portal that has been started before: with tables and a unit."""
    folder = tmp_path_factory.mktemp("portal")
    env = own_environment(VAR_DIR=str(folder), DATABASE_URL="", REDIS_URL="")
    env["PATH"] = f"{root / '.venv' / 'bin'}{os.pathsep}{env['PATH']}"
    template.copy_sqlite(folder / "db.sqlite3")
    unit = "from accounts.models import Unit; Unit.objects.create(code='U001', name='示例单位 001')"
    manage(env, root, "shell", "--verbosity", "0", "-c", unit)
    return env


@pytest.fixture
def portal(furnished: dict[str, str], tmp_path: Path) -> Iterator["Portal"]:
    port, log = free_port(), tmp_path / "log"
    with running(["manage.py", "portal"], log, {**furnished, "PORT": str(port)}) as process:
        yield Portal(process, port, log)


class Portal:
    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process, self.port, self.log = process, port, log

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_for_welcome(self) -> None:
        wait_until(lambda: f"http://127.0.0.1:{self.port}" in self.said(), seconds=START_SECONDS, otherwise=self.said)

    def ask(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def children(self) -> dict[int, str]:
        """Command by process id of everything below the parent, once gunicorn and celery have forked."""
        wait_until(lambda: len(descendants(self.process.pid)) == 5, seconds=START_SECONDS, otherwise=self.said)
        return descendants(self.process.pid)


def descendants(ancestor: int) -> dict[int, str]:
    parents = {int(stat.parent.name): parent_in(stat) for stat in Path("/proc").glob("[0-9]*/stat")}
    family = {ancestor}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return {pid: Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ") for pid in family - {ancestor}}


def parent_in(stat: Path) -> int | None:
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except FileNotFoundError:  # ended while we looked
        return None


def alive(pids: dict[int, str]) -> list[str]:
    return [command for pid, command in pids.items() if Path(f"/proc/{pid}").exists()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_answers_and_when_asked_to_stop_ends_with_all_its_children(portal: Portal, number: int) -> None:
    portal.wait_for_welcome()
    assert portal.ask("/livez") == 200
    children = portal.children()

    portal.process.send_signal(number)
    assert portal.process.wait(STOP_SECONDS) == 0
    assert alive(children) == []
    assert "Traceback" not in portal.said()


@pytest.mark.parametrize("role", ["gunicorn", "celery"])
def test_when_one_child_dies_all_end_and_the_status_tells(portal: Portal, role: str) -> None:
    portal.wait_for_welcome()
    children = portal.children()
    os.kill(min(pid for pid, command in children.items() if f"-m {role}" in command), signal.SIGKILL)

    assert portal.process.wait(STOP_SECONDS) == 1
    assert alive(children) == []
    assert "意外停止" in portal.said()


def test_when_the_parent_is_killed_its_children_end_too(portal: Portal) -> None:
    portal.wait_for_welcome()
    children = portal.children()
    portal.process.kill()
    wait_until(lambda: not [pid for pid in children if is_running(pid)], seconds=STOP_SECONDS)


def is_running(pid: int) -> bool:
    """Ended but not yet reaped, which is up to the system, counts as ended."""
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def test_a_taken_port_gets_a_sentence_that_says_what_to_do(root: Path, furnished: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            ["python", "manage.py", "portal"],
            cwd=root, env={**furnished, "PORT": str(port)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert f"端口 {port} 不能用" in done.stderr
    assert "PORT=8001 make run" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("port", ["0", "65536", "http", "８０００", "-1", ""])
def test_a_port_that_is_none_gets_a_sentence(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said = io.StringIO()
    monkeypatch.setenv("PORT", port)
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)  # the process is the tests' own
    with pytest.raises(SystemExit) as ending:
        call_command("portal", stderr=said)
    assert ending.value.code == 1
    assert "不是端口号" in said.getvalue()
