"""Merging (并案), withdrawing (撤回), marks, helping units and redispatch: what each changes, and what it refuses."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection

from accounts.models import Role
from common.errors import DomainError
from complaints import actions
from complaints.models import Complaint, ComplaintQuerySet, HelpingUnit
from complaints.models.complaint import Satisfaction
from complaints.permissions import may_see_reporter
from complaints.workflow import Move, State
from notifications.models import Notice, Urgency
from tests.factories.accounts import UserFactory
from tests.factories.complaints import HOUR, MONDAY, case_in, clean_photo, filed

DAY = timedelta(days=1)
NOON = MONDAY + 3 * HOUR


@pytest.fixture
def office(db):
    return UserFactory(name="示例人员甲")


@pytest.fixture
def liaison(db):
    return UserFactory(name="示例人员乙", liaison=True, unit__name="示例单位 07")


def told():
    notices = [(notice.recipient, notice.title.partition("：")[0]) for notice in Notice.objects.order_by("recipient")]
    Notice.objects.all().delete()
    return notices


def last(case):
    return case.events.order_by("-version").first()


# --- merging ----------------------------------------------------------------------------------------------------------


def test_both_cases_say_what_was_merged_into_what(office, liaison):
    target, double = case_in(State.HANDLING, unit=liaison.unit), filed().complaint
    told()

    actions.merge(double, into=target, note="同一处积雪。", by=office, at=NOON)

    assert (double.state, double.merged_into, double.due_at, double.leading) == (State.MERGED, target, None, target)
    assert (last(double).move, last(double).basis) == (Move.MERGE, f"并入 {target.number}")
    assert (last(target).move, last(target).basis, target.state) == (
        Move.ABSORB, f"并入 {double.number}", State.HANDLING,
    )  # fmt: skip
    assert list(target.merged.all()) == [double]
    assert told() == [(liaison, "又有人反映同一件事")]


def test_a_chain_of_merged_cases_leads_to_the_one_that_is_handled(office):
    first, second, third = (filed().complaint for _ in range(3))
    actions.merge(first, into=second, by=office, at=NOON)
    actions.merge(second, into=third, by=office, at=NOON)

    assert Complaint.objects.get(pk=first.pk).leading == third


def test_nothing_is_merged_into_itself_or_into_what_is_over(office):
    case = filed().complaint
    over = [case_in(State.CLOSED), case_in(State.REJECTED)]
    merged = filed().complaint
    actions.merge(merged, into=filed().complaint, by=office, at=NOON)

    with pytest.raises(DomainError, match="并入它自己"):
        actions.merge(case, into=case, by=office, at=NOON)
    for target in [*over, merged]:
        with pytest.raises(DomainError, match="不能并入"):
            actions.merge(case, into=target, by=office, at=NOON)
    assert (case.state, case.version) == (State.RECEIVED, 0)


def merge_into_each_other() -> tuple[list[Complaint], list[str]]:
    """Two people, each of whom takes the other's case for the first one, at the same moment."""
    cases, people = [filed().complaint, filed().complaint], UserFactory.create_batch(2)
    all_have_read = Barrier(2, timeout=60)

    def one(number: int) -> str:
        try:
            mine, other = (Complaint.objects.get(pk=cases[i].pk) for i in (number, 1 - number))
            all_have_read.wait()
            actions.merge(mine, into=other, by=people[number], at=NOON)
            return "done"
        except DomainError:
            return "refused"
        except IntegrityError:
            return "impossible"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        outcome = list(threads.map(one, range(2)))
    for case in cases:
        case.refresh_from_db()
    return cases, sorted(outcome)


@pytest.mark.django_db(transaction=True)
def test_two_cases_do_not_become_each_others_duplicates():
    cases, outcome = merge_into_each_other()

    assert outcome == ["done", "refused"]
    assert sorted(case.state for case in cases) == [State.MERGED, State.RECEIVED]
    assert [case.version for case in cases] == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_without_the_version_in_the_update_only_a_constraint_is_left_to_stop_them(monkeypatch):
    """The control: the guard switched off, nobody is told anything sensible."""
    monkeypatch.setattr(ComplaintQuerySet, "as_read", lambda cases, case: cases.filter(pk=case.pk))

    _, outcome = merge_into_each_other()

    assert outcome == ["done", "impossible"]


