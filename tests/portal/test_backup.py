"""A small city backed up, lost and restored, by the commands that operations.md names, on both databases."""

import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest

from accounts.models import User
from common.errors import DomainError
from mohe_portal import backup, pg_tools
from tests.factories.accounts import UserFactory
from tests.harness import environment, template
from tests.harness.processes import own_environment


@dataclass(frozen=True)
class Answer:
    status: int
    out: str
    err: str


@dataclass
class Portal:
    """A portal with a database and photos of its own."""

    root: Path
    env: dict[str, str]

    def manage(self, *commands: Sequence[object]) -> list[Answer]:
        """What each of these commands answers."""
        told = json.dumps([[str(part) for part in command] for command in commands])
        done = subprocess.run(
            [sys.executable, "-m", "tests.harness.commands", told],
            cwd=self.root, env=self.env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return [Answer(**json.loads(line)) for line in done.stdout.splitlines()]

    def told(self, *commands: Sequence[object]) -> list[str]:
        """What each of these commands says, and all succeed."""
        answers = self.manage(*commands)
        assert [(answer.status, answer.err) for answer in answers if answer.status] == []
        return [answer.out for answer in answers]


@pytest.fixture(scope="module")
def new_portal(root, tmp_path_factory):
    made = []

    def make(*, migrated: bool) -> Portal:
        name = f"backup_{os.getpid()}_{len(made)}"
        folder = tmp_path_factory.mktemp(name)
        if environment.DATABASE == "postgres":
            server = os.environ["DATABASE_URL"]
            with closing(psycopg2.connect(server)) as connection:
                connection.autocommit = True
                source = template.UNTOUCHED if migrated else "template1"
                connection.cursor().execute(f"CREATE DATABASE {name} TEMPLATE {source}")
            url = f"{server.rpartition('/')[0]}/{name}"
        else:
            url = f"sqlite:///{folder / 'db.sqlite3'}"
            if migrated:
                template.copy_sqlite(folder / "db.sqlite3")
        env = own_environment(DATABASE_URL=url, VAR_DIR=str(folder / "var"), MEDIA_ROOT=str(folder / "media"))
        made.append(Portal(root, env))
        return made[-1]

    return make


@pytest.fixture(scope="module")
def city(new_portal, tmp_path_factory):
    """A portal with a small city, and the archive made of it."""
    portal, archive = new_portal(migrated=True), tmp_path_factory.mktemp("archive") / "portal.tar"
    seeding = ["seed_sample_city", "--cases", 12, "--months", 1, "-v0"]
    _, said = portal.told(seeding, ["backup", archive])
    assert "备份完成并已核对" in said
    return portal, archive


@pytest.fixture
def portal(city):
    return city[0]


@pytest.fixture
def archive(city):
    return city[1]


def manifest(file):
    with tarfile.open(file) as tar:
        return json.load(tar.extractfile("manifest.json"))


def held(file):
    """Rows by table and photos by name, as the manifest of an archive tells."""
    told = manifest(file)
    photos = {name: entry for name, entry in told["files"].items() if name.startswith("media/")}
    return told["rows"], photos


def test_what_was_lost_comes_back_row_for_row_and_byte_for_byte(archive, new_portal, tmp_path):
    again = tmp_path / "again.tar"

    restored, _, unapplied = new_portal(migrated=False).told(
        ["restore", archive], ["backup", again], ["migrate", "--check", "-v0"]
    )

    assert "恢复完成并已核对" in restored
    rows, photos = held(archive)
    assert held(again) == (rows, photos)
    assert rows["complaints_complaint"] == 12
    assert rows["accounts_unit"] == 122
    assert len(photos) > 0
    assert unapplied == ""


def test_a_portal_that_holds_something_is_replaced_only_when_that_is_said(archive, portal):
    stray = Path(portal.env["MEDIA_ROOT"]) / "stray.jpg"
    stray.write_bytes(b"not in the archive")

    refused, forced = portal.manage(["restore", archive], ["restore", archive, "--force"])

    assert refused.status == 1
    assert "加 --force" in refused.err
    assert "Traceback" not in refused.err
    assert forced.status == 0
    assert "恢复完成并已核对" in forced.out
    assert not stray.exists()


def test_a_damaged_archive_is_refused_before_anything_is_touched(archive, portal, tmp_path):
    whole = archive.read_bytes()
    damaged = {
        "a byte changed": whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:],
        "cut short": whole[: len(whole) // 2],
        "something else": b"no archive at all",
    }
    for name, content in damaged.items():
        (tmp_path / name).write_bytes(content)
    still = tmp_path / "still.tar"

    *refused, _ = portal.manage(*(["restore", tmp_path / name, "--force"] for name in damaged), ["backup", still])

    assert {name: answer.status for name, answer in zip(damaged, refused, strict=True)} == dict.fromkeys(damaged, 1)
    assert [answer.err for answer in refused if "Traceback" in answer.err] == []
    assert held(still) == held(archive)


def test_the_archive_is_for_its_owners_eyes_and_leaves_nothing_beside_it(archive):
    assert archive.stat().st_mode & 0o777 == 0o600
    assert os.listdir(archive.parent) == [archive.name]


def test_a_folder_that_is_not_there_gets_a_sentence(portal, tmp_path):
    (refused,) = portal.manage(["backup", tmp_path / "nowhere" / "portal.tar"])

    assert refused.status == 1
    assert "请先建好" in refused.err


@pytest.mark.needs_postgres
@pytest.mark.django_db
def test_without_the_client_tools_nothing_is_touched_and_the_package_is_named(tmp_path, monkeypatch):
    """The control of a real loss: the tables used to be dropped before anybody looked for pg_restore."""
    UserFactory()
    monkeypatch.setattr(pg_tools, "DEBIAN", tmp_path / "nowhere")
    monkeypatch.setenv("PATH", str(tmp_path))

    for attempt in (
        lambda: pg_tools.dump(tmp_path / "database.pgdump", snapshot="any"),
        lambda: backup._load(tmp_path / "database.pgdump"),
    ):
        with pytest.raises(DomainError, match="postgresql-client"):
            attempt()

    assert User.objects.count() == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.needs_postgres
@pytest.mark.django_db
def test_a_dump_that_cannot_be_read_costs_nothing(tmp_path):
    UserFactory()
    (tmp_path / "database.pgdump").write_bytes(b"no dump")

    with pytest.raises(DomainError, match="pg_restore"):
        backup._load(tmp_path / "database.pgdump")

    assert User.objects.count() == 1
