"""What the files that describe an installation promise of each other."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.variables import documented_variables

pytestmark = pytest.mark.once

# Read by the files around the settings: gunicorn, the all-in-one command, docker-compose.yml.
READS = re.compile(r'(?:env\.\w+|environ\.get|environ)[\[(]\s*"([A-Z][A-Z0-9_]*)"')
COMPOSE_READS = re.compile(r"\$\{([A-Z][A-Z0-9_]*)")
NOT_OURS = {"PATH"}


def variables_read(root: Path) -> set[str]:
    python = ["mohe_portal/settings.py", "gunicorn.conf.py", "mohe_portal/management/commands/portal.py"]
    return {name for file in python for name in READS.findall((root / file).read_text())} | set(
        COMPOSE_READS.findall((root / "docker-compose.yml").read_text())
    ) - NOT_OURS


def test_each_variable_that_is_read_is_documented_and_each_documented_one_is_read(root: Path) -> None:
    documented = documented_variables()
    assert sorted(documented) == sorted(set(documented))
    assert set(documented) == variables_read(root)


@pytest.mark.parametrize("lock", ["requirements/run.txt", "requirements/dev.txt", "package-lock.json", ".npmrc"])
def test_no_lock_names_the_address_of_a_registry(root: Path, lock: str) -> None:
    assert "://" not in (root / lock).read_text()


def test_every_npm_package_is_pinned_by_a_hash(root: Path) -> None:
    packages = json.loads((root / "package-lock.json").read_text())["packages"]
    assert [name for name, package in packages.items() if name and not package.get("integrity")] == []


def test_what_runs_is_what_is_tested(root: Path) -> None:
    def pins(lock: str) -> set[str]:
        return set(
            re.findall(r"^([a-z0-9-]+==[^\s;]+)", (root / "requirements" / lock).read_text(), flags=re.MULTILINE)
        )

    assert pins("run.txt") - pins("dev.txt") == set()


def test_django_speaks_to_postgresql_through_psycopg2() -> None:
    from django.db.backends.postgresql import psycopg_any  # noqa: PLC0415 -- importing it is what decides

    assert not psycopg_any.is_psycopg3


def test_celery_finds_all_that_its_redis_transport_needs() -> None:
    from kombu.transport import redis  # noqa: PLC0415 -- importing it is the test

    assert redis.redis is not None


@pytest.fixture
def production() -> dict[str, str]:
    """A complete production environment."""
    return {
        "PATH": os.environ["PATH"],
        "PRODUCTION": "1",
        "SECRET_KEY": "an-example-key-" * 5,
        "ALLOWED_HOSTS": "portal.example",
        "TRUSTED_PROXY_COUNT": "1",
        "DATABASE_URL": "postgresql://portal@127.0.0.1/portal",
        "REDIS_URL": "redis://127.0.0.1/0",
    }


def manage(root: Path, env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=root, env=env, capture_output=True, text=True, check=False
    )


def test_a_complete_production_passes_the_deployment_checks(
    root: Path, production: dict[str, str], tmp_path: Path
) -> None:
    production["VAR_DIR"] = str(tmp_path)
    done = manage(root, production, "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS", "TRUSTED_PROXY_COUNT", "DATABASE_URL", "REDIS_URL"])
def test_production_without_one_of_its_settings_refuses_in_one_line_that_names_it(
    root: Path, production: dict[str, str], missing: str
) -> None:
    del production[missing]
    done = manage(root, production, "check")
    assert done.returncode != 0
    said = done.stderr.strip().splitlines()
    assert len(said) == 1
    assert missing in said[0]


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_KEYS", "LOOKUP_KEY"])
def test_production_refuses_a_key_that_can_be_guessed(root: Path, production: dict[str, str], name: str) -> None:
    production[name] = "abc"
    done = manage(root, production, "check")
    assert done.returncode != 0
    assert name in done.stderr
