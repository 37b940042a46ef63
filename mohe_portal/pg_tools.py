"""pg_dump and pg_restore on the portal's own database."""

import os
import shutil
import subprocess
from pathlib import Path

from django.db import connection

from common.errors import DomainError

# Debian keeps the tools of each version here, beside a wrapper in PATH.
DEBIAN = Path("/usr/lib/postgresql")


def dump(target: Path, *, snapshot: str) -> None:
    """Write what the snapshot of an open transaction sees, in PostgreSQL's own compressed form."""
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}")


def check(source: Path) -> None:
    """Raise DomainError unless pg_restore is here and can read the dump. Asked before anything is taken away for it."""
    _run("pg_restore", "--list", "--file=/dev/null", str(source))


def load(source: Path) -> None:
    """Fill the empty schema public in one transaction: all of it or nothing."""
    arguments = ("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", str(source))
    _run("pg_restore", f"--dbname={connection.settings_dict['NAME']}", *arguments)


def _run(program: str, *arguments: str) -> None:
    given = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    # By the environment, so that the password stands in no list of processes.
    env = os.environ | {name: str(given[key]) for name, key in names.items() if given.get(key)}
    done = subprocess.run([_found(program), *arguments], env=env, capture_output=True, text=True, check=False)  # noqa: S603 -- fixed commands
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or [""]
        raise DomainError(f"{program} 没有成功：{said[0][:200]}")


def _found(program: str) -> str:
    """The newest of its kind: it reads every older server."""
    versions = sorted(DEBIAN.glob(f"*/bin/{program}"), key=lambda path: int(path.parent.parent.name), reverse=True)
    found = next((str(path) for path in versions), None) or shutil.which(program)
    if found is None:
        raise DomainError(
            f"这台机器上没有 {program}，什么也没有做。请先安装 PostgreSQL 的客户端工具，版本不低于数据库服务器"
            "（Debian、Ubuntu：apt install postgresql-client；CentOS：yum install postgresql），"
            "或者用带有它的镜像运行：docker compose run --rm worker …"
        )
    return found
