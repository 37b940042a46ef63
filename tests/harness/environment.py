"""What the settings read in a test run: nothing of the developer's machine, everything in one temporary folder.

TEST_DATABASE=sqlite (the default) is the portal as `make run` starts it, embedded; TEST_DATABASE=postgres is the
portal as in production, on PostgreSQL and Redis.
"""

import atexit
import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.harness.servers import private_redis
from tests.harness.template import migrated_postgres
from tests.harness.variables import PLAIN_SETTINGS, documented_variables

DATABASE = os.environ.get("TEST_DATABASE", "sqlite")


def prepare() -> None:
    """Set the environment for this run; servers and files are gone when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="portal-tests-"))
    folder.chmod(0o755)  # PostgreSQL's user passes through
    for name in documented_variables():
        os.environ.pop(name, None)
    os.environ.update(PLAIN_SETTINGS, VAR_DIR=str(folder / "var"))
    (folder / "var" / "static").mkdir(parents=True)  # whitenoise warns where collectstatic never ran
    servers = ExitStack()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(servers.close)
    if DATABASE == "postgres":
        os.environ["DATABASE_URL"] = servers.enter_context(migrated_postgres(folder / "postgres"))
        os.environ["REDIS_URL"] = servers.enter_context(private_redis(folder / "redis"))
    elif DATABASE != "sqlite":
        raise ValueError(f"TEST_DATABASE is {DATABASE!r}; it takes sqlite or postgres.")
