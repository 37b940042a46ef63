"""Several at the same moment, on the real database with real threads."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from publicity.actions import initiative
from publicity.actions import slogans as actions
from publicity.models import Collection, Entry, InitiativeVersion
from publicity.slogan_stats import Turnout, turnout
from tests.factories.accounts import UserFactory
from tests.publicity.slogans import NOW, PHONE, collection_of, sent_to

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 12


def at_once(work, asked):
    """What each was given, all of them begun at the same moment."""
    ready = Barrier(len(asked), timeout=60)

    def one(what):
        try:
            ready.wait()
            return work(what)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(asked)) as threads:
        return list(threads.map(one, asked))


@pytest.mark.parametrize("phone", ["", PHONE], ids=["without a phone", "with a phone"])
def test_one_form_sent_many_times_at_once_is_one_person_with_its_slogans(phone):
    collection = collection_of(UserFactory())

    def send(_):
        by = actions.SentBy(token="one form", phone=phone)
        return actions.send(collection, [actions.Slogan("一"), actions.Slogan("二")], by=by, at=NOW).sender.pk

    assert len(set(at_once(send, range(AT_ONCE)))) == 1
    assert turnout(collection) == Turnout(people=1, entries=2)


def test_of_several_who_move_the_same_slogans_at_once_one_moves_all_of_them():
    office = UserFactory()
    seen = sent_to(collection_of(office), "一", "二", "三")

    def decide(state):
        collection = Collection.objects.get()
        return actions.decide(collection, seen, state, reason="重复", by=office, at=NOW)

    moved = at_once(decide, [Entry.State.SHOWN, Entry.State.HIDDEN] * (AT_ONCE // 2))
    assert sorted(moved) == [0] * (AT_ONCE - 1) + [3]
    assert Entry.objects.values("state").distinct().count() == 1


def test_everybody_who_joins_at_once_is_counted_and_one_of_two_new_versions_holds():
    office = UserFactory()
    version = initiative.publish(initiative.Words("倡议书", "扫雪。", "创城办"), seen=0, by=office, at=NOW)

    def rewrite(text):
        try:
            initiative.publish(initiative.Words("倡议书", text, "创城办", "改"), seen=1, by=office, at=NOW)
        except initiative.StaleRecord:
            return "told so"
        return "published"

    at_once(lambda _: initiative.join(version, at=NOW), range(AT_ONCE))
    assert version.joinings.count() == AT_ONCE
    assert sorted(at_once(rewrite, ["一", "二", "三"])) == ["published", "told so", "told so"]
    assert InitiativeVersion.objects.count() == 2
