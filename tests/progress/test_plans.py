from datetime import date, timedelta

import pytest

from audit.models import Entry
from common.errors import DomainError
from common.months import Month
from notifications.models import Notice
from progress import actions
from progress.actions import Change, MonthClosed, StaleAmendment, StalePlan, Statement, TaskDraft
from progress.models import Amendment, AnnualPlan, Flag, MonthTask, PlanMonth, PlanStep, PlanTask
from progress.workflow import PATHS, IllegalPlanMove, PlanMove, PlanState, destination
from tests.factories.accounts import SpecialGroupFactory, UserFactory
from tests.factories.progress import MARKED_AT, AnnualPlanFactory, MonthTaskFactory, PlanTaskFactory, ReportLineFactory

pytestmark = pytest.mark.django_db

ADD, CHANGE, DROP = Amendment.Kind
LATER = MARKED_AT + timedelta(hours=3)


def month_tasks():
    return list(MonthTask.objects.order_by("month", "pk").values_list("month", "content", "flag"))


@pytest.fixture
def plan(liaison):
    return AnnualPlanFactory(unit=liaison.unit)


@pytest.fixture
def handed_in(plan, group, liaison, office):
    PlanTaskFactory(plan=plan, group=group, content="清运垃圾", targets={11: "4 次", 12: "清运垃圾 5 次，全年总结"})
    actions.submit_plan(plan, by=liaison, at=MARKED_AT)
    return plan


@pytest.fixture
def approved(handed_in, office):
    actions.approve_plan(handed_in, by=office, at=MARKED_AT)
    return handed_in


def propose(plan, change, *, by, reason="设备到货晚"):
    return actions.propose_amendment(plan, change, reason=reason, by=by, at=MARKED_AT)


def november(plan):
    return PlanMonth.objects.select_related("task__group").get(task__plan=plan, month=11)


# --- from draft to approved ---


@pytest.mark.once
def test_a_plan_moves_only_along_its_paths():
    legal = {(move, state): target for move, (sources, target) in PATHS.items() for state in sources}
    assert legal == {
        (PlanMove.SUBMIT, PlanState.DRAFT): PlanState.SUBMITTED,
        (PlanMove.SUBMIT, PlanState.RETURNED): PlanState.SUBMITTED,
        (PlanMove.RETURN, PlanState.SUBMITTED): PlanState.RETURNED,
        (PlanMove.APPROVE, PlanState.SUBMITTED): PlanState.APPROVED,
    }
    for move in PlanMove:
        for state in PlanState:
            if (move, state) not in legal:
                with pytest.raises(IllegalPlanMove, match=state.label):
                    destination(move, state)


def test_approval_makes_the_month_tasks_and_tells_the_unit(handed_in, group, office, liaison):
    assert month_tasks() == []
    actions.approve_plan(handed_in, by=office, at=LATER)

    assert month_tasks() == [(11, "清运垃圾：4 次", Flag.UNMARKED), (12, "清运垃圾 5 次，全年总结", Flag.UNMARKED)]
    assert {(task.unit, task.group, task.year) for task in MonthTask.objects.all()} == {(liaison.unit, group, 2026)}
    assert [month.month_task.month for month in PlanMonth.objects.all()] == [11, 12]
    assert list(PlanStep.objects.values_list("version", "move", "by")) == [
        (1, "submit", liaison.pk),
        (2, "approve", office.pk),
    ]
    assert list(Notice.objects.order_by("pk").values_list("recipient", "title")) == [
        (office.pk, "示例单位 12提交了 2026 年度工作计划"),
        (liaison.pk, "2026 年度工作计划已批准，月任务已经生成"),
    ]
    assert [entry.verb for entry in Entry.objects.all()] == ["提交年度计划", "批准年度计划"]


def test_a_closed_month_gets_no_task_and_one_that_stood_there_is_taken_not_doubled(handed_in, group, office):
    stood = MonthTaskFactory(unit=handed_in.unit, group=group, month=12, content="清运垃圾 5 次，全年总结")
    MonthTaskFactory(month=11)
    actions.close_month(Month(2026, 11), by=office, at=MARKED_AT)

    assert actions.approve_plan(handed_in, by=office, at=LATER) == 1
    assert [month.month_task for month in PlanMonth.objects.all()] == [None, stood]
    assert MonthTask.objects.filter(unit=handed_in.unit).count() == 1


