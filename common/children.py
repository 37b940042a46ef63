"""Child processes that never outlive the one that started them."""

import ctypes
import signal
import sys

_PR_SET_PDEATHSIG = 1
# Looked up once here: between fork and exec a child may only call, not import.
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def end_with_parent() -> None:
    """For Popen(preexec_fn=…): the child gets SIGTERM when its parent is gone, however that died. Linux only."""
    if _prctl is not None:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
