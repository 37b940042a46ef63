import datetime

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from common.clock import CITY_TIME
from common.errors import DomainError
from common.revisions import stamp_of
from grids import actions
from grids.locating import Place
from grids.models import Grid, GridAssignment, LeaderAssignment
from tests.factories.accounts import LeaderFactory, UnitFactory, UserFactory
from tests.factories.grids import (
    START,
    CommunityFactory,
    GridAssignmentFactory,
    GridFactory,
    LeaderAssignmentFactory,
    TownFactory,
    square,
)

NOW = datetime.datetime(2026, 11, 23, 9, tzinfo=CITY_TIME)
TODAY = NOW.date()
TOMORROW = TODAY + datetime.timedelta(days=1)
YESTERDAY = TODAY - datetime.timedelta(days=1)
WEST, SOUTH, SIZE = 122.528, 52.969, 0.002


@pytest.fixture
def community(db):
    return CommunityFactory(boundary=square(WEST - SIZE, SOUTH - SIZE, 4 * SIZE))


@pytest.fixture
def grid(community):
    return GridFactory(code="232701100002001", community=community, name="示例小区", boundary=square(WEST, SOUTH))


@pytest.fixture
def lead(grid):
    return GridAssignmentFactory(grid=grid, unit__name="示例单位 07")


def last_entry():
    return Entry.objects.order_by("pk").last()


def leads(grid):
    """(unit, from, to) of all leads, oldest first."""
    rows = grid.assignments.filter(kind="lead").order_by("started_on")
    return [(row.unit, row.started_on, row.ended_on) for row in rows]


# --- the grid ---


def test_a_new_grid_gets_the_next_serial(grid, community, office):
    new = actions.add_grid(
        community=community, name="新小区", boundary=square(WEST + SIZE, SOUTH), started_on=TODAY, by=office, at=NOW
    )

    assert (new.code, new.name, new.started_on) == ("232701100002002", "新小区", TODAY)
    assert Grid.locate(WEST + 1.5 * SIZE, SOUTH + SIZE / 2).grid == new
    assert (last_entry().verb, last_entry().target_label) == ("新增网格", "阳光社区 002 网格")


def test_a_retired_serial_is_never_given_again(grid, community, office):
    last = GridFactory(code="232701100002007", community=community)
    actions.retire_grid(last, on=TODAY, by=office, at=NOW)

    assert actions.next_code(community) == "232701100002008"


def test_after_999_there_are_no_serials(community, office):
    GridFactory(code="232701100002999", community=community)

    with pytest.raises(DomainError, match="999"):
        actions.next_code(community)


@pytest.mark.parametrize(
    ("boundary", "said"),
    [
        (square(WEST + SIZE / 2, SOUTH), "和阳光社区 001 网格重叠"),
        (square(WEST + 2.5 * SIZE, SOUTH), "画到了阳光社区外面"),
        (square(WEST + SIZE, SOUTH, 0.0001), "太小"),
    ],
)
def test_a_grid_is_not_drawn_where_it_may_not_lie(grid, community, office, boundary, said):
    with pytest.raises(actions.DoesNotFit, match=said):
        actions.add_grid(community=community, name="x", boundary=boundary, started_on=TODAY, by=office, at=NOW)
    assert Grid.objects.count() == 1


def test_a_grid_does_not_begin_tomorrow(community, office):
    with pytest.raises(DomainError, match="不能晚于今天"):
        actions.add_grid(
            community=community, name="x", boundary=square(WEST, SOUTH), started_on=TOMORROW, by=office, at=NOW
        )


def test_a_grid_may_be_renamed_and_redrawn_over_its_old_self(grid, office):
    stamp = stamp_of("reference")
    wider = square(WEST - SIZE / 4, SOUTH, SIZE * 1.1)
    actions.change_grid(grid, name="新名", boundary=wider, by=office, at=NOW)
    grid.refresh_from_db()

    assert (grid.name, grid.boundary, grid.version) == ("新名", wider, 1)
    assert stamp_of("reference") != stamp
    assert last_entry().facts == {"name": ["示例小区", "新名"], "boundary": "redrawn"}


def test_a_grid_may_lie_where_a_retired_one_lay(grid, community, office):
    actions.retire_grid(grid, on=TODAY, by=office, at=NOW)

    assert actions.add_grid(
        community=community, name="新", boundary=square(WEST, SOUTH), started_on=TODAY, by=office, at=NOW
    )