def test_what_is_approved_is_not_approved_again_nor_written_at(approved, office, group):
    stale = AnnualPlan.objects.get()
    stale.state, stale.version = PlanState.SUBMITTED, 1
    with pytest.raises(StalePlan, match="示例人员甲（创城办）刚刚批准了这份计划"):
        actions.approve_plan(stale, by=office, at=LATER)
    with pytest.raises(DomainError, match="“已批准”，不能直接改"):
        actions.write_task(approved, TaskDraft(group, "又一项"), task=None)
    assert MonthTask.objects.count() == 2


def test_a_return_needs_a_reason_and_lets_the_unit_write_again(handed_in, office, liaison, group):
    with pytest.raises(DomainError, match="写明为什么退回"):
        actions.return_plan(handed_in, text=" ", by=office, at=MARKED_AT)
    actions.return_plan(handed_in, text="十二月写明次数", by=office, at=MARKED_AT)
    actions.write_task(handed_in, TaskDraft(group, "清雪", targets={1: "2 次"}), task=None)
    actions.submit_plan(handed_in, by=liaison, at=LATER)

    assert (handed_in.state, handed_in.submitted_at) == (PlanState.SUBMITTED, MARKED_AT)
    assert list(handed_in.steps.values_list("move", "text")) == [
        ("submit", ""),
        ("return", "十二月写明次数"),
        ("submit", ""),
    ]
    assert Notice.objects.filter(recipient=liaison).get().title == "2026 年度工作计划被退回：十二月写明次数"


def test_an_empty_plan_or_a_task_without_a_month_is_not_handed_in(plan, liaison, group):
    with pytest.raises(DomainError, match="还没有任务"):
        actions.submit_plan(plan, by=liaison, at=MARKED_AT)
    PlanTaskFactory(plan=plan, group=group, content="清雪")
    with pytest.raises(DomainError, match="“清雪”还没有写哪个月做到什么"):
        actions.submit_plan(plan, by=liaison, at=MARKED_AT)
    assert AnnualPlan.objects.get().state == PlanState.DRAFT


def test_the_slower_of_two_colleagues_writing_is_told(plan, group):
    slower = AnnualPlan.objects.get()
    actions.write_task(plan, TaskDraft(group, "清雪", targets={1: "2 次"}), task=None)
    with pytest.raises(StalePlan, match="刚刚被同事改过"):
        actions.write_task(slower, TaskDraft(group, "清雪", targets={1: "3 次"}), task=None)
    assert PlanMonth.objects.get().target == "2 次"


def test_last_years_plan_is_copied_as_it_came_to_in_the_end(approved, liaison, office):
    actions.approve_amendment(
        propose(approved, Change(DROP, 11, task=november(approved).task), by=liaison), by=office, at=LATER
    )
    PlanTaskFactory(plan=approved, group=SpecialGroupFactory(has_board=False), targets={1: "没有图版"})
    following = actions.begin_plan(liaison.unit, 2027)

    assert actions.copy_last_year(following, by=liaison, at=LATER) == 1
    copied = following.tasks.get()
    assert (copied.content, copied.measure) == ("清运垃圾", "当天清完，社区验收")
    assert list(copied.months.values_list("month", "target")) == [(12, "清运垃圾 5 次，全年总结")]
    with pytest.raises(DomainError, match="已经有任务"):
        actions.copy_last_year(following, by=liaison, at=LATER)


# --- amendments ---


def test_an_amendment_changes_nothing_until_the_office_agrees(approved, liaison, office):
    before = month_tasks()
    amendment = propose(approved, Change(CHANGE, 11, task=november(approved).task, target="2 次"), by=liaison)
    assert month_tasks() == before
    read = MonthTask.objects.get(month=11)
    actions.approve_amendment(amendment, by=office, at=LATER)

    assert month_tasks() == [(11, "清运垃圾：2 次", Flag.UNMARKED), before[1]]
    told = Amendment.objects.get()
    assert (told.before, told.target, told.state, told.decided_by, told.decided_at) == (
        "4 次", "2 次", Amendment.State.APPROVED, office, LATER,
    )  # fmt: skip
    # Who still reads the old words is told, and does not mark the new ones unseen.
    with pytest.raises(actions.StaleTask, match="刚刚被别人改动"):
        actions.mark_red(read, by=office, at=LATER)


