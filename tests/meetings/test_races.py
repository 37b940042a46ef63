"""Eight people moving one action item at the same moment, on the real database with real threads."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from meetings import actions
from meetings.models import ActionItem, ActionItemQuerySet, Step
from meetings.workflow import Move
from tests.factories.accounts import UserFactory
from tests.factories.meetings import NOW, item

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 8


def postpone_at_once() -> list[str]:
    """All have read the item before the first postpones it; what each was told."""
    given = item()
    people = UserFactory.create_batch(PEOPLE)
    all_have_read = Barrier(PEOPLE, timeout=60)

    def one(person) -> str:
        try:
            read = ActionItem.objects.get(pk=given.pk)
            all_have_read.wait()
            actions.postpone(read, due_on=read.due_on, text="等材料", by=person, at=NOW)
            return "done"
        except actions.StaleItem as stale:
            return stale.message
        finally:
            connection.close()

    with ThreadPoolExecutor(PEOPLE) as threads:
        return list(threads.map(one, people))


def test_one_of_eight_wins_and_the_others_are_told_who():
    told = postpone_at_once()

    winner = Step.objects.get(move=Move.POSTPONE).by
    refused = [message for message in told if message != "done"]
    assert len(refused) == PEOPLE - 1
    assert {message.partition("，")[0] for message in refused} == {f"{winner}刚刚办了“改期”"}
    assert ActionItem.objects.get().version == 1


def test_without_the_version_in_the_update_the_others_would_not_hear_of_it(monkeypatch):
    """The control: the guard switched off, the race shows; only the constraint on the steps still stops it."""
    monkeypatch.setattr(ActionItemQuerySet, "as_read", lambda items, read: items.filter(pk=read.pk))

    with pytest.raises(Exception, match="(?i)unique"):
        postpone_at_once()
