"""A portal with a fresh sample city, for scripts that look at it from outside."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.harness import template

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def sample_portal(*sizes: str) -> Iterator[tuple[str, dict[str, str]]]:
    """On a free port here; gives its address and the passwords by user name. `sizes`: options of the seeding."""
    with tempfile.TemporaryDirectory(prefix="portal-sample-") as folder:
        port = _free_port()
        env = os.environ | {"VAR_DIR": folder, "PORT": str(port), "DATABASE_URL": "", "REDIS_URL": ""}
        sign_ins = Path(folder) / "sign-ins.json"
        template.copy_sqlite(Path(folder) / "db.sqlite3")
        _manage_side_by_side(
            env,
            ["collectstatic", "--no-input", "-v0", "--ignore", "rest_framework"],
            ["seed_sample_city", "--seed", "1", "--credentials-json", str(sign_ins), *sizes],
        )
        serve = [str(Path(sys.executable).parent / "gunicorn"), "-b", f"127.0.0.1:{port}", "mohe_portal.wsgi"]
        server = subprocess.Popen(serve, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            base = f"http://127.0.0.1:{port}"
            _wait_for(base)
            yield base, {entry["username"]: entry["password"] for entry in json.loads(sign_ins.read_text())}
        finally:
            server.terminate()
            server.wait(10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _manage_side_by_side(env: dict[str, str], *commands: list[str]) -> None:
    started = [
        subprocess.Popen([sys.executable, "manage.py", *command], cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
        for command in commands
    ]
    ended = [process.wait() for process in started]
    if any(ended):
        raise RuntimeError(f"{commands} ended with {ended}.")


def _wait_for(base: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{base}/livez", timeout=1)  # noqa: S310 -- our own server
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"no answer from {base} within 30 seconds")
