"""Private PostgreSQL and Redis for one test run: a free port, a folder that goes away, gone when the run is."""

import os
import pwd
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from common.children import end_with_parent
from tests.harness import programs

START_SECONDS = 30
# Nothing here has to survive a power cut.
HASTY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def private_postgres(
    folder: Path, *, is_durable: bool = False, copy_data: Callable[[Path], None] | None = None
) -> Iterator[str]:
    """A DATABASE_URL. `folder` must be new; when we are root it is handed to another user, as PostgreSQL demands.

    The server is empty, unless `copy_data` puts the data folder of another there.
    """
    folder.mkdir()
    data, port = folder / "data", free_port()
    if copy_data is not None:
        copy_data(data)
        data.chmod(0o700)
    owner = _other_user(folder)
    if copy_data is None:
        _init(data, owner)
    settings = (
        *(() if is_durable else HASTY),
        "max_connections=100",
        f"port={port}",
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
    )
    command = [programs.required(programs.postgres("postgres"), "PostgreSQL"), "-D", str(data)]
    command += [part for setting in settings for part in ("-c", setting)]
    url = f"postgresql://portal@127.0.0.1:{port}/postgres"
    with _running(command, folder, owner, ready=lambda: _answers(url)):
        yield url


def _init(data: Path, owner: dict[str, Any]) -> None:
    subprocess.run(
        [programs.required(programs.postgres("initdb"), "PostgreSQL"), "-D", str(data), "-U", "portal", "-A", "trust",
         "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
        check=True, capture_output=True, cwd=data.parent, **owner,
    )  # fmt: skip


@contextmanager
def private_redis(folder: Path) -> Iterator[str]:
    """A REDIS_URL."""
    folder.mkdir()
    port = free_port()
    command = [
        programs.required(programs.redis_server(), "Redis"), "--port", str(port), "--bind", "127.0.0.1",
        "--dir", str(folder), "--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction",
    ]  # fmt: skip
    with _running(command, folder, {}, ready=lambda: _accepts(port)):
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def _running(command: list[str], folder: Path, owner: dict[str, Any], ready: Callable[[], bool]) -> Iterator[None]:
    log = folder / "log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            command, cwd=folder, stdout=out, stderr=subprocess.STDOUT, preexec_fn=end_with_parent, **owner
        )
    try:
        _wait(server, ready, log)
        yield
    finally:
        # SIGINT asks PostgreSQL not to wait for its clients; Redis takes it for SIGTERM.
        server.send_signal(2)
        server.wait(timeout=START_SECONDS)


def _wait(server: subprocess.Popen[bytes], ready: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{server.args!r} did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.05)


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _answers(url: str) -> bool:
    try:
        psycopg2.connect(url).close()
    except psycopg2.OperationalError:  # not listening yet, or "the database system is starting up"
        return False
    return True


def _other_user(folder: Path) -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = known.get("postgres") or known["nobody"]
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
