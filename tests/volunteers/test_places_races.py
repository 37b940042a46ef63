"""Fifty people for one free place, on the real database with real threads."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from tests.factories import crew
from tests.factories.crew import MONDAY
from volunteers import actions
from volunteers.models import Activity, ServiceRecord, SignUp, Volunteer
from volunteers.workflow import IllegalMove

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 50


def at_once(work, people):
    """What each was given, all of them begun at the same moment."""
    ready = Barrier(len(people), timeout=60)

    def one(person):
        try:
            ready.wait()
            return work(person)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as threads:
        return list(threads.map(one, people))


def test_of_fifty_people_for_one_free_place_one_gets_it_and_the_others_wait_in_order():
    held = crew.activity(capacity=1)
    Volunteer.objects.bulk_create(
        Volunteer(name=f"示例志愿者{n}", consent_version="2026-11", registered_at=MONDAY) for n in range(PEOPLE)
    )
    people = list(Volunteer.objects.all())

    at_once(lambda one: actions.sign_up(Activity.objects.get(pk=held.pk), volunteer=one, at=MONDAY), people)

    places = list(SignUp.objects.order_by("turn"))
    assert [place.turn for place in places] == list(range(1, PEOPLE + 1))
    assert [place.state for place in places] == ["going"] + ["waiting"] * (PEOPLE - 1)
    assert len({place.volunteer_id for place in places}) == PEOPLE
    held.refresh_from_db()
    assert (held.taken, held.last_turn) == (1, PEOPLE)


def test_one_person_pressing_for_two_overlapping_activities_at_once_gets_one():
    both, who = [crew.activity(), crew.activity()], crew.volunteer()

    def press(activity):
        try:
            return actions.sign_up(activity, volunteer=who, at=MONDAY).state
        except actions.Clash:
            return "clash"

    assert sorted(at_once(press, both)) == ["clash", "going"]


def test_hours_confirmed_twice_at_once_are_there_once():
    held, by = crew.activity(), crew.UserFactory()
    crew.served(held, crew.volunteer())
    held.refresh_from_db()

    def confirm(_):
        try:
            return len(actions.confirm_hours(Activity.objects.get(pk=held.pk), by=by, at=held.ends_at))
        except (actions.StaleActivity, IllegalMove):
            return 0

    assert sorted(at_once(confirm, [1, 2])) == [0, 1]
    assert ServiceRecord.objects.get().minutes == 120
