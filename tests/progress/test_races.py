"""Two people marking one flag at the same moment, on the real database with real threads."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from progress import actions
from progress.actions import StaleTask
from progress.models import Flag, Marking, MonthTask, MonthTaskQuerySet
from tests.factories.accounts import UserFactory
from tests.factories.progress import MARKED_AT, MonthTaskFactory

pytestmark = pytest.mark.django_db(transaction=True)

MARKERS = 8


def mark_at_once() -> tuple[MonthTask, list[str]]:
    """All markers read the task, then all mark it red; what each of them was told."""
    task = MonthTaskFactory()
    people = UserFactory.create_batch(MARKERS)
    all_have_read = Barrier(MARKERS, timeout=60)

    def one(person) -> str:
        try:
            read = MonthTask.objects.get(pk=task.pk)
            all_have_read.wait()
            actions.mark_red(read, by=person, at=MARKED_AT)
            return "saved"
        except StaleTask as stale:
            return stale.message
        finally:
            connection.close()

    with ThreadPoolExecutor(MARKERS) as threads:
        told = list(threads.map(one, people))
    task.refresh_from_db()
    return task, told


def test_one_of_eight_markers_wins_and_the_others_are_told_who():
    task, told = mark_at_once()

    winner = Marking.objects.get().by
    refused = [message for message in told if message != "saved"]
    assert len(refused) == MARKERS - 1
    assert all(message.startswith(f"{winner}刚刚把这项标成了“红旗”") for message in refused)
    assert (task.flag, task.version, task.marked_by) == (Flag.RED, 1, winner)


def test_without_the_version_in_the_update_all_eight_would_believe_they_marked_it(monkeypatch):
    """The control: the guard switched off, the race shows."""
    monkeypatch.setattr(MonthTaskQuerySet, "as_read", lambda tasks, task: tasks.filter(pk=task.pk))

    task, told = mark_at_once()

    assert told == ["saved"] * MARKERS
    assert (task.version, Marking.objects.count()) == (MARKERS, MARKERS)
