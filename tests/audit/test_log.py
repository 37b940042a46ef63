from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from audit import log
from audit.append_only import REFUSAL
from audit.models import Entry
from tests.factories.accounts import UserFactory
from tests.factories.complaints import MONDAY, filed

pytestmark = pytest.mark.django_db


def told(count=3):
    office = UserFactory()
    return [log.record("查看", by=office, at=MONDAY + timedelta(minutes=n), number=n) for n in range(count)]


def test_an_entry_keeps_who_what_and_to_which_record_in_words_that_outlive_them():
    office, case = UserFactory(name="示例人员甲"), filed().complaint

    entry = log.record("查看反映人电话", by=office, at=MONDAY, target=case, reason="核实地点")

    assert (entry.actor_label, entry.target_label) == ("示例人员甲（创城办）", case.number)
    assert (entry.target_model, entry.target_id) == ("complaints.complaint", str(case.pk))
    assert entry.facts == {"reason": "核实地点"}


def test_each_entry_seals_the_one_before_it():
    first, second, third = told()

    assert (first.previous_seal, second.previous_seal, third.previous_seal) == (log.GENESIS, first.seal, second.seal)
    assert list(log.broken_links()) == []


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET verb = 'x'", "DELETE FROM audit_entry"])
def test_the_database_refuses_to_change_or_delete_an_entry(statement):
    told()

    with pytest.raises(DatabaseError, match=REFUSAL), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert Entry.objects.count() == 3


def test_an_entry_changed_behind_the_triggers_back_shows(triggers_off):
    _, second, _ = told()

    Entry.objects.filter(pk=second.pk).update(facts={"number": 99})

    assert list(log.broken_links()) == [Entry.objects.get(pk=second.pk)]


def test_an_entry_taken_out_shows_at_the_one_after_it(triggers_off):
    _, second, third = told()

    Entry.objects.filter(pk=second.pk).delete()

    assert list(log.broken_links()) == [third]


def test_what_is_rolled_back_leaves_no_entry_and_no_gap():
    first = told(1)[0]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        log.record("落空", by=None, at=MONDAY)
        raise ZeroDivisionError

    after = log.record("查看", by=None, at=MONDAY)

    assert after.previous_seal == first.seal
