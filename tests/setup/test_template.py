"""The database that every run of tests begins with: copied, and no other than one migrated from nothing."""

import os
import sqlite3
import threading
from contextlib import closing

import psycopg2
import pytest
from django.db.migrations.loader import MigrationLoader

from reports.rollups import triggers
from tests.harness import environment, template

VENDOR = {"sqlite": "sqlite", "postgres": "postgresql"}[environment.DATABASE]
AUDIT_TRIGGERS = {
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit_entry_no_%'",
    "postgresql": "SELECT count(*) FROM pg_trigger WHERE tgname = 'audit_entry_append_only'",
}


@pytest.fixture
def asked(tmp_path):
    """What a database answers that no test has touched."""
    if VENDOR == "sqlite":
        template.copy_sqlite(tmp_path / "db.sqlite3")
        fresh = sqlite3.connect(tmp_path / "db.sqlite3")
    else:
        fresh = psycopg2.connect(f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{template.UNTOUCHED}")

    def answer(question):
        cursor = fresh.cursor()
        cursor.execute(question)
        return cursor.fetchall()

    with closing(fresh):
        yield answer


def test_nothing_is_left_to_migrate_and_rows_and_triggers_came_along(asked):
    assert set(asked("SELECT app, name FROM django_migrations")) == set(MigrationLoader(None).disk_migrations)
    assert asked("SELECT count(*) FROM common_calendaryear") == [(7,)]
    assert asked("SELECT count(*) FROM volunteers_starlevel") == [(5,)]
    assert asked(AUDIT_TRIGGERS[VENDOR]) == [({"sqlite": 2, "postgresql": 1}[VENDOR],)]
    assert asked(triggers.COUNT[VENDOR]) == [({"sqlite": 2, "postgresql": 1}[VENDOR],)]


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A folder of templates beside that of this run, and an app that they are made of."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "run.txt").write_text("django==5.2")
    (tmp_path / "pyproject.toml").write_text("[tool.importlinter]\nroot_packages = ['app']")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "models.py").write_text("first")
    monkeypatch.setattr(template, "ROOT", tmp_path)
    monkeypatch.setattr(template, "KEPT", tmp_path / "kept")
    return tmp_path


class Maker:
    """Makes folders with a file in them, and counts."""

    def __init__(self):
        self.made = 0

    def __call__(self, folder):
        self.made += 1
        folder.mkdir()
        (folder / "number").write_text(str(self.made))

    def number(self):
        with template._kept("some", self) as folder:
            return (folder / "number").read_text()


@pytest.mark.once
def test_it_is_made_once_however_many_ask_at_the_same_time(kept):
    maker, got = Maker(), []
    asking = [threading.Thread(target=lambda: got.append(maker.number())) for _ in range(4)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert got == ["1"] * 4


@pytest.mark.once
@pytest.mark.parametrize("changed", ["app/models.py", "app/migrations/0001_initial.py", "requirements/run.txt"])
def test_what_changes_what_it_is_made_of_makes_a_new_one_and_the_old_one_goes(kept, changed):
    maker = Maker()
    assert maker.number() == "1"
    (kept / changed).parent.mkdir(exist_ok=True)
    (kept / changed).write_text("second")

    assert maker.number() == maker.number() == "2"
    assert len(list((kept / "kept").glob("some-*"))) == 1


@pytest.mark.once
def test_one_whose_making_was_broken_off_is_made_again(kept):
    def broken(folder):
        folder.mkdir()
        raise RuntimeError("no room")

    with pytest.raises(RuntimeError, match="no room"), template._kept("some", broken):
        pass
    assert Maker().number() == "1"
