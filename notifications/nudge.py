"""Ask a worker to deliver now, without making anybody wait for the queue.

A queue that hangs answers after seconds; whoever files a complaint meanwhile must not feel it. So the asking is done by
one thread of the process, for all who committed since it last asked. What it misses the sweep finds.
"""

import logging
import threading
from collections.abc import Callable

logger = logging.getLogger(__name__)


class Nudger:
    def __init__(self, ask: Callable[[], object]) -> None:
        self._ask = ask
        self._wanted = threading.Event()
        self._busy = threading.Lock()

    def __call__(self) -> None:
        self._wanted.set()
        if self._busy.acquire(blocking=False):
            threading.Thread(target=self._run, name="nudge", daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """For tests: whether nobody is asking any more within `seconds`."""
        if not self._busy.acquire(timeout=seconds):
            return False
        self._busy.release()
        return True

    def _run(self) -> None:
        try:
            while self._wanted.is_set():
                self._wanted.clear()
                self._ask()
        except Exception as error:
            # Whatever the queue's client raises: the row is written, the sweep delivers it.
            logger.warning("the queue did not take the nudge: %s", type(error).__name__)
        finally:
            self._busy.release()
        if self._wanted.is_set():
            self()  # someone came between the last look and the release
