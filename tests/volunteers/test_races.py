"""A phone that sends the same thing many times at once, on the real database with real threads."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from complaints.models import Complaint, ProblemGroup
from tests.factories.grids import CENTRE
from tests.factories.volunteers import NINE, patrolled
from volunteers import actions
from volunteers.actions import AlreadyPatrolled
from volunteers.models import Finding, PatrolLog

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8


def at_once(work):
    """What each of the threads was given, all of them begun at the same moment."""
    ready = Barrier(AT_ONCE, timeout=60)

    def one(number):
        try:
            ready.wait()
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(one, range(AT_ONCE)))


def test_one_patrol_sent_eight_times_at_once_is_one(grid, unit, liaison):
    logs = at_once(lambda _: patrolled(grid, unit, by=liaison, key="same").pk)

    assert set(logs) == {PatrolLog.objects.get().pk}


def test_eight_patrols_of_a_grid_at_once_leave_one_and_tell_the_others(grid, unit, liaison):
    def walk(number):
        try:
            return patrolled(grid, unit, by=liaison, key=f"own-{number}").pk
        except AlreadyPatrolled as refused:
            return refused.log.pk

    assert set(at_once(walk)) == {PatrolLog.objects.get().pk}


def test_one_finding_sent_eight_times_at_once_is_one_case_and_not_taken_for_somebody_elses(grid, unit, liaison):
    log = patrolled(grid, unit, by=liaison)

    def tell(_):
        sent = {"group": ProblemGroup.GARBAGE, "text": "垃圾箱满溢", "point": CENTRE, "key": "same"}
        return actions.add_finding(log, by=liaison, at=NINE, **sent).complaint_id

    assert set(at_once(tell)) == {Complaint.objects.get().pk}
    assert Finding.objects.count() == 1
