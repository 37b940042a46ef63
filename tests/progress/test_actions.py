from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from common.errors import DomainError
from common.months import Month
from progress import actions
from progress.actions import StaleTask, Statement
from progress.models import Flag, Marking, MonthTask, Publicity
from tests.factories.accounts import UnitFactory
from tests.factories.progress import MARKED_AT, BlueTaskFactory, MonthTaskFactory

pytestmark = pytest.mark.django_db

STATEMENT = Statement(reason="材料未到货", plan="已与供货方确认到货时间", new_date=date(2026, 12, 3))
LATER = MARKED_AT + timedelta(hours=1)


def history(task):
    return [(m.version, m.from_flag, m.to_flag, m.by, m.at, m.reason) for m in task.markings.all()]


def test_a_red_flag_keeps_who_and_when(task, office):
    actions.mark_red(task, by=office, at=MARKED_AT)

    assert (task.flag, task.marked_by, task.marked_at, task.version) == (Flag.RED, office, MARKED_AT, 1)
    assert history(task) == [(1, Flag.UNMARKED, Flag.RED, office, MARKED_AT, "")]


def test_a_blue_flag_carries_its_statement(task, office):
    actions.mark_blue(task, statement=STATEMENT, by=office, at=MARKED_AT)

    assert (task.flag, task.reason, task.plan, task.new_date) == (
        Flag.BLUE, "材料未到货", "已与供货方确认到货时间", date(2026, 12, 3),
    )  # fmt: skip
    assert history(task) == [(1, Flag.UNMARKED, Flag.BLUE, office, MARKED_AT, "材料未到货")]


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(Statement(reason=" ", plan="补清", new_date=date(2026, 12, 3)), id="no reason"),
        pytest.param(Statement(reason="车辆检修", plan="", new_date=date(2026, 12, 3)), id="no plan"),
        pytest.param(Statement(reason="车辆检修", plan="补清", new_date=date(2026, 10, 31)), id="before the month"),
    ],
)
def test_a_blue_flag_without_a_whole_statement_is_refused(task, office, statement):
    with pytest.raises(DomainError):
        actions.mark_blue(task, statement=statement, by=office, at=MARKED_AT)

    task.refresh_from_db()
    assert (task.flag, history(task)) == (Flag.UNMARKED, [])


@pytest.mark.parametrize("missing", [{"reason": ""}, {"plan": ""}, {"new_date": None}])
def test_the_database_itself_refuses_a_blue_flag_without_a_whole_statement(missing):
    with pytest.raises(IntegrityError), transaction.atomic():
        BlueTaskFactory(**missing)


def test_the_database_itself_refuses_a_made_good_task_that_is_not_blue():
    with pytest.raises(IntegrityError), transaction.atomic():
        MonthTaskFactory(made_good_on=date(2026, 12, 8))


def test_red_then_blue_then_unmarked_leaves_three_markings_and_no_statement(task, office):
    other = UnitFactory().members.create(username="bing", name="示例人员丙", role="office")
    actions.mark_red(task, by=office, at=MARKED_AT)
    actions.mark_blue(task, statement=STATEMENT, by=other, at=LATER)
    actions.unmark(task, by=office, at=LATER)

    assert (task.flag, task.reason, task.plan, task.new_date, task.marked_at, task.marked_by) == (
        Flag.UNMARKED, "", "", None, None, None,
    )  # fmt: skip
    assert history(task) == [
        (1, Flag.UNMARKED, Flag.RED, office, MARKED_AT, ""),
        (2, Flag.RED, Flag.BLUE, other, LATER, "材料未到货"),
        (3, Flag.BLUE, Flag.UNMARKED, office, LATER, ""),
    ]


def test_the_same_flag_twice_is_one_marking_but_a_new_statement_is_a_second(task, office):
    actions.mark_red(task, by=office, at=MARKED_AT)
    actions.mark_red(task, by=office, at=LATER)
    assert len(history(task)) == 1

    actions.mark_blue(task, statement=STATEMENT, by=office, at=LATER)
    actions.mark_blue(task, statement=Statement("车辆检修", "借用车辆", date(2026, 12, 9)), by=office, at=LATER)
    assert [entry[5] for entry in history(task)] == ["", "材料未到货", "车辆检修"]


def test_a_marked_again_task_is_no_longer_made_good(office):
    task = BlueTaskFactory(made_good_on=date(2026, 12, 8))
    actions.mark_red(task, by=office, at=LATER)

    assert (task.flag, task.made_good_on) == (Flag.RED, None)


def test_the_second_of_two_markers_is_told_who_was_faster_and_what_they_marked(task, office):
    seen_by_the_second = MonthTask.objects.get(pk=task.pk)
    actions.mark_red(task, by=office, at=MARKED_AT)

    with pytest.raises(StaleTask) as refused:
        actions.mark_blue(seen_by_the_second, statement=STATEMENT, by=office, at=LATER)

    assert refused.value.message == (
        "示例人员甲（创城办）刚刚把这项标成了“红旗”，您这一次没有保存。请看过最新情况再标。"
    )
    assert Marking.objects.count() == 1


def test_the_second_is_told_even_if_both_marked_the_same(task, office):
    seen_by_the_second = MonthTask.objects.get(pk=task.pk)
    actions.mark_red(task, by=office, at=MARKED_AT)

    with pytest.raises(StaleTask):
        actions.unmark(seen_by_the_second, by=office, at=LATER)
    with pytest.raises(StaleTask):
        actions.mark_red(seen_by_the_second, by=office, at=LATER)


def test_a_planned_task_is_unmarked_and_in_the_audit_log(group, office):
    unit = UnitFactory()
    task = actions.plan_task(
        unit=unit,
        group=group,
        month=Month(2026, 12),
        content="清掏井室 30 处",
        why="入冬前集中清掏",
        by=office,
        at=MARKED_AT,
    )

    assert (task.unit, task.due_month, task.flag) == (unit, Month(2026, 12), Flag.UNMARKED)
    assert list(Entry.objects.values_list("verb", "actor_label")) == [("新增月任务", "示例人员甲（创城办）")]


def test_boards_are_public_in_full_until_the_office_says_otherwise(office):
    assert Publicity.current() == Publicity.FULL
    actions.publish_boards(Publicity.FLAGS, by=office, at=MARKED_AT)

    assert Publicity.current() == Publicity.FLAGS
    assert Entry.objects.get().facts == {"before": "full", "after": "flags"}
