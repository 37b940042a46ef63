"""docker-compose.yml holds what production needs, and nothing that it must not."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = pytest.mark.once

Service = dict[str, Any]
PORTAL = ("migrate", "web", "worker", "beat")


@pytest.fixture(scope="module")
def text() -> str:
    return (Path(__file__).parents[2] / "docker-compose.yml").read_text()


@pytest.fixture(scope="module")
def services(text: str) -> dict[str, Service]:
    return yaml.safe_load(text)["services"]


def test_the_services_are_two_stores_a_step_and_three_roles(services: dict[str, Service]) -> None:
    assert list(services) == ["postgres", "redis", *PORTAL]


def test_every_secret_is_demanded_and_none_is_written_down(text: str) -> None:
    secret = r"SECRET_KEY|FIELD_KEYS|LOOKUP_KEY|POSTGRES_PASSWORD"
    given = re.findall(rf"^ *(?:{secret}): (.*)$", text, flags=re.MULTILINE)
    assert len(given) == 4
    assert [value for value in given if not re.fullmatch(r'"\$\{[A-Z_]+:\?[^}]+\}"', value)] == []


@pytest.mark.parametrize("variable", ["ALLOWED_HOSTS", "TRUSTED_PROXY_COUNT"])
def test_what_production_refuses_to_start_without_is_demanded(text: str, variable: str) -> None:
    assert f"${{{variable}:?" in text


def test_redis_forgets_nothing(services: dict[str, Service]) -> None:
    command = " ".join(services["redis"]["command"])
    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command


@pytest.mark.parametrize("name", ["postgres", "redis", *PORTAL])
def test_no_service_is_root_or_writes_where_it_need_not(services: dict[str, Service], name: str, root: Path) -> None:
    service = services[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    if name in PORTAL:
        assert re.search(r"^USER portal$", (root / "Dockerfile").read_text(), flags=re.MULTILINE)
    else:
        assert service["user"] == name


@pytest.mark.parametrize("name", ["postgres", "redis", "web", "worker", "beat"])
def test_everything_that_stays_up_is_watched(services: dict[str, Service], name: str) -> None:
    assert services[name]["healthcheck"]["test"][0] == "CMD"
    assert services[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_the_roles_wait_for_the_migrations(services: dict[str, Service], name: str) -> None:
    assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_data_and_photos_lie_in_named_volumes(services: dict[str, Service], text: str) -> None:
    assert set(yaml.safe_load(text)["volumes"]) == {"database", "media", "queue"}
    assert services["postgres"]["volumes"] == ["database:/var/lib/postgresql/data"]
    assert {name: services[name]["volumes"] for name in PORTAL} == {name: ["media:/app/media"] for name in PORTAL}


def test_only_the_web_can_be_reached_and_only_from_this_machine(services: dict[str, Service]) -> None:
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert ports == {"web": ["127.0.0.1:${PORT:-8000}:8000"]}


def test_compose_itself_finds_the_file_valid(root: Path, text: str, tmp_path: Path) -> None:
    """Where docker-compose is installed it judges; else reading the file without a duplicate key has to do."""
    demanded = {name: "1" for name in re.findall(r"\$\{([A-Z_]+):\?", text)}
    assert len(demanded) == 6
    if command := shutil.which("docker-compose"):
        # A folder of its own, so that nobody's .env has a say.
        (tmp_path / "docker-compose.yml").write_text(text)
        env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
        config = [command, "config", "--quiet"]
        complete = subprocess.run(config, cwd=tmp_path, env=env | demanded, capture_output=True, text=True, check=False)
        assert complete.returncode == 0, complete.stderr
        empty = subprocess.run(config, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
        assert empty.returncode != 0


def test_every_app_goes_into_the_image(root: Path) -> None:
    apps = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
    taken = {line.removeprefix("!") for line in (root / ".dockerignore").read_text().splitlines() if line[:1] == "!"}
    assert set(apps) - taken == set()
    assert [path for path in taken if not (root / path).exists()] == []
