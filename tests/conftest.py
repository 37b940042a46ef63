"""What every test finds: its database and servers, strict templates, the N+1 guard, Chromium for the journeys."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.contrib.contenttypes.management import create_contenttypes
from django.core.cache import cache
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import Client
from hypothesis import HealthCheck
from pytest_django.live_server_helper import LiveServer

from audit import append_only
from common.revalidation import ready
from tests.factories.grids import GridFactory
from tests.harness import environment, programs, template
from tests.harness.servers import private_redis
from tests.harness.windows import PHONE

# Which run a marked test belongs to; an unmarked one runs on both databases.
ONLY_ON = {
    "journey": "sqlite",
    "once": os.environ.get("TEST_ONCE_ON", "sqlite"),
    "needs_sqlite": "sqlite",
    "needs_postgres": "postgres",
}

# Begun first, so that no worker is left alone with one of them at the end; all others take a few seconds each.
LONGEST_FIRST = (
    "tests/setup/test_portal.py",
    "tests/complaints/staff/test_every_move.py",
    "tests/portal/test_backup.py",
    "tests/complaints/public/test_journey.py",
    "tests/grids/test_journeys.py",
    "tests/sample_city/test_command.py",
    "tests/progress/test_marking_journey.py",
    "tests/architecture/test_access.py",
    "tests/complaints/staff/test_queue.py",
    "tests/sample_city/test_seeding.py",
    "tests/complaints/staff/test_journeys.py",
    "tests/look/test_in_chromium.py",
    "tests/faults/test_queue.py",
    "tests/complaints/api/test_fuzz.py",
    "tests/complaints/api/test_cases.py",
    "tests/grids/test_importing.py",
    "tests/complaints/staff/test_random_walks.py",
    "tests/complaints/public/test_pictures.py",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    elsewhere = {
        item
        for item in items
        for marker, database in ONLY_ON.items()
        if item.get_closest_marker(marker) and database != environment.DATABASE
    }
    if "fault" not in config.option.markexpr:
        elsewhere |= {item for item in items if item.get_closest_marker("fault")}
    place = {file: number for number, file in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(place)))  # which is stable
    if elsewhere:
        config.hook.pytest_deselected(items=list(elsewhere))
        items[:] = [item for item in items if item not in elsewhere]


# Its clock is the one on the wall, and other tests run beside these.
hypothesis.settings.register_profile("beside others", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.settings.load_profile("beside others")


def pytest_collection_finish() -> None:
    """Modules and tests stay until the end: the garbage collector need not go through them again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None) -> None:
    """The database of this run, migrated; PostgreSQL came with it, and both go away with the run's folder."""
    if environment.DATABASE == "sqlite":
        template.copy_sqlite(Path(settings.DATABASES["default"]["NAME"]))
    # Emptying the tables after a test that commits would make Django's permissions anew, which nobody asks for.
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A private Redis, started for the first test that asks."""
    with private_redis(tmp_path_factory.mktemp("redis") / "server") as url:
        yield url


@pytest.fixture(scope="module", autouse=True)
def _grids_counted_anew() -> None:
    """The number of a grid has three digits only: within one file of tests it must not come round to 000."""
    GridFactory.reset_sequence()


@pytest.fixture(autouse=True)
def _nothing_cached() -> None:
    """What one test cached, the next does not find."""
    cache.clear()
    ready.clear()


@pytest.fixture(autouse=True)
def _audit_log_can_be_emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test that really commits, empty the audit log past its trigger; only then can the tables be flushed.

    PostgreSQL truncates, which no row trigger sees; SQLite deletes row by row, which the trigger refuses.
    """
    marker = request.node.get_closest_marker("django_db")
    commits = "transactional_db" in request.fixturenames or (marker is not None and marker.kwargs.get("transaction"))
    if not commits or environment.DATABASE != "sqlite":
        yield
        return
    # First, so that what follows the yield runs before its flush.
    request.getfixturevalue("transactional_db")
    yield
    with connection.cursor() as cursor:
        for statement in (*append_only.DROP["sqlite"], "DELETE FROM audit_entry", *append_only.CREATE["sqlite"]):
            cursor.execute(statement)


# --- journeys in a real Chromium --------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return browser_type_launch_args | {
        "executable_path": programs.required(programs.chromium(), "Chromium"),
        "args": programs.CHROMIUM_FLAGS,
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return browser_context_args | {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@pytest.fixture(scope="session")
def base_url(live_server: LiveServer) -> str:
    """`page.goto("/complaints/new/")` opens that page of the portal under test."""
    return live_server.url


@pytest.fixture
def as_user(new_context: Any, live_server: LiveServer) -> Iterator[Any]:
    """A browser window in which somebody is signed in; what its console complained of is checked at the end."""
    complaints: list[str] = []

    def open_window(user: Any, size: dict[str, int]) -> Any:
        client = Client()
        client.force_login(user)
        window = new_context(viewport=size, has_touch=size == PHONE)
        name = settings.SESSION_COOKIE_NAME
        window.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        page = window.new_page()
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_window
    # A refused form answers 422 or 409, which the browser reports as a resource that failed.
    assert [text for text in complaints if "422" not in text and "409" not in text] == []


@pytest.fixture(scope="session")
def root() -> Path:
    """The top folder of the repository."""
    return Path(__file__).parents[1]