def test_a_month_is_dropped_dated_and_may_come_back(approved, liaison, office):
    task = november(approved).task
    actions.approve_amendment(propose(approved, Change(DROP, 11, task=task), by=liaison), by=office, at=LATER)

    assert [month for month, _, _ in month_tasks()] == [12]
    assert (november(approved).dropped_on, november(approved).target) == (date(2026, 11, 23), "4 次")
    again = propose(approved, Change(ADD, 11, task=task, target="1 次"), by=liaison)
    actions.approve_amendment(again, by=office, at=LATER)
    assert (november(approved).dropped_on, november(approved).month_task.content) == (None, "清运垃圾：1 次")


def test_a_new_task_is_added_to_the_plan_by_its_approval(approved, liaison, office):
    group = SpecialGroupFactory()
    change = Change(ADD, 12, target="3 处", group=group, content="围挡", measure="验收")
    actions.approve_amendment(propose(approved, change, by=liaison), by=office, at=LATER)

    added = PlanTask.objects.get(content="围挡")
    assert (added.plan, added.group, added.measure) == (approved, group, "验收")
    assert added.months.get().month_task.content == "围挡：3 处"
    assert Amendment.objects.get().task == added


def test_what_is_marked_reported_or_closed_is_not_amended(approved, liaison, office):
    task = november(approved).task
    waiting = propose(approved, Change(DROP, 11, task=task), by=liaison)
    of_month = MonthTask.objects.get(month=11)
    actions.mark_red(of_month, by=office, at=MARKED_AT)
    with pytest.raises(DomainError, match="11 月的这项任务已经标了红旗，不能再调整"):
        actions.approve_amendment(waiting, by=office, at=LATER)
    actions.unmark(of_month, by=office, at=MARKED_AT)
    with pytest.raises(DomainError, match="标过旗，记录要留着"):
        actions.approve_amendment(waiting, by=office, at=LATER)
    actions.refuse_amendment(waiting, words="标过旗了", by=office, at=LATER)

    ReportLineFactory(task=of_month)
    with pytest.raises(DomainError, match="单位已经上报"):
        propose(approved, Change(CHANGE, 11, task=task, target="2 次"), by=liaison)
    actions.close_month(Month(2026, 11), by=office, at=MARKED_AT)
    for change in (Change(CHANGE, 11, task=task, target="2 次"), Change(ADD, 11, task=task, target="2 次")):
        with pytest.raises(MonthClosed):
            propose(approved, change, by=liaison)
    assert (MonthTask.objects.count(), Amendment.objects.get().state) == (2, Amendment.State.REFUSED)


def test_one_amendment_at_a_time_for_a_month_and_one_decision(approved, liaison, office):
    task = november(approved).task
    waiting = propose(approved, Change(DROP, 11, task=task), by=liaison)
    with pytest.raises(DomainError, match="已经有一个调整在等审批"):
        propose(approved, Change(CHANGE, 11, task=task, target="2 次"), by=liaison)
    with pytest.raises(DomainError, match="11 月已经有目标"):
        propose(approved, Change(ADD, 11, task=task, target="2 次"), by=liaison)
    with pytest.raises(DomainError, match="写明为什么不同意"):
        actions.refuse_amendment(waiting, words="", by=office, at=LATER)
    actions.refuse_amendment(waiting, words="照原计划做", by=office, at=LATER)
    with pytest.raises(StaleAmendment, match="示例人员甲（创城办）刚刚办了这项调整：没同意"):
        actions.approve_amendment(waiting, by=UserFactory(), at=LATER)
    assert Notice.objects.filter(recipient=liaison).last().title == "11 月“清运垃圾”的调整没同意：照原计划做"


def test_what_the_office_adds_beside_an_approved_plan_is_an_amendment_of_it(approved, group, office):
    task = actions.plan_task(
        unit=approved.unit,
        group=group,
        month=Month(2026, 12),
        content="清掏井室 30 处",
        why="入冬前",
        by=office,
        at=LATER,
    )
    amendment = Amendment.objects.get()

    assert (task.content, task.planned.task.content) == ("清掏井室 30 处", "清掏井室 30 处")
    assert (amendment.state, amendment.reason, amendment.proposed_by, amendment.decided_by) == (
        Amendment.State.APPROVED, "入冬前", office, office,
    )  # fmt: skip


# --- objections ---


STATEMENT = Statement("材料未到货", "等到货", date(2026, 12, 3))


@pytest.fixture
def blue(liaison, group, office):
    task = MonthTaskFactory(unit=liaison.unit, group=group, content="完成 3 处围挡")
    actions.mark_blue(task, statement=STATEMENT, by=office, at=MARKED_AT)
    return task


