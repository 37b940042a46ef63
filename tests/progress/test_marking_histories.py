"""Whatever people do to a flag in whatever order: its history tells it, and the flag is what the history ends with."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.errors import DomainError
from progress import actions
from progress.actions import Statement
from progress.models import Flag, MonthTask, Objection
from tests.factories.accounts import SpecialGroupFactory, UserFactory
from tests.factories.progress import MARKED_AT, NOVEMBER, MonthTaskFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]

STATEMENTS = st.builds(
    Statement,
    st.sampled_from(["材料未到货", "人手不够", " "]),
    st.sampled_from(["等到货", "抽调人员"]),
    st.dates(date(2026, 10, 25), date(2026, 12, 20)),
)
DEEDS = st.one_of(
    st.just(("red", None)),
    st.tuples(st.just("blue"), STATEMENTS),
    st.sampled_from([("unmark", None), ("undo", None), ("object", None), ("uphold", None), ("close", None)]),
)


def do(deed, statement, task, office, liaison, at):
    if deed == "red":
        actions.mark_red(task, by=office, at=at)
    elif deed == "blue":
        actions.mark_blue(task, statement=statement, by=office, at=at)
    elif deed == "unmark":
        actions.unmark(task, by=office, at=at)
    elif deed == "undo":
        actions.undo_marking(task.group, NOVEMBER, by=office, at=at)
    elif deed == "object":
        actions.object_to_flag(task, reason="不是这样", by=liaison, at=at)
    elif deed == "uphold":
        for objection in Objection.objects.pending().select_related("task__unit"):
            actions.uphold_flag(objection, words="就是这样", by=office, at=at)
    else:
        actions.close_month(NOVEMBER, by=office, at=at)


def told(task):
    return (task.flag, task.reason, task.plan, task.new_date, task.marked_at)


@pytest.fixture
def office():
    return UserFactory()


@pytest.fixture
def liaison():
    return UserFactory(liaison=True)


@settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(deeds=st.lists(DEEDS, max_size=9))
def test_a_flag_is_what_its_history_says(office, liaison, deeds):
    with transaction.atomic():
        task = MonthTaskFactory(unit=liaison.unit, group=SpecialGroupFactory())
        for number, (deed, statement) in enumerate(deeds):
            task = MonthTask.objects.select_related("unit", "group").get(pk=task.pk)
            before = (told(task), task.version, task.markings.count(), task.is_locked)
            try:
                with transaction.atomic():
                    do(deed, statement, task, office, liaison, MARKED_AT + timedelta(minutes=number))
            except DomainError:
                task.refresh_from_db()
                assert (told(task), task.version, task.markings.count(), task.is_locked) == before
        check(MonthTask.objects.get(pk=task.pk))
        transaction.set_rollback(True)


def check(task):
    markings = list(task.markings.order_by("version"))
    # Without a gap, and each begins with what the one before ended with.
    assert [marking.version for marking in markings] == list(range(1, task.version + 1))
    chain = [Flag.UNMARKED, *(marking.to_flag for marking in markings)]
    assert [marking.from_flag for marking in markings] == chain[:-1]
    assert task.flag == chain[-1]
    if markings and task.flag != Flag.UNMARKED:
        last = markings[-1]
        assert told(task) == (last.to_flag, last.reason, last.plan, last.new_date, last.at)
    else:
        assert told(task) == (Flag.UNMARKED, "", "", None, None)
    for marking in markings:
        assert (marking.to_flag == Flag.BLUE) == bool(marking.reason.strip() and marking.plan.strip())
        assert marking.new_date is None or marking.new_date >= task.earliest_new_date
    # An objection waits only for the flag that stands, and there was one at most to each flag.
    objections = list(task.objections.all())
    assert len({one.flag_version for one in objections}) == len(objections)
    assert all(one.flag_version == task.version for one in objections if one.outcome == Objection.Outcome.PENDING)
