"""Is this container well? `python scripts/healthcheck.py web|worker|beat`, for docker-compose.yml; 0 means yes."""

import http.client
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

BEAT_SCHEDULE = Path("/tmp/beat-schedule")  # noqa: S108 -- the container's own
# Beat writes its schedule down every three minutes.
BEAT_STALE_SECONDS = 600


def web() -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
    try:
        connection.request("GET", "/livez", headers={"Host": os.environ["ALLOWED_HOSTS"].split(",")[0].lstrip(".")})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False


def worker() -> bool:
    name = f"celery@{socket.gethostname()}"
    ping = ["celery", "-A", "mohe_portal", "inspect", "ping", "--destination", name, "--timeout", "10"]
    return subprocess.run(ping, capture_output=True, check=False).returncode == 0


def beat() -> bool:
    written = max((path.stat().st_mtime for path in BEAT_SCHEDULE.parent.glob(f"{BEAT_SCHEDULE.name}*")), default=0.0)
    return time.time() - written < BEAT_STALE_SECONDS


if __name__ == "__main__":
    sys.exit(0 if {"web": web, "worker": worker, "beat": beat}[sys.argv[1]]() else 1)