# --- withdrawing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.RECEIVED, State.ACCEPTED, State.DISPATCHED, State.HANDLING])
def test_a_resident_takes_back_what_has_no_result_yet_and_the_unit_hears_of_it(liaison, state):
    case = case_in(state, unit=liaison.unit)
    told()

    actions.withdraw(case, reason="物业已经清理了。", at=NOON)

    assert (case.state, case.due_at, case.overall_due_at) == (State.WITHDRAWN, None, None)
    assert (last(case).actor, last(case).note) == (None, "物业已经清理了。")
    assert told() == ([(liaison, "居民撤回，不用再办")] if case.unit else [])


def test_what_others_wait_for_or_what_was_handled_once_is_not_taken_back(office):
    with_others, again = filed().complaint, case_in(State.CLOSED)
    actions.merge(filed().complaint, into=with_others, by=office, at=NOON)
    actions.rate(again, satisfaction=Satisfaction.DISSATISFIED, is_solved=False, at=NOON)

    with pytest.raises(DomainError, match="还有别人反映"):
        actions.withdraw(with_others, at=NOON)
    with pytest.raises(DomainError, match="不能撤回"):
        actions.withdraw(again, at=NOON)


# --- marks ------------------------------------------------------------------------------------------------------------


def test_a_resident_urges_once_a_day_and_whoever_has_the_case_hears_of_it(office, liaison):
    operator = UserFactory(role=Role.OPERATOR)
    case, received = case_in(State.HANDLING, unit=liaison.unit), filed().complaint
    told()

    actions.urge(case, by=None, at=NOON)
    assert (case.urge_count, told()) == (1, [(liaison, "居民催办")])
    with pytest.raises(DomainError, match="今天已经催过了"):
        actions.urge(case, by=None, at=NOON + 11 * HOUR)
    actions.urge(case, by=operator, at=NOON)
    actions.urge(case, by=None, at=NOON + 12 * HOUR)
    assert case.urge_count == 3
    told()

    actions.urge(received, by=None, at=NOON)
    assert {person for person, _ in told()} >= {office, operator}


def test_supervising_is_a_mark_with_a_reason_that_unit_and_supervision_hear_of(office, liaison):
    supervisor = UserFactory(role=Role.SUPERVISION)
    case = case_in(State.HANDLING, unit=liaison.unit)
    told()

    actions.supervise(case, reason="三天没有动静。", by=office, at=NOON)

    assert (case.state, case.supervised_at, list(Complaint.objects.supervised())) == (State.HANDLING, NOON, [case])
    assert set(Notice.objects.values_list("urgency", flat=True)) == {Urgency.HIGH}
    assert set(told()) == {(liaison, "督办"), (supervisor, "督办")}
    actions.unsupervise(case, reason="已经在办了。", by=office, at=NOON)
    assert (case.is_supervised, [e.note for e in case.events.order_by("-version")[:2]]) == (
        False, ["已经在办了。", "三天没有动静。"],
    )  # fmt: skip


def test_a_rule_may_supervise_and_the_timeline_does_not_take_it_for_the_resident(liaison):
    case = case_in(State.HANDLING, unit=liaison.unit)
    stale = Complaint.objects.get(pk=case.pk)

    actions.supervise(case, reason="超时 3 天。", by=None, at=NOON)

    with pytest.raises(actions.StaleCase, match="^系统刚刚办了“督办”"):
        actions.submit_result(stale, result="已清理。", by=liaison, at=NOON)


def test_marks_say_who_may_see_the_case_and_who_filed_it(office, liaison):
    case = case_in(State.HANDLING, unit=liaison.unit)
    leader, operator = UserFactory(role=Role.LEADER), UserFactory(role=Role.OPERATOR)
    assert Complaint.objects.visible_to(leader).contains(case)

    actions.mark(case, is_confidential=True, is_anonymous=True, reason="反映人要求。", by=office, at=NOON)

    assert not Complaint.objects.visible_to(leader).contains(case)
    assert [may_see_reporter(who, case, may_contact=True) for who in (office, operator, liaison)] == [
        True, False, False,
    ]  # fmt: skip
    assert last(case).basis == "标为保密，标为匿名"
    with pytest.raises(DomainError, match="没有变化"):
        actions.mark(case, is_confidential=True, is_anonymous=True, reason="反映人要求。", by=office, at=NOON)


