"""What the creation office does to grids and to who answers for them. Each ends consistent, audited and on the map."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q

from accounts.models import Leader, Unit, User
from audit import log
from audit.models import Entry
from common.clock import CITY_TIME
from common.errors import DomainError, StaleRecord
from grids import drawing
from grids.models import Community, Grid, GridAssignment, LeaderAssignment, Town

Kind = GridAssignment.Kind
Json = dict[str, Any]
MOST_SERIALS = 999


class StaleGrid(StaleRecord):
    """Someone else changed the grid first; the message says who."""

    def __init__(self, grid: Grid) -> None:
        last = Entry.objects.filter(target_model=grid._meta.label_lower, target_id=str(grid.pk)).order_by("pk").last()
        who = last.actor_label if last else "别人"
        super().__init__(f"{who}刚刚改了{grid}，您这一步没有办成。请刷新页面，看过最新的内容再改。")


class DoesNotFit(DomainError):
    """The polygon lies where it may not; `problems` are sentences."""

    code = "does_not_fit"

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("".join(self.problems))


def ensure_unchanged(grid: Grid, *, version: int) -> None:
    """Raise StaleGrid if the grid is no longer what the person saw who decided on it."""
    if grid.version != version:
        raise StaleGrid(grid)


def boundary_that_fits(boundary: Json, *, community: Community, but: Grid | None = None) -> Json:
    """The polygon, trimmed along shared edges, if it may lie there; raises DoesNotFit. `but`: the grid it is for."""
    around = _surroundings(boundary, community, but)
    found = drawing.problems(boundary, around)
    if found:
        raise DoesNotFit(found)
    return drawing.fitted(boundary, around)


def _surroundings(boundary: Json, community: Community, but: Grid | None) -> drawing.Surroundings:
    others = Grid.objects.current().drawn().select_related("community")
    if but:
        others = others.exclude(pk=but.pk)
    beside = {str(grid): grid.boundary for grid in others if drawing.boxes_touch(boundary, grid.boundary)}
    return drawing.Surroundings(community.name, community.boundary, beside)


@transaction.atomic
def add_grid(*, community: Community, name: str, boundary: Json, started_on: date, by: User, at: datetime) -> Grid:
    """Draw a new grid. It gets the next serial of its community; a retired one is never given again."""
    _not_in_the_future(started_on, at=at)
    # Two who add at once would draw the same serial: the community's row is the queue.
    Community.objects.select_for_update().get(pk=community.pk)
    fitting = boundary_that_fits(boundary, community=community)
    grid = Grid.objects.create(
        code=next_code(community), name=name, community=community, boundary=fitting, started_on=started_on
    )
    log.record("新增网格", by=by, at=at, target=grid, code=grid.code, name=name)
    return grid


def next_code(community: Community) -> str:
    last = Grid.objects.filter(community=community).order_by("code").values_list("code", flat=True).last()
    serial = int(last[-3:]) + 1 if last else 1
    if serial > MOST_SERIALS:
        raise DomainError(f"{community}的网格编号已经用到 {MOST_SERIALS}，不能再加。请联系系统管理员。")
    return f"{community.code}{serial:03}"


@transaction.atomic
def change_grid(grid: Grid, *, name: str, boundary: Json, by: User, at: datetime) -> None:
    """Rename or redraw a current grid."""
    _ensure_current(grid)
    fitting = boundary_that_fits(boundary, community=grid.community, but=grid)
    told: Json = {}
    if name != grid.name:
        told["name"] = [grid.name, name]
    if fitting != grid.boundary:
        told["boundary"] = "redrawn" if grid.boundary else "drawn"
    _claim(grid, name=name, boundary=fitting)
    log.record("修改网格", by=by, at=at, target=grid, **told)


@transaction.atomic
def retire_grid(grid: Grid, *, on: date, by: User, at: datetime) -> None:
    """End a grid, and with it whatever assignments it has. Its serial stays taken."""
    _ensure_current(grid)
    _not_in_the_future(on, at=at)
    if on <= grid.started_on:
        raise DomainError(f"停用日期要晚于启用日期 {grid.started_on}。请改停用日期。")
    _claim(grid, ended_on=on)
    for assignment in grid.assignments.filter(Q(ended_on=None) | Q(ended_on__gt=on)):
        _close(assignment, on=max(on, assignment.started_on))
    log.record("停用网格", by=by, at=at, target=grid, on=str(on))


@transaction.atomic
def assign_lead(grid: Grid, *, unit: Unit, from_on: date, by: User, at: datetime) -> GridAssignment:
    """Give a grid its lead unit (主责) from a day on; the lead before ends on that day, in which it no longer holds."""
    _ensure_assignable(grid, unit, from_on)
    latest = grid.assignments.filter(kind=Kind.LEAD).select_related("unit").order_by("started_on").last()
    if latest and latest.ended_on is None:
        if latest.unit == unit:
            raise DomainError(f"{unit}从 {latest.started_on} 起已经是主责单位。要换，请选别的单位。")
        _refuse_earlier(from_on, latest)
        _close(latest, on=from_on)
    elif latest and latest.ended_on and from_on < latest.ended_on:
        raise DomainError(f"{latest.unit}主责到 {latest.ended_on} 为止。新主责的开始日期不要早于这一天。")
    as_helper = grid.assignments.filter(kind=Kind.HELPER, unit=unit, ended_on=None).first()
    if as_helper:
        _close(as_helper, on=from_on)
    _claim(grid)
    assignment = GridAssignment.objects.create(grid=grid, unit=unit, kind=Kind.LEAD, started_on=from_on)
    before = latest.unit.code if latest else ""
    log.record("换主责单位", by=by, at=at, target=grid, unit=unit.code, before=before, from_on=str(from_on))
    return assignment


@transaction.atomic
def add_helper(grid: Grid, *, unit: Unit, from_on: date, by: User, at: datetime) -> GridAssignment:
    """Let a unit help (协助) with a grid from a day on."""
    _ensure_assignable(grid, unit, from_on)
    same = grid.assignments.filter(unit=unit, ended_on=None).first()
    if same:
        raise DomainError(f"{unit}已经是这个网格的{same.get_kind_display()}单位，不用再加。")
    _claim(grid)
    assignment = GridAssignment.objects.create(grid=grid, unit=unit, kind=Kind.HELPER, started_on=from_on)
    log.record("加协助单位", by=by, at=at, target=grid, unit=unit.code, from_on=str(from_on))
    return assignment


@transaction.atomic
def end_assignment(assignment: GridAssignment, *, on: date, by: User, at: datetime) -> None:
    """End a unit's assignment on a day, in which it no longer holds. A grid may so be left without a lead."""
    _ensure_open(assignment)
    _claim(assignment.grid)
    _close(assignment, on=on)
    what = f"结束{assignment.get_kind_display()}"
    log.record(what, by=by, at=at, target=assignment.grid, unit=assignment.unit.code, on=str(on))


