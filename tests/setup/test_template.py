"""The database that every run of tests begins with: copied, and no other than one migrated from nothing."""

import threading

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from common.models import CalendarYear
from reports.rollups import triggers
from tests.harness import template
from volunteers.models import StarLevel


@pytest.mark.django_db
def test_nothing_is_left_to_migrate_and_rows_and_triggers_came_along():
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    assert (CalendarYear.objects.count(), StarLevel.objects.count()) == (7, 5)
    assert {name: counted(question) for name, question in TRIGGERS.items()} == {
        "audit": {"sqlite": 2, "postgresql": 1}[connection.vendor],
        "reports": {"sqlite": 2, "postgresql": 1}[connection.vendor],
    }


TRIGGERS = {
    "audit": {
        "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit_entry_no_%'",
        "postgresql": "SELECT count(*) FROM pg_trigger WHERE tgname = 'audit_entry_append_only'",
    },
    "reports": triggers.COUNT,
}


def counted(question):
    with connection.cursor() as cursor:
        cursor.execute(question[connection.vendor])
        return cursor.fetchone()[0]


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
