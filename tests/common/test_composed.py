"""A composed statement answers as the queryset does that it was made from, whatever values it is given."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection
from django.db.models import BigAutoField, CharField, Count, DateTimeField, Q

from accounts.models import User
from common.composed import Composed
from complaints.models import Complaint
from complaints.workflow import State
from grids.models import Grid
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.complaints import MONDAY, case_in, filed
from tests.factories.grids import GridFactory

pytestmark = pytest.mark.django_db


def test_the_same_row_is_found_as_by_the_queryset():
    first, second = UserFactory(), UserFactory()
    by_key = Composed(lambda key: User.objects.filter(pk=key), key=BigAutoField())

    assert [by_key(key=first.pk), by_key(key=second.pk), by_key(key=0)] == [[first], [second], []]


def test_every_field_of_a_row_and_of_those_beside_it_is_there_without_another_question(django_assert_num_queries):
    case = case_in(State.HANDLING, unit=UnitFactory())
    Complaint.objects.filter(pk=case.pk).update(grid=GridFactory())
    plain = Complaint.objects.select_related("grid__community", "unit").get(pk=case.pk)
    by_number = Composed(
        lambda number: Complaint.objects.select_related("grid__community", "unit").filter(number=number),
        number=CharField(),
    )
    by_number(number="none")

    with django_assert_num_queries(1):
        (found,) = by_number(number=case.number)
        assert (found.grid.community.name, found.unit.name) == (plain.grid.community.name, plain.unit.name)

    def fields(row):
        return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}

    assert fields(found) == fields(plain)
    assert fields(found.grid) == fields(plain.grid)


def test_deferred_fields_stay_deferred_and_annotations_are_there():
    case = case_in(State.ACCEPTED)
    asked = Composed(
        lambda key: Complaint.objects.filter(pk=key).only("number").annotate(told=Count("events")), key=BigAutoField()
    )

    (found,) = asked(key=case.pk)

    assert "text" in found.get_deferred_fields()
    assert (found.number, found.told, found.text) == (case.number, case.events.count(), case.text)


def test_values_are_turned_into_what_the_database_compares():
    filed(at=MONDAY - timedelta(hours=2))
    late = filed(at=MONDAY).complaint
    since = Composed(
        lambda moment: Complaint.objects.filter(filed_at__gte=moment).values_list("number"), moment=DateTimeField()
    )

    assert since(moment=MONDAY - timedelta(hours=1)) == [(late.number,)]
    assert len(since(moment=MONDAY - timedelta(hours=3))) == 2


def test_rows_asked_for_along_with_them_are_prefetched(django_assert_num_queries):
    grid = GridFactory()
    case = filed().complaint
    Complaint.objects.filter(pk=case.pk).update(grid=grid)
    by_code = Composed(lambda code: Grid.objects.filter(code=code).prefetch_related("complaints"), code=CharField())
    by_code(code="none")

    with django_assert_num_queries(2):
        (found,) = by_code(code=grid.code)
        assert list(found.complaints.all()) == [case]


def test_where_there_can_be_nothing_nothing_is_asked(django_assert_num_queries):
    asked = Composed(lambda key: User.objects.filter(pk=key).none(), key=BigAutoField())

    with django_assert_num_queries(0):
        assert asked(key=1) == []


def test_what_one_asking_got_does_not_show_in_the_next():
    user = UserFactory(name="示例人员")
    by_key = Composed(lambda key: User.objects.filter(pk=key), key=BigAutoField())
    before = by_key(key=user.pk)
    User.objects.filter(pk=user.pk).update(name="示例人员乙")

    assert (before[0].name, by_key(key=user.pk)[0].name) == ("示例人员", "示例人员乙")


def test_places_may_stand_in_what_is_counted():
    for hours in (0, 2):
        filed(at=MONDAY + timedelta(hours=hours))
    counted = Composed(
        lambda at: Complaint.objects.values_list("state").annotate(
            total=Count("pk"), before=Count("pk", filter=Q(filed_at__lt=at))
        ),
        at=DateTimeField(),
    )

    assert counted(at=MONDAY + timedelta(hours=1)) == [("received", 2, 1)]
    assert counted(at=MONDAY) == [("received", 2, 0)]


def test_where_nothing_is_let_through_nothing_is_asked(django_assert_num_queries):
    nothing = Composed(lambda key: User.objects.filter(pk=key).none(), key=BigAutoField())

    with django_assert_num_queries(0):
        assert nothing(key=1) == []


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_by_its_own_connection():
    users = [UserFactory() for _ in range(4)]
    by_key = Composed(lambda key: User.objects.filter(pk=key), key=BigAutoField())
    by_key(key=users[0].pk)
    found = {}

    def ask(user):
        try:
            found[user.pk] = [by_key(key=user.pk) for _ in range(20)]
        finally:
            connection.close()

    threads = [Thread(target=ask, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == {user.pk: [[user]] * 20 for user in users}