@transaction.atomic
def assign_leader(leader: Leader, *, area: Town | Community, from_on: date, by: User, at: datetime) -> LeaderAssignment:
    """Let a leader answer for a town or a community from a day on. An area may have several."""
    if not leader.is_active:
        raise DomainError(f"{leader}已不在任。请选在任的领导。")
    of_area = {"town": area} if isinstance(area, Town) else {"community": area}
    # Two who add the same leader at once: the area's row is the queue.
    type(area)._default_manager.select_for_update().get(pk=area.pk)
    if LeaderAssignment.objects.filter(leader=leader, ended_on=None, **of_area).exists():
        raise DomainError(f"{leader}已经包保{area}，不用再加。")
    assignment = LeaderAssignment.objects.create(leader=leader, started_on=from_on, **of_area)
    log.record("加包保领导", by=by, at=at, target=area, leader=leader.code, from_on=str(from_on))
    return assignment


@transaction.atomic
def end_leader_assignment(assignment: LeaderAssignment, *, on: date, by: User, at: datetime) -> None:
    _ensure_open(assignment)
    _close(assignment, on=on)
    log.record("结束领导包保", by=by, at=at, target=assignment.area, leader=assignment.leader.code, on=str(on))


def _claim(grid: Grid, **changes: Any) -> None:
    """Take the grid's next version, with `changes`; of two people at once the second is told so."""
    taken = Grid.objects.filter(pk=grid.pk, version=grid.version).update(version=F("version") + 1, **changes)
    if not taken:
        raise StaleGrid(grid)
    grid.version += 1
    for name, value in changes.items():
        setattr(grid, name, value)


def _close(assignment: models.Model, *, on: date) -> None:
    """End a dated row. One that would not have held for a single day goes; the audit log keeps it."""
    assert isinstance(assignment, GridAssignment | LeaderAssignment)  # noqa: S101 -- the two dated rows
    if on < assignment.started_on:
        raise DomainError(f"结束日期 {on} 早于开始日期 {assignment.started_on}。请改结束日期。")
    if on == assignment.started_on:
        assignment.delete()
        return
    assignment.ended_on = on
    assignment.save(update_fields=["ended_on"])


def _refuse_earlier(from_on: date, latest: GridAssignment) -> None:
    if from_on < latest.started_on:
        raise DomainError(f"现任主责{latest.unit}从 {latest.started_on} 开始。新主责的开始日期不要早于这一天。")


def _ensure_open(assignment: GridAssignment | LeaderAssignment) -> None:
    if assignment.ended_on is not None:
        raise DomainError(f"这一条已经在 {assignment.ended_on} 结束，不用再办。")


def _ensure_current(grid: Grid) -> None:
    if grid.ended_on is not None:
        raise DomainError(f"{grid}已在 {grid.ended_on} 停用，不能再改。需要的话请新增一个网格。")


def _ensure_assignable(grid: Grid, unit: Unit, from_on: date) -> None:
    _ensure_current(grid)
    if not unit.is_active:
        raise DomainError(f"{unit}已停用，不能包保网格。请选在用的单位。")
    if from_on < grid.started_on:
        raise DomainError(f"这个网格从 {grid.started_on} 启用。包保的开始日期不要早于这一天。")


def _not_in_the_future(day: date, *, at: datetime) -> None:
    """Grids are current or not, whatever the day: see GridQuerySet.current."""
    if day > at.astimezone(CITY_TIME).date():
        raise DomainError("启用和停用日期不能晚于今天。请改日期。")
