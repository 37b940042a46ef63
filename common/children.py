"""Child processes that never outlive the one that started them, and leave nothing behind (Linux only)."""

import ctypes
import os
import signal
import sys
import time
from contextlib import suppress

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
# Looked up once here: between fork and exec a child may only call, not import.
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def end_with_parent() -> None:
    """For Popen(preexec_fn=…): the child gets SIGTERM when its parent is gone, however that died."""
    if _prctl is not None:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def adopt_orphans() -> None:
    """From now on grandchildren whose parent ended become children of this process, which reaps them at its end."""
    if _prctl is not None:
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def reap(*, seconds: float) -> None:
    """Take leave of every child, own or adopted, that ends within `seconds`; returns once there is none left."""
    deadline = time.monotonic() + seconds
    with suppress(ChildProcessError):
        while time.monotonic() < deadline:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.02)
