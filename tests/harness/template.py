"""A migrated database for each kind of server, made once and then copied: to migrate from nothing takes long.

They are kept in build/databases/ until something changes that migrations are made of. Whoever wants a copy while
another process makes the first waits for it.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2

from tests.harness import programs
from tests.harness.servers import private_postgres
from tests.harness.variables import PLAIN_SETTINGS, documented_variables

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "build" / "databases"
# On PostgreSQL. Nobody connects to the first, so that CREATE DATABASE … TEMPLATE may copy it.
UNTOUCHED, IN_USE = "migrated", "portal"


def copy_sqlite(to: Path) -> None:
    """Put the file of a migrated SQLite database there."""
    with _kept("sqlite", _make_sqlite) as folder:
        shutil.copyfile(folder / "db.sqlite3", to)


@contextmanager
def migrated_postgres(folder: Path) -> Iterator[str]:
    """The DATABASE_URL of a migrated database on a private server, which holds UNTOUCHED besides."""
    with private_postgres(folder, copy_data=_copy_postgres) as url:
        yield f"{url.rpartition('/')[0]}/{IN_USE}"


def _copy_postgres(to: Path) -> None:
    version = subprocess.check_output([programs.required(programs.postgres("postgres"), "PostgreSQL"), "--version"])
    with _kept("postgres", _make_postgres, version) as folder:
        shutil.copytree(folder, to)


@contextmanager
def _kept(database: str, make: Callable[[Path], None], *made_with: bytes) -> Iterator[Path]:
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / f"{database}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = KEPT / f"{database}-{_fingerprint(*made_with)}"
        if not kept.exists():
            for old in KEPT.glob(f"{database}-*"):
                shutil.rmtree(old)
            unfinished = KEPT / f"{database}-unfinished"
            make(unfinished)
            unfinished.rename(kept)
        yield kept


def _fingerprint(*made_with: bytes) -> str:
    """Of all that a migrated database may come from: the apps with their data files, and the locked packages."""
    apps = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
    files = [file for app in apps for file in (ROOT / app).rglob("*") if file.is_file() and file.suffix != ".pyc"]
    seen = hashlib.sha256()
    for file in sorted([*files, ROOT / "requirements" / "run.txt"]):
        seen.update(f"{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    for part in made_with:
        seen.update(part)
    return seen.hexdigest()[:16]


def _make_sqlite(folder: Path) -> None:
    folder.mkdir()
    _migrate(f"sqlite:///{folder / 'db.sqlite3'}")


def _make_postgres(folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="portal-template-") as name:
        elsewhere = Path(name)
        elsewhere.chmod(0o755)  # PostgreSQL's user passes through, which it may not do everywhere
        with private_postgres(elsewhere / "postgres") as url:
            _create(url, UNTOUCHED)
            _migrate(f"{url.rpartition('/')[0]}/{UNTOUCHED}")
            _create(url, IN_USE, template=UNTOUCHED)
        shutil.copytree(elsewhere / "postgres" / "data", folder)


def _create(url: str, name: str, template: str = "template1") -> None:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE {name} TEMPLATE {template}")


def _migrate(url: str) -> None:
    own = {name: value for name, value in os.environ.items() if name not in documented_variables()}
    with tempfile.TemporaryDirectory(prefix="portal-template-") as var:
        own |= PLAIN_SETTINGS | {"DATABASE_URL": url, "VAR_DIR": var, "DJANGO_SETTINGS_MODULE": "mohe_portal.settings"}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=own, check=True)