def test_a_unit_objects_once_to_a_flag_and_again_to_the_next(blue, liaison, office):
    first = actions.object_to_flag(blue, reason="21 日已经装完", by=liaison, at=MARKED_AT)
    with pytest.raises(DomainError, match="一面旗只能提一次"):
        actions.object_to_flag(blue, reason="再说一遍", by=liaison, at=MARKED_AT)
    actions.uphold_flag(first, words="现场看过，没有装", by=office, at=LATER)
    with pytest.raises(DomainError, match="一面旗只能提一次"):
        actions.object_to_flag(blue, reason="再说一遍", by=liaison, at=LATER)

    actions.unmark(blue, by=office, at=LATER)
    with pytest.raises(DomainError, match="还没有标旗"):
        actions.object_to_flag(blue, reason="再说一遍", by=liaison, at=LATER)
    actions.mark_blue(blue, statement=STATEMENT, by=office, at=LATER)
    actions.object_to_flag(blue, reason="24 日装完", by=liaison, at=LATER)
    assert list(blue.objections.order_by("pk").values_list("flag_version", "outcome")) == [
        (1, "upheld"),
        (3, "pending"),
    ]
    titles = Notice.objects.order_by("pk").values_list("recipient", "title")
    assert list(titles)[:2] == [
        (office.pk, "示例单位 12对 11 月的蓝旗有异议：完成 3 处围挡"),
        (liaison.pk, "异议维持原旗：完成 3 处围挡（现场看过，没有装）"),
    ]


def test_the_office_changes_the_flag_by_marking_it(blue, liaison, office):
    objection = actions.object_to_flag(blue, reason="21 日已经装完", by=liaison, at=MARKED_AT)
    with pytest.raises(DomainError, match="写一句答复"):
        actions.change_flag(objection, Flag.RED, statement=None, words="", by=office, at=LATER)
    with pytest.raises(DomainError, match="现在就是“蓝旗”"):
        actions.change_flag(objection, Flag.BLUE, statement=STATEMENT, words="好", by=office, at=LATER)
    actions.change_flag(objection, Flag.RED, statement=None, words="复核属实", by=office, at=LATER)

    blue.refresh_from_db()
    objection.refresh_from_db()
    assert (blue.flag, [m.to_flag for m in blue.markings.all()]) == (Flag.RED, ["blue", "red"])
    assert (objection.outcome, objection.words, objection.decided_by) == ("changed", "复核属实", office)


@pytest.mark.parametrize(
    ("again", "outcome", "words"),
    [("red", "changed", "已重新标为“红旗”。"), ("blue", "upheld", "已重新标为“蓝旗”。")],
)
def test_marking_anew_answers_what_waited(blue, liaison, office, again, outcome, words):
    actions.object_to_flag(blue, reason="21 日已经装完", by=liaison, at=MARKED_AT)
    statement = Statement("材料还没到", "等到货", date(2026, 12, 9)) if again == "blue" else None
    actions.mark(blue, Flag(again), statement, by=office, at=LATER)

    objection = blue.objections.get()
    assert (objection.outcome, objection.words, objection.decided_at) == (outcome, words, LATER)
    assert Notice.objects.filter(recipient=liaison).count() == 1


def test_after_the_close_nothing_is_objected_to_and_the_flag_stays(blue, liaison, office):
    objection = actions.object_to_flag(blue, reason="21 日已经装完", by=liaison, at=MARKED_AT)
    other = MonthTaskFactory(unit=liaison.unit)
    actions.mark_red(other, by=office, at=MARKED_AT)
    actions.close_month(Month(2026, 11), by=office, at=MARKED_AT)

    with pytest.raises(MonthClosed):
        actions.object_to_flag(other, reason="没有做", by=liaison, at=LATER)
    with pytest.raises(MonthClosed):
        actions.change_flag(objection, Flag.RED, statement=None, words="复核属实", by=office, at=LATER)
    actions.uphold_flag(objection, words="已锁定，另写更正", by=office, at=LATER)
    assert MonthTask.objects.get(pk=blue.pk).flag == Flag.BLUE


def test_a_flag_that_changed_meanwhile_is_not_objected_to_unseen(blue, liaison, office):
    read = MonthTask.objects.get(pk=blue.pk)
    actions.mark_red(blue, by=office, at=LATER)
    with pytest.raises(DomainError, match="刚刚改成了“红旗”，异议没有提交"):
        actions.object_to_flag(read, reason="21 日已经装完", by=liaison, at=LATER)
