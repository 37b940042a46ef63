import datetime

import pytest

from common.errors import DomainError
from notifications.models import Notice
from projects import actions
from projects.models import Kind, Note, Project
from projects.stats import completion
from tests.factories.projects import NOW, started

pytestmark = pytest.mark.django_db


def finish(project, by):
    for stage in list(project.stages.all()):
        actions.write_progress(project, text="按计划办完", stage=stage, photos=(), by=by, at=NOW)
    actions.complete(project, text="现场看过", by=by, at=NOW)


def test_numbers_run_on_within_their_year(db):
    assert [started().number, started().number, started(year=2027).number] == ["M2026-001", "M2026-002", "M2027-001"]


def test_the_unit_is_told_of_its_project(liaison, project):
    assert list(Notice.objects.values_list("recipient", "url")) == [(liaison.pk, "/projects/M2026-001/")]


def test_a_project_is_completed_stage_by_stage_and_then_as_a_whole(project, office):
    with pytest.raises(DomainError, match="还有 2 个阶段没完成"):
        actions.complete(project, text="完成", by=office, at=NOW)
    finish(project, office)

    stored = Project.objects.get()
    assert (stored.completed_on, stored.version) == (NOW.date(), 3)
    assert [note.what for note in stored.notes.all()] == [Note.What.COMPLETED, Note.What.STAGE, Note.What.STAGE]
    with pytest.raises(DomainError, match="已经全部完成"):
        actions.write_progress(project, text="再填", stage=None, photos=(), by=office, at=NOW)
    actions.reopen(project, text="又坏了", by=office, at=NOW)
    assert Project.objects.get().completed_on is None


def test_of_two_who_read_the_same_version_the_second_is_told_of_the_first(project, liaison, office):
    first, second = Project.objects.get(), Project.objects.get()
    actions.write_progress(first, text="材料到了", stage=None, photos=(), by=liaison, at=NOW)

    with pytest.raises(actions.StaleProject, match=f"{liaison.name}.*刚刚填了“进展”"):
        actions.write_progress(second, text="动工了", stage=None, photos=(), by=office, at=NOW)
    assert Note.objects.count() == 1


def test_a_major_project_has_a_leader_and_its_stages_end_before_it():
    with pytest.raises(DomainError, match="牵头领导"):
        started(kind=Kind.MAJOR, leader=None)
    with pytest.raises(DomainError, match="不能晚于完成期限"):
        started(due_on=datetime.date(2026, 7, 1))


def test_rates_show_what_they_are_made_of_and_none_of_none_has_no_rate(office):
    finish(started(), office)
    started(), started(due_on=datetime.date(2026, 11, 22), stages=())
    major, practical = completion(2026, on=NOW.date())

    assert (major.done, major.total, major.percent) == (0, 0, None)
    assert (practical.done, practical.total, practical.overdue, practical.percent) == (1, 3, 1, 33)
