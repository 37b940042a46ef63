"""Two people deciding at the same moment, on the real database with real threads."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from common.errors import DomainError
from progress import actions
from progress.actions import Change, StaleObjection, StalePlan, StaleTask, TaskGone
from progress.models import Amendment, AnnualPlan, Flag, Marking, MonthTask, Objection, PlanMonth, PlanStep
from progress.workflow import PlanState
from tests.factories.accounts import UserFactory
from tests.factories.progress import MARKED_AT, AnnualPlanFactory, PlanTaskFactory, RedTaskFactory

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 6


def all_at_once(*tries) -> list[str]:
    """Each is a call; all begin together. What each of them was told: done, or the kind of refusal."""
    together = Barrier(len(tries), timeout=60)

    def one(attempt) -> str:
        try:
            together.wait()
            attempt()
            return "done"
        except DomainError as refused:
            return type(refused).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tries)) as threads:
        return list(threads.map(one, tries))


@pytest.fixture
def people():
    return UserFactory.create_batch(PEOPLE)


@pytest.fixture
def plan():
    plan = AnnualPlanFactory(submitted=True)
    PlanTaskFactory(plan=plan, content="清运垃圾", targets={11: "4 次", 12: "5 次"})
    return plan


def test_a_plan_approved_by_six_at_once_makes_its_tasks_once(plan, people):
    def approve(person):
        read = AnnualPlan.objects.get()
        return lambda: actions.approve_plan(read, by=person, at=MARKED_AT)

    told = all_at_once(*(approve(person) for person in people))

    assert Counter(told) == {"done": 1, StalePlan.__name__: PEOPLE - 1}
    assert (MonthTask.objects.count(), PlanStep.objects.count()) == (2, 1)
    assert AnnualPlan.objects.get().state == PlanState.APPROVED


def test_an_objection_decided_by_six_at_once_has_one_answer(people):
    task = RedTaskFactory()
    objection = actions.object_to_flag(task, reason="没有做", by=people[0], at=MARKED_AT)

    def decide(number, person):
        read = Objection.objects.select_related("task__unit").get(pk=objection.pk)
        if number % 2:
            return lambda: actions.uphold_flag(read, words=person.name, by=person, at=MARKED_AT)
        return lambda: actions.change_flag(
            read, Flag.UNMARKED, statement=None, words=person.name, by=person, at=MARKED_AT
        )

    told = all_at_once(*(decide(number, person) for number, person in enumerate(people)))

    decided = Objection.objects.get()
    # Who is late at the flag itself is told that, who is late at the objection that; both saved nothing.
    assert told.count("done") == 1
    assert set(told) - {"done"} <= {StaleObjection.__name__, "DomainError"}
    assert decided.words == decided.decided_by.name
    assert Marking.objects.count() == int(decided.outcome == Objection.Outcome.CHANGED)


def test_a_task_is_either_marked_or_dropped_never_both(plan, people):
    actions.approve_plan(plan, by=people[0], at=MARKED_AT)
    task = MonthTask.objects.get(month=11)
    planned = PlanMonth.objects.select_related("task__group").get(month=11)
    dropping = actions.propose_amendment(
        plan, Change(Amendment.Kind.DROP, 11, task=planned.task), reason="不做了", by=people[0], at=MARKED_AT
    )
    told = all_at_once(
        lambda: actions.approve_amendment(dropping, by=people[1], at=MARKED_AT),
        lambda: actions.mark_red(task, by=people[2], at=MARKED_AT),
    )

    planned.refresh_from_db()
    dropping.refresh_from_db()
    if told[0] == "done":
        assert told[1] == TaskGone.__name__
        assert (planned.month_task, MonthTask.objects.filter(month=11).count()) == (None, 0)
    else:
        assert told == ["DomainError", "done"]
        assert (planned.dropped_on, dropping.state) == (None, Amendment.State.PROPOSED)
        assert MonthTask.objects.get(month=11).flag == Flag.RED


def test_new_words_and_a_flag_at_once_leave_no_flag_on_words_nobody_read(plan, people):
    actions.approve_plan(plan, by=people[0], at=MARKED_AT)
    task = MonthTask.objects.get(month=11)
    planned = PlanMonth.objects.select_related("task__group").get(month=11)
    change = Change(Amendment.Kind.CHANGE, 11, task=planned.task, target="2 次")
    waiting = actions.propose_amendment(plan, change, reason="设备到货晚", by=people[0], at=MARKED_AT)
    told = all_at_once(
        lambda: actions.approve_amendment(waiting, by=people[1], at=MARKED_AT),
        lambda: actions.mark_red(task, by=people[2], at=MARKED_AT),
    )

    stands = MonthTask.objects.get(month=11)
    assert (told, stands.content, stands.flag) in [
        (["done", StaleTask.__name__], "清运垃圾：2 次", Flag.UNMARKED),
        (["DomainError", "done"], "清运垃圾：4 次", Flag.RED),
    ]
