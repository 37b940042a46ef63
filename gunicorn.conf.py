"""How gunicorn serves the portal; it reads this file by itself when started in this folder."""

import gc
import os
from pathlib import Path
from typing import Any

wsgi_app = "mohe_portal.wsgi"
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
# Threads, because a request waits for its database; two processes, so that one can be lost.
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 5
keepalive = 5
# A worker starts anew now and then, so that no slow leak grows for months; the jitter keeps them from doing it at once.
max_requests = 20000
max_requests_jitter = 2000
# The heartbeat file lies in memory where it can: on a stalled disk a healthy worker would be taken for dead.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 -- gunicorn makes its own unlinked file there
loglevel = os.environ.get("LOG_LEVEL", "WARNING").lower()
control_socket_disable = True
reload = os.environ.get("DEBUG", "").lower() in {"1", "true", "yes", "on"}


def on_starting(server: Any) -> None:
    """Read the settings once before there are workers: half-configured, it ends here in one line, and not in a loop."""
    from django.conf import settings  # noqa: PLC0415 -- after the environment of wsgi_app is known

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mohe_portal.settings")
    settings.PRODUCTION  # noqa: B018 -- reading is the point


def post_worker_init(worker: Any) -> None:
    """What is loaded by now stays: the collector need not walk through it time and again while a page waits."""
    gc.collect()
    gc.freeze()