# --- other units ------------------------------------------------------------------------------------------------------


def test_helping_units_are_named_at_dispatch_or_later_and_those_who_are_new_hear_of_it(office, liaison):
    helper, later = UserFactory(liaison=True), UserFactory(liaison=True)
    case = case_in(State.ACCEPTED)
    told()
    actions.dispatch(case, to=liaison.unit, helpers=[helper.unit], by=office, at=NOON)
    assert set(told()) == {(liaison, "新派单"), (helper, "请协办")}
    assert last(case).basis.endswith(f"。协办：{helper.unit}")

    actions.set_helpers(case, units=[helper.unit, later.unit], by=office, at=NOON)
    assert told() == [(later, "请协办")]
    actions.set_helpers(case, units=[later.unit], by=office, at=NOON)

    assert (told(), last(case).basis) == ([], f"不再协办：{helper.unit}")
    assert [Complaint.objects.visible_to(who).contains(case) for who in (liaison, helper, later)] == [
        True, False, True,
    ]  # fmt: skip
    for wrong, words in (([later.unit], "没有变化"), ([liaison.unit], "主办单位")):
        with pytest.raises(DomainError, match=words):
            actions.set_helpers(case, units=wrong, by=office, at=NOON)


def test_a_note_with_photos_is_told_to_the_other_units_and_stays_among_staff(office, liaison):
    helper = UserFactory(liaison=True)
    case = case_in(State.HANDLING, unit=liaison.unit)
    actions.set_helpers(case, units=[helper.unit], by=office, at=NOON)
    told()

    actions.add_note(case, text="铲雪车已经调来。", photos=[clean_photo()], by=helper, at=NOON)

    assert (last(case).unit, last(case).note, told()) == (
        helper.unit, "铲雪车已经调来。", [(liaison, "补充进展")],
    )  # fmt: skip
    assert [photo.kind for photo in case.photos.all()] == ["during"]


def test_a_redispatch_takes_the_case_from_one_unit_and_starts_the_clock_of_the_other(office, liaison):
    other = UserFactory(liaison=True)
    case = case_in(State.HANDLING, unit=liaison.unit)
    actions.set_helpers(case, units=[other.unit], by=office, at=NOON)
    stage, overall = case.due_at, case.overall_due_at
    told()

    actions.redispatch(case, to=other.unit, reason="该处由别的单位包保。", by=office, at=NOON + DAY)

    assert (case.state, case.unit, case.dispatched_at) == (State.DISPATCHED, other.unit, NOON + DAY)
    assert (case.due_at > stage, case.overall_due_at) == (True, overall)
    assert not HelpingUnit.objects.exists()
    assert [Complaint.objects.visible_to(who).contains(case) for who in (liaison, other)] == [False, True]
    assert set(told()) == {(liaison, "已改派给别的单位，不用再办"), (other, "改派给本单位")}
    with pytest.raises(DomainError, match="现在就由"):
        actions.redispatch(case, to=other.unit, reason="再派一次。", by=office, at=NOON + DAY)


# --- what others are deciding meanwhile -------------------------------------------------------------------------------


def test_what_is_added_aside_spoils_nobodys_decision_but_the_same_thing_twice(office, liaison):
    case = case_in(State.HANDLING, unit=liaison.unit)
    seen = case.version
    actions.urge(case, by=None, at=NOON)
    actions.supervise(case, reason="三天没有动静。", by=office, at=NOON)

    actions.ensure_unchanged(case, version=seen, move=Move.SUBMIT)
    with pytest.raises(actions.StaleCase):
        actions.ensure_unchanged(case, version=seen, move=Move.URGE)
    with pytest.raises(actions.StaleCase):
        actions.ensure_unchanged(case, version=case.version + 1, move=Move.SUBMIT)
    actions.submit_result(case, result="已清理。", by=liaison, at=NOON)
    with pytest.raises(actions.StaleCase):
        actions.ensure_unchanged(case, version=seen, move=Move.SUBMIT)


def test_what_is_added_aside_leaves_the_stage_and_its_time_alone(office, liaison):
    case = case_in(State.HANDLING, unit=liaison.unit)
    signed_at = case.stage_started_at

    actions.urge(case, by=office, at=case.due_at + DAY)

    assert (case.stage_started_at, last(case).seconds_used, last(case).was_overdue) == (signed_at, 0, False)