def test_of_two_who_change_a_grid_the_second_is_told_who_was_first(grid, office):
    other = Grid.objects.select_related("community").get(pk=grid.pk)
    actions.change_grid(grid, name="甲的", boundary=grid.boundary, by=office, at=NOW)

    with pytest.raises(actions.StaleGrid, match="示例人员甲（创城办）刚刚改了阳光社区 001 网格"):
        actions.change_grid(other, name="乙的", boundary=grid.boundary, by=UserFactory(), at=NOW)
    assert Grid.objects.get().name == "甲的"


def test_what_was_seen_must_still_be_so(grid):
    actions.ensure_unchanged(grid, version=0)
    with pytest.raises(actions.StaleGrid, match="别人刚刚改了"):
        actions.ensure_unchanged(grid, version=7)


def test_retiring_ends_the_assignments_and_takes_it_off_the_map(grid, lead, office):
    planned = GridAssignmentFactory(grid=grid, kind="helper", started_on=TOMORROW)
    actions.retire_grid(grid, on=TODAY, by=office, at=NOW)
    lead.refresh_from_db()

    assert lead.ended_on == TODAY
    assert not GridAssignment.objects.filter(pk=planned.pk).exists()
    assert Grid.locate(WEST + SIZE / 2, SOUTH + SIZE / 2).place == Place.OUTSIDE


@pytest.mark.parametrize("day", [START, TOMORROW], ids=["on its first day", "in the future"])
def test_a_grid_is_not_retired_on_such_a_day(grid, office, day):
    with pytest.raises(DomainError):
        actions.retire_grid(grid, on=day, by=office, at=NOW)


def test_a_retired_grid_is_changed_no_more(grid, office):
    actions.retire_grid(grid, on=TODAY, by=office, at=NOW)

    with pytest.raises(DomainError, match="已在 2026-11-23 停用"):
        actions.change_grid(grid, name="x", boundary=grid.boundary, by=office, at=NOW)
    with pytest.raises(DomainError, match="停用"):
        actions.assign_lead(grid, unit=UnitFactory(), from_on=TODAY, by=office, at=NOW)


# --- who answers ---


def test_the_first_lead(grid, office):
    unit = UnitFactory()
    actions.assign_lead(grid, unit=unit, from_on=TODAY, by=office, at=NOW)

    assert leads(grid) == [(unit, TODAY, None)]
    assert grid.lead_on(TODAY) == unit
    assert grid.lead_on(YESTERDAY) is None


def test_a_new_lead_ends_the_old_one_on_its_first_day(grid, lead, office):
    unit = UnitFactory()
    actions.assign_lead(grid, unit=unit, from_on=TODAY, by=office, at=NOW)

    assert leads(grid) == [(lead.unit, START, TODAY), (unit, TODAY, None)]
    assert (grid.lead_on(YESTERDAY), grid.lead_on(TODAY)) == (lead.unit, unit)
    assert last_entry().facts == {"unit": unit.code, "before": lead.unit.code, "from_on": "2026-11-23"}


def test_a_lead_may_be_planned_ahead(grid, lead, office):
    unit = UnitFactory()
    actions.assign_lead(grid, unit=unit, from_on=TOMORROW, by=office, at=NOW)

    assert (grid.lead_on(TODAY), grid.lead_on(TOMORROW)) == (lead.unit, unit)


def test_a_lead_corrected_on_its_first_day_leaves_no_row(grid, lead, office):
    wrong, right = UnitFactory(), UnitFactory()
    actions.assign_lead(grid, unit=wrong, from_on=TODAY, by=office, at=NOW)
    actions.assign_lead(grid, unit=right, from_on=TODAY, by=office, at=NOW)

    assert leads(grid) == [(lead.unit, START, TODAY), (right, TODAY, None)]


def test_a_helper_that_becomes_the_lead_helps_no_more(grid, lead, office):
    helper = GridAssignmentFactory(grid=grid, kind="helper")
    actions.assign_lead(grid, unit=helper.unit, from_on=TODAY, by=office, at=NOW)
    helper.refresh_from_db()

    assert helper.ended_on == TODAY
    assert grid.lead_on(TODAY) == helper.unit


