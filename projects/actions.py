"""What people do to livelihood projects (民生实事)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F

from accounts.models import Leader, Role, Unit, User
from audit import log
from common.clock import CITY_TIME
from common.errors import DomainError, StaleRecord
from complaints.pictures import CleanPhoto
from notifications.outbox import notify
from projects.models import Kind, Note, Picture, Project, ProjectSeries, Stage


class StaleProject(StaleRecord):
    """Someone else changed the project first; the message says who and what."""

    def __init__(self, winner: Note | None) -> None:
        what = f"{winner.by}刚刚填了“{winner.get_what_display()}”" if winner else "这个项目刚刚被别人改过"
        super().__init__(f"{what}，您这一次没有保存。请看过最新情况再填，您写的内容还在。")


@dataclass(frozen=True)
class Plan:
    """What the office writes down of a project; `stages` are names with their days, in order."""

    kind: Kind
    title: str
    goal: str
    unit: Unit
    leader: Leader | None
    due_on: date
    stages: tuple[tuple[str, date], ...]


@transaction.atomic
def start(plan: Plan, *, year: int, by: User, at: datetime) -> Project:
    """Put a project down with its stages; its unit is told."""
    _ensure_whole(plan)
    project = Project.objects.create(
        number=_next_number(year), year=year, kind=plan.kind, title=plan.title, goal=plan.goal,
        unit=plan.unit, leader=plan.leader, due_on=plan.due_on, created_by=by,
    )  # fmt: skip
    Stage.objects.bulk_create(
        Stage(project=project, position=position, name=name, due_on=due_on)
        for position, (name, due_on) in enumerate(plan.stages, start=1)
    )
    log.record("登记民生实事", by=by, at=at, target=project)
    people = User.objects.filter(role=Role.LIAISON, unit=plan.unit, is_active=True)
    notify(
        people,
        reason=f"project:{project.number}",
        title=f"新的民生实事：{project.title}",
        url=project.get_absolute_url(),
        at=at,
    )
    return project


@transaction.atomic
def write_progress(
    project: Project, *, text: str, stage: Stage | None, photos: Sequence[CleanPhoto], by: User, at: datetime
) -> Note:
    """Say how far it is, with pictures; naming a stage says that this stage is done."""
    if project.completed_on:
        raise DomainError("这个项目已经全部完成，不能再填进展。要继续办，先由创城办重新打开。")
    if stage and not Stage.objects.filter(pk=stage.pk, project=project, done_on=None).update(done_on=_day(at)):
        raise StaleProject(_last_note(project))
    what = Note.What.STAGE if stage else Note.What.PROGRESS
    note = _note(project, what, text=text, stage=stage, by=by, at=at)
    _store(photos, note, at)
    return note


@transaction.atomic
def complete(project: Project, *, text: str, by: User, at: datetime) -> None:
    """All stages are done and the office has seen it: completed from today on."""
    if project.completed_on:
        raise DomainError("这个项目已经全部完成。")
    left = project.stages.filter(done_on=None).count()
    if left:
        raise DomainError(f"还有 {left} 个阶段没完成。各阶段都完成以后，再登记全部完成。")
    _note(project, Note.What.COMPLETED, text=text, stage=None, by=by, at=at, completed_on=_day(at))
    log.record("民生实事全部完成", by=by, at=at, target=project)


@transaction.atomic
def reopen(project: Project, *, text: str, by: User, at: datetime) -> None:
    """It was not completed after all; the note says why."""
    if not project.completed_on:
        raise DomainError("这个项目还在办，不用重新打开。")
    _note(project, Note.What.REOPENED, text=text, stage=None, by=by, at=at, completed_on=None)
    log.record("重新打开民生实事", by=by, at=at, target=project)


def _ensure_whole(plan: Plan) -> None:
    if plan.kind == Kind.MAJOR and plan.leader is None:
        raise DomainError("重大民生实事要有牵头领导。")
    if any(due_on > plan.due_on for _, due_on in plan.stages):
        raise DomainError("阶段的日期不能晚于完成期限。")


def _next_number(year: int) -> str:
    ProjectSeries.objects.get_or_create(year=year)
    ProjectSeries.objects.filter(year=year).update(last=F("last") + 1)
    return f"M{year}-{ProjectSeries.objects.get(year=year).last:03}"


def _note(
    project: Project, what: Note.What, *, text: str, stage: Stage | None, by: User, at: datetime, **changes: Any
) -> Note:
    if not Project.objects.as_read(project).update(version=F("version") + 1, **changes):
        raise StaleProject(_last_note(project))
    project.refresh_from_db()
    return Note.objects.create(
        project=project, version=project.version, what=what, stage=stage, text=text, by=by, at=at
    )


def _store(photos: Sequence[CleanPhoto], note: Note, at: datetime) -> None:
    for photo in photos:
        picture = Picture(note=note, width=photo.width, height=photo.height, sha256=photo.sha256, added_at=at)
        picture.file.save("photo.jpg", ContentFile(photo.content), save=False)
        picture.save()


def _last_note(project: Project) -> Note | None:
    return project.notes.select_related("by", "by__unit", "by__group").first()


def _day(at: datetime) -> date:
    return at.astimezone(CITY_TIME).date()
