"""The portal's own programs as separate processes, on the database and queue of the running test."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from common.children import end_with_parent

ROOT = Path(__file__).parents[2]


def own_environment(**changes: str) -> dict[str, str]:
    """The environment of this test run, but with the portal's settings instead of the tests'."""
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "mohe_portal.settings", **changes}


def database_url() -> str:
    """The address of the database that this test itself uses; other processes see only what it committed."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"


@contextmanager
def running(command: Sequence[str], log: Path, env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """`python COMMAND …` in the repository; killed at the end if it still runs. What it says goes to `log`."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=env,
            stdout=out,
            stderr=subprocess.STDOUT,
            preexec_fn=end_with_parent,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(holds: Callable[[], object], *, seconds: float, otherwise: Callable[[], str] = str) -> None:
    """Return as soon as `holds()`; fail with what `otherwise()` tells when it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:.0f} s. {otherwise()}")
        time.sleep(0.1)