@pytest.mark.parametrize(
    ("unit", "from_on", "said"),
    [
        ("itself", TODAY, "已经是主责单位"),
        ("another", START - datetime.timedelta(days=1), "从 2026-01-01 启用"),
        ("retired", TODAY, "已停用，不能包保"),
    ],
)
def test_a_lead_is_refused_with_a_reason(grid, lead, office, unit, from_on, said):
    units = {"itself": lead.unit, "another": UnitFactory(), "retired": UnitFactory(is_active=False)}

    with pytest.raises(DomainError, match=said):
        actions.assign_lead(grid, unit=units[unit], from_on=from_on, by=office, at=NOW)
    assert leads(grid) == [(lead.unit, START, None)]


def test_a_lead_does_not_begin_before_the_one_it_follows(grid, office):
    now = GridAssignmentFactory(grid=grid, started_on=TODAY)
    with pytest.raises(DomainError, match="从 2026-11-23 开始"):
        actions.assign_lead(grid, unit=UnitFactory(), from_on=YESTERDAY, by=office, at=NOW)

    actions.end_assignment(now, on=TOMORROW, by=office, at=NOW)
    grid.refresh_from_db()
    with pytest.raises(DomainError, match="到 2026-11-24 为止"):
        actions.assign_lead(grid, unit=UnitFactory(), from_on=TODAY, by=office, at=NOW)


def test_there_is_never_a_second_lead_whoever_writes_it(grid, lead):
    with pytest.raises(IntegrityError), transaction.atomic():
        GridAssignmentFactory(grid=grid)


def test_of_two_who_change_the_lead_the_second_is_told_so(grid, lead, office):
    other = Grid.objects.select_related("community").get(pk=grid.pk)
    actions.assign_lead(grid, unit=UnitFactory(), from_on=TODAY, by=office, at=NOW)

    with pytest.raises(actions.StaleGrid):
        actions.assign_lead(other, unit=UnitFactory(), from_on=TOMORROW, by=UserFactory(), at=NOW)
    assert len(leads(grid)) == 2
    assert leads(grid)[1][2] is None


def test_helpers_come_and_go(grid, lead, office):
    unit = UnitFactory()
    helper = actions.add_helper(grid, unit=unit, from_on=TODAY, by=office, at=NOW)
    with pytest.raises(DomainError, match="已经是这个网格的协助单位"):
        actions.add_helper(grid, unit=unit, from_on=TODAY, by=office, at=NOW)
    actions.end_assignment(helper, on=TOMORROW, by=office, at=NOW)
    helper.refresh_from_db()

    assert helper.ended_on == TOMORROW
    assert last_entry().verb == "结束协助"
    with pytest.raises(DomainError, match="已经在 2026-11-24 结束"):
        actions.end_assignment(helper, on=TOMORROW, by=office, at=NOW)


def test_the_lead_cannot_be_added_as_helper(grid, lead, office):
    with pytest.raises(DomainError, match="已经是这个网格的主责单位"):
        actions.add_helper(grid, unit=lead.unit, from_on=TODAY, by=office, at=NOW)


def test_an_assignment_does_not_end_before_it_began(grid, lead, office):
    with pytest.raises(DomainError, match="早于开始日期"):
        actions.end_assignment(lead, on=START - datetime.timedelta(days=1), by=office, at=NOW)


def test_a_grid_may_be_left_without_a_lead(grid, lead, office):
    actions.end_assignment(lead, on=TODAY, by=office, at=NOW)

    assert grid.lead_on(TODAY) is None


# --- leaders ---


@pytest.mark.parametrize("area", [TownFactory, CommunityFactory])
def test_a_leader_answers_for_a_town_or_a_community(db, office, area):
    place, leader = area(), LeaderFactory()
    row = actions.assign_leader(leader, area=place, from_on=TODAY, by=office, at=NOW)

    assert row.area == place
    with pytest.raises(DomainError, match="已经包保"):
        actions.assign_leader(leader, area=place, from_on=TODAY, by=office, at=NOW)


def test_who_left_office_answers_for_nothing_new(community, office):
    with pytest.raises(DomainError, match="不在任"):
        actions.assign_leader(LeaderFactory(is_active=False), area=community, from_on=TODAY, by=office, at=NOW)


def test_a_leader_s_assignment_ends(community, office):
    row = LeaderAssignmentFactory(community=community)
    actions.end_leader_assignment(row, on=TODAY, by=office, at=NOW)

    assert LeaderAssignment.objects.get().ended_on == TODAY
    assert last_entry().target_label == "阳光社区"
