"""What is remembered is as it was stored, whoever changed it and however."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Unit
from common import change_triggers
from common.models import Change, Fact
from common.revisions import read_once, remembered, revision_of, stamp_of
from complaints.models import Complaint
from complaints.workflow import State
from tests.factories.accounts import UnitFactory
from tests.factories.complaints import MONDAY, case_in

pytestmark = pytest.mark.django_db


@remembered("reference")
def names() -> list[str]:
    return sorted(Unit.objects.values_list("name", flat=True))


def by_sql():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_unit SET name = '丁' WHERE code = 'A'")


CHANGES = {
    "saved": lambda: Unit.objects.get(code="A").save(),
    "created": lambda: Unit.objects.create(code="B", name="乙"),
    "in bulk": lambda: Unit.objects.bulk_create([Unit(code="B", name="乙"), Unit(code="C", name="丙")]),
    "updated": lambda: Unit.objects.filter(code="A").update(name="丁"),
    "deleted": lambda: Unit.objects.filter(code="A").delete(),
    "by SQL": by_sql,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_by_any_route_makes_a_new_revision(change):
    UnitFactory(code="A", name="甲")
    before = revision_of("reference")
    assert names() == ["甲"]

    change()

    assert revision_of("reference") != before
    assert names() == sorted(Unit.objects.values_list("name", flat=True))


def test_what_did_not_change_is_not_read_again(django_assert_num_queries):
    UnitFactory(name="甲")
    assert names() == ["甲"]
    Fact.write("of_another_topic", 1)

    with django_assert_num_queries(1):
        assert names() == ["甲"]
    with read_once(), django_assert_num_queries(1):
        assert [names(), names(), stamp_of("reference")][0] == ["甲"]


def test_arguments_are_told_apart():
    @remembered("reference")
    def named(start: str) -> list[str]:
        return list(Unit.objects.filter(name__startswith=start).values_list("name", flat=True))

    UnitFactory(name="甲一")
    assert (named("甲"), named("乙")) == (["甲一"], [])


def test_a_change_taken_back_leaves_the_revision_as_it_was_and_its_own_never_comes_again():
    UnitFactory(code="A", name="甲")
    before = revision_of("reference")
    seen = set()
    for name in ("乙", "丙"):
        with transaction.atomic():
            Unit.objects.filter(code="A").update(name=name)
            seen.add(revision_of("reference"))
            assert names() == [name]
            transaction.set_rollback(True)
        assert revision_of("reference") == before
        assert names() == ["甲"]
    assert len(seen) == 2


def test_a_topic_keeps_one_note_however_often_it_changes():
    unit = UnitFactory()
    for _ in range(5):
        unit.save()
    assert Change.objects.filter(topic="reference").count() == 1


def test_every_watched_table_notes_its_changes_and_after_a_migration_all_are_new():
    watched = change_triggers.watched_tables()
    assert {"complaints_publicversion_photos", "grids_grid", "common_fact"} <= {one.table for one in watched}
    assert {one.topic for one in watched} == set(Change.objects.values_list("topic", flat=True))
    topics = sorted({one.topic for one in watched})
    before = [revision_of(topic) for topic in topics]

    change_triggers.install(using="default")

    assert not set(before) & {revision_of(topic) for topic in topics}


def test_a_trigger_that_is_missing_or_of_another_time_is_put_right():
    with connection.cursor() as cursor:
        on = "" if connection.vendor == "sqlite" else " ON accounts_unit"
        name = "reference_accounts_unit_update" if connection.vendor == "sqlite" else "reference"
        cursor.execute(f"DROP TRIGGER {change_triggers.NAME}_{name}{on}")
        change_triggers.install(using="default")
        cursor.execute(change_triggers.INSTALLED[connection.vendor])
        found = cursor.fetchall()
    assert len([1 for _, table in found if table == "accounts_unit"]) == (3 if connection.vendor == "sqlite" else 1)
    with CaptureQueriesContext(connection) as again:
        change_triggers.install(using="default")
    assert not [one for one in again if "TRIGGER" in one["sql"] and one["sql"].startswith(("CREATE", "DROP"))]


@pytest.mark.django_db(transaction=True)
def test_changes_at_once_wait_for_nobody_and_none_is_lost():
    """Two transactions change the same two topics in opposite order, which two rows to be updated would lock up."""
    UnitFactory(code="A", name="甲")

    def in_turn(number: int, turn: int) -> None:
        def unit() -> None:
            Unit.objects.filter(code=f"N{number}").update(name=f"{number} {turn}")

        def fact() -> None:
            Fact.write(f"fact {number}", turn)

        with transaction.atomic():
            for step in (unit, fact) if number % 2 else (fact, unit):
                step()

    def change(number: int) -> None:
        try:
            for turn in range(10):
                in_turn(number, turn)
        finally:
            connection.close()

    for number in range(4):
        UnitFactory(code=f"N{number}")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(change, range(4)))

    assert names() == sorted(Unit.objects.values_list("name", flat=True))
    assert {Fact.read(f"fact {number}") for number in range(4)} == {9}
    assert Change.objects.filter(topic="reference").count() <= 4


@pytest.mark.django_db(transaction=True)
def test_an_emptied_database_is_seen_to_be_empty():
    UnitFactory(name="甲")
    assert names() == ["甲"]
    call_command("flush", interactive=False, verbosity=0)
    assert names() == []


def test_of_a_table_that_changes_all_the_time_only_some_rows_are_noted():
    """Of cases those that are closed: what is published may be among them."""
    case = case_in(State.HANDLED)
    before = revision_of("published")
    Complaint.objects.filter(pk=case.pk).update(urge_count=1)
    assert revision_of("published") == before

    seen = {before}
    opened_again = {"state": State.HANDLING, "closed_at": None, "closed_in_time": None}
    for change in ({"state": State.CLOSED, "closed_at": MONDAY}, {"is_confidential": True}, opened_again):
        Complaint.objects.filter(pk=case.pk).update(**change)
        seen.add(revision_of("published"))
    assert len(seen) == 4
