"""A Redis that can be stopped, frozen and brought back on its port."""

import os
import signal
import subprocess
import time
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg2
from redis import Redis
from redis.exceptions import RedisError

from common.children import end_with_parent
from tests.harness import programs
from tests.harness.processes import wait_until
from tests.harness.servers import free_port, private_postgres


class FaultyRedis:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self.start()

    def start(self) -> None:
        command = [programs.required(programs.redis_server(), "Redis"), "--port", str(self._port), "--save", ""]
        self._process = subprocess.Popen(
            [*command, "--bind", "127.0.0.1", "--dir", str(self._folder)],
            stdout=subprocess.DEVNULL,
            preexec_fn=end_with_parent,
        )
        wait_until(self._answers, seconds=20)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def flush(self) -> None:
        with Redis.from_url(self.url) as client:
            client.flushall()

    def close(self) -> None:
        self.thaw()
        self.stop()

    def _answers(self) -> bool:
        try:
            with Redis.from_url(self.url, socket_timeout=1) as client:
                return bool(client.ping())
        except RedisError:  # not listening yet
            return False


class FaultyPostgres:
    """A PostgreSQL of its own that can be restarted, or cut off from one moment to the next, on its port."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._servers = ExitStack()
        self.url = self._servers.enter_context(private_postgres(folder / "postgres"))
        self._data = folder / "postgres" / "data"
        # The tests' servers are hasty; here a commit that was acknowledged must be on its way to the disk.
        with closing(psycopg2.connect(self.url)) as connection, connection, connection.cursor() as cursor:
            cursor.execute("ALTER ROLE portal SET synchronous_commit = on")

    def crash_and_recover(self, *, seconds_down: float) -> None:
        """Kill every server process at once, as a power cut does, and start it again."""
        pid = int((self._data / "postmaster.pid").read_text().split()[0])
        command = Path(f"/proc/{pid}/cmdline").read_text().split("\0")[:-1]
        owner = self._data.stat()
        os.kill(pid, signal.SIGQUIT)
        time.sleep(seconds_down)
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        ids = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        self._again = subprocess.Popen(
            command,
            cwd=self._folder / "postgres",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=end_with_parent,
            **ids,
        )

    def close(self) -> None:
        self._again.send_signal(signal.SIGINT)
        self._again.wait()
        self._servers.close()
