"""Fifty people moving one case at the same moment, on the real database with real threads."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.http import QueryDict

from complaints import actions
from complaints.models import Complaint, ComplaintQuerySet, Event, Export, ExportFormat, ExportState
from complaints.selection import Selection
from complaints.workflow import Move
from notifications.models import Notice
from tests.factories.accounts import UserFactory
from tests.factories.complaints import HOUR, MONDAY, CategoryFactory, filed

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 50


def dispatch_at_once() -> tuple[Complaint, list[str]]:
    """All have read the case before the first dispatches it, each to the same unit; what each was told."""
    liaison = UserFactory(liaison=True)
    case = filed().complaint
    actions.accept(case, category=CategoryFactory(), by=UserFactory(), at=MONDAY)
    people = UserFactory.create_batch(PEOPLE)
    all_have_read = Barrier(PEOPLE, timeout=60)

    def one(person) -> str:
        try:
            read = Complaint.objects.get(pk=case.pk)
            all_have_read.wait()
            actions.dispatch(read, to=liaison.unit, by=person, at=MONDAY + HOUR)
            return "done"
        except actions.StaleCase as stale:
            return stale.message
        finally:
            connection.close()

    with ThreadPoolExecutor(PEOPLE) as threads:
        told = list(threads.map(one, people))
    case.refresh_from_db()
    return case, told


def test_one_of_fifty_wins_the_others_are_told_who_and_what_and_leave_nothing_behind():
    case, told = dispatch_at_once()

    winner = Event.objects.get(complaint=case, move=Move.DISPATCH).actor
    refused = [message for message in told if message != "done"]
    assert len(refused) == PEOPLE - 1
    assert {message.partition("，")[0] for message in refused} == {f"{winner}刚刚办了“派遣”"}
    assert (case.version, Notice.objects.count()) == (2, 1)
    assert [event.version for event in case.events.all()] == [0, 1, 2]


def test_without_the_version_in_the_update_all_fifty_would_dispatch(monkeypatch):
    """The control: the guard switched off, the race shows."""
    monkeypatch.setattr(ComplaintQuerySet, "as_read", lambda cases, case: cases.filter(pk=case.pk))

    case, told = dispatch_at_once()

    assert told == ["done"] * PEOPLE
    assert Event.objects.filter(complaint=case, move=Move.DISPATCH).count() == PEOPLE


def test_workers_that_come_at_once_make_each_export_once(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    filed()
    owner, workers = UserFactory(), 4
    for _ in range(3):
        selection = Selection(QueryDict("state=all"), user=owner, at=MONDAY + HOUR)
        actions.ask_for_export(selection, format=ExportFormat.CSV)
    all_are_here = Barrier(workers, timeout=60)

    def one(_) -> int:
        try:
            all_are_here.wait()
            return actions.make_exports(now=lambda: MONDAY + 2 * HOUR)
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as threads:
        made = sum(threads.map(one, range(workers)))

    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    told = Notice.objects.filter(title__startswith="导出好了").count()
    assert (made, Export.objects.filter(state=ExportState.DONE, tries=1).count(), len(files), told) == (3, 3, 3, 3)
