"""Processes that live and die together: one ends, all end."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType

from common.children import adopt_orphans, end_with_parent, reap

LOOK_EVERY_SECONDS = 0.2
# Longer than gunicorn's graceful_timeout: who has not ended by then is made to.
STOP_SECONDS = 8


@dataclass(frozen=True)
class Role:
    name: str
    command: Sequence[str]


class Family:
    """Runs each role as a child with a session of its own, so that Ctrl-C reaches this process only, and it decides."""

    def __init__(self, roles: Sequence[Role]) -> None:
        self._roles = roles
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._asked_to_stop = threading.Event()

    def run(self, *, on_start: Callable[[Callable[[], bool]], None]) -> str | None:
        """Return None when asked to stop (SIGINT, SIGTERM), or the name of the role that ended by itself.

        `on_start` is called once the children run; it may wait, but only while the function it is given says True.
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask_to_stop)
        adopt_orphans()
        try:
            for role in self._roles:
                self._children[role.name] = subprocess.Popen(  # noqa: S603 -- our own commands
                    role.command,
                    start_new_session=True,
                    preexec_fn=end_with_parent,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,  # they log to stderr; the terminal belongs to this process
                )
            on_start(self._all_well)
            while self._all_well():
                self._asked_to_stop.wait(LOOK_EVERY_SECONDS)
            return None if self._asked_to_stop.is_set() else self._first_ended()
        finally:
            self._end_all()

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._asked_to_stop.set()

    def _first_ended(self) -> str | None:
        return next((name for name, child in self._children.items() if child.poll() is not None), None)

    def _all_well(self) -> bool:
        return not self._asked_to_stop.is_set() and self._first_ended() is None

    def _end_all(self) -> None:
        for child in self._children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self._children.values():
            with suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, deadline - time.monotonic()))
            _kill_group(child.pid)  # also what a child left behind
            child.wait()
        reap(seconds=1)


def _kill_group(leader: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
