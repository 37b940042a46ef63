"""Where a case goes: rules in their order, then the competent unit, then the grid's lead unit, then the office."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Role
from audit.models import Entry
from common.errors import DomainError
from complaints import actions, routing
from complaints.models import Category, Complaint, ProblemGroup, RoutingRule
from complaints.workflow import State
from grids.models import Community, Grid
from notifications.models import Notice
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.complaints import HOUR, MONDAY, CategoryFactory, filed
from tests.factories.grids import GridAssignmentFactory, GridFactory, TownFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_noon"), pytest.mark.once]
RULES = "/workbench/rules/"
TODAY = date(2026, 11, 23)


def rule(unit=None, **facts) -> RoutingRule:
    """A rule behind the others, as the office adds it."""
    added = RoutingRule(**{"name": f"规则 {RoutingRule.objects.count() + 1}", "started_on": date(2026, 1, 1)} | facts)
    added.unit = unit or UnitFactory()
    actions.add_rule(added, by=UserFactory(), at=MONDAY)
    return added


@pytest.fixture
def grid(db):
    return GridFactory()


@pytest.fixture
def snow(db):
    return CategoryFactory(name="路面积雪", group=ProblemGroup.CLEANING, unit=UnitFactory(name="示例环卫单位"))


def accepted(category: Category, **changes) -> Complaint:
    case = filed(**changes).complaint
    actions.accept(case, category=category, by=UserFactory(), at=MONDAY + HOUR)
    return case


def proposed(case: Complaint) -> tuple[str, str]:
    proposal = routing.propose(case, on=TODAY)
    return (proposal.unit.name if proposal.unit else "", proposal.basis)


def test_a_case_falls_through_the_rules_the_competent_unit_the_lead_and_to_the_office(grid, snow):
    lead = GridAssignmentFactory(grid=grid).unit
    other = CategoryFactory(unit=None)
    tried = rule(community=grid.community, category=snow, name="阳光社区积雪")

    assert proposed(Complaint(category=snow, grid=grid)) == (tried.unit.name, "派遣规则“阳光社区积雪”")
    assert proposed(Complaint(category=snow)) == ("示例环卫单位", "“路面积雪”的职能部门")
    assert proposed(Complaint(category=other, grid=grid)) == (lead.name, f"{grid}当日主责单位")
    assert proposed(Complaint(category=other, grid=GridFactory()))[0] == ""
    assert proposed(Complaint(category=other)) == ("", "没有定位到网格，由创城办确定")


def test_a_rule_is_asked_on_the_days_it_holds_only(snow):
    rule(category=snow, started_on=TODAY, ended_on=TODAY + timedelta(days=2), name="扫雪周")

    answers = [routing.proposal_for(snow, "", None, on=TODAY + timedelta(days=day)).basis for day in (-1, 0, 1, 2)]

    assert answers == ["“路面积雪”的职能部门", "派遣规则“扫雪周”", "派遣规则“扫雪周”", "“路面积雪”的职能部门"]


def test_units_out_of_use_get_nothing(grid, snow):
    lead = GridAssignmentFactory(grid=grid).unit
    snow.unit.is_active = False
    snow.unit.save()
    assert proposed(Complaint(category=snow, grid=grid)) == (
        lead.name, f"职能部门“示例环卫单位”已停用，{grid}当日主责单位",
    )  # fmt: skip
    lead.is_active = False
    lead.save()
    assert proposed(Complaint(category=snow, grid=grid))[0] == ""


def test_an_automatic_rule_dispatches_when_the_case_is_accepted_and_the_case_says_why(snow):
    unit = UnitFactory(name="示例单位 07")
    rule(unit, category=snow, is_automatic=True, name="积雪直接派")

    case = accepted(snow)

    assert (case.state, case.unit) == (State.DISPATCHED, unit)
    assert [(event.move, event.basis) for event in case.events.all()] == [
        ("file", ""),
        ("accept", "定为“路面积雪”"),
        ("dispatch", "派遣规则“积雪直接派”，自动派遣。时限 5 个工作日"),
    ]


def test_a_rule_that_is_not_automatic_only_proposes(snow):
    unit = rule(category=snow, name="积雪").unit
    case = accepted(snow)

    assert case.state == State.ACCEPTED
    actions.dispatch(case, to=unit, by=UserFactory(), at=MONDAY + 2 * HOUR)
    assert case.events.last().basis == "派遣规则“积雪”。时限 5 个工作日"


def test_after_a_return_the_office_decides_and_no_rule(snow):
    liaison = UserFactory(liaison=True)
    rule(liaison.unit, category=snow, is_automatic=True)
    case = accepted(snow)

    actions.return_to_office(case, reason="不归本单位。", by=liaison, at=MONDAY + 2 * HOUR)

    assert case.state == State.ACCEPTED


@pytest.mark.parametrize("broken", ["unit", "category", "grid"])
def test_a_broken_rule_is_switched_off_told_to_the_office_once_and_loses_no_case(broken, snow, grid, office):
    other = UnitFactory()
    tried = rule(group=ProblemGroup.CLEANING, category=snow, grid=grid, is_automatic=True, name="积雪")
    rule(other, group=ProblemGroup.CLEANING, name="清扫")
    if broken == "unit":
        tried.unit.is_active = False
        tried.unit.save()
    elif broken == "category":
        Category.objects.filter(pk=snow.pk).update(is_active=False)
    else:
        Grid.objects.filter(pk=grid.pk).update(ended_on=TODAY)
    # Before anybody noticed, it is passed over already.
    snow.refresh_from_db()
    assert routing.proposal_for(snow, "", Grid.objects.get(pk=grid.pk), on=TODAY).unit == other

    case = accepted(CategoryFactory(group=ProblemGroup.CLEANING), grid=grid)
    actions.switch_off_broken_rules(at=MONDAY + HOUR)

    tried.refresh_from_db()
    assert (case.state, tried.is_active) == (State.ACCEPTED, False)
    assert tried.stopped_because.endswith("已停用")
    told = Notice.objects.filter(title__startswith="派遣规则“积雪”已自动停用")
    assert {notice.recipient_id for notice in told} >= {office.pk}
    assert told.count() == told.values("recipient").distinct().count()
    assert Entry.objects.filter(verb="自动停用派遣规则").count() == 1


def test_switching_off_a_class_switches_off_its_rules_at_once(snow, office):
    tried = rule(category=snow)
    snow.is_active = False

    actions.edit_category(snow, seen=0, by=office, at=MONDAY)

    tried.refresh_from_db()
    assert (tried.is_active, tried.stopped_because) == (False, "类别“路面积雪”已停用")


def test_a_rule_without_a_condition_cannot_be_made(open_page, office):
    with pytest.raises(DomainError, match="没有条件"):
        rule()
    data = {"name": "全部", "unit": UnitFactory().pk, "started_on": "2026-11-23", "is_active": "on", "seen": 0}

    page = open_page(office, f"{RULES}new/", data)

    assert (page.status, RoutingRule.objects.count()) == (422, 0)
    assert "类别、分组、地方，至少选一样" in page.get_text()


def test_the_office_adds_orders_changes_and_tries_rules(open_page, office, snow, grid):
    first = rule(group=ProblemGroup.CLEANING, name="先")
    unit = UnitFactory(name="示例单位 07")
    data = {
        "name": "后", "category": snow.pk, "area": f"community-{grid.community.pk}", "unit": unit.pk, "seen": 0,
        "started_on": "2026-11-23", "is_automatic": "on", "is_active": "on",
    }  # fmt: skip
    open_page(office, f"{RULES}new/", data)
    last = RoutingRule.objects.get(name="后")
    assert (last.community, last.town, last.grid) == (grid.community, None, None)
    question = f"{RULES}?category={snow.pk}&grid={grid.pk}&on=2026-11-23"
    assert f"派给{first.unit.name}" in open_page(office, question).select_one(".case-cols [role=status]").get_text()

    open_page(office, f"{RULES}{last.pk}/up/", {})

    shown = open_page(office, question)
    assert [link.get_text() for link in shown.select(".rule a.title")] == ["后", "先"]
    assert shown.select_one(".case-cols [role=status]").get_text() == "派给示例单位 07派遣规则“后”，受理后自动派遣。"

    unticked = {name: value for name, value in (data | {"name": "后来"}).items() if name != "is_active"}
    open_page(office, f"{RULES}{last.pk}/", unticked)
    last.refresh_from_db()
    assert (last.name, last.is_active) == ("后来", False)
    history = (
        open_page(office, f"{RULES}{last.pk}/").select_one("[aria-labelledby=h-changes]").get_text(" ", strip=True)
    )
    assert "名称： 后 → 后来" in history
    assert "启用： 是 → 否" in history


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.LIAISON, Role.ADMINISTRATOR])
def test_only_the_office_keeps_the_rules(open_page, role, snow):
    kept = rule(category=snow)
    other = UserFactory(role=role, unit=UnitFactory() if role == Role.LIAISON else None)

    assert [open_page(other, url).status for url in (RULES, f"{RULES}new/", f"{RULES}{kept.pk}/")] == [403] * 3
    assert open_page(other, f"{RULES}{kept.pk}/up/", {}).status == 403


# --- for all rules and cases ------------------------------------------------------------------------------------------

CATEGORIES = [
    Category(pk=n, name=f"类 {n}", group=group) for n, group in enumerate(["cleaning", "cleaning", "roads"], 1)
]
TOWNS = [TownFactory.build(pk=n, code=str(n)) for n in (1, 2)]
COMMUNITIES = [Community(pk=n, name=f"社区 {n}", town=TOWNS[n % 2]) for n in (1, 2, 3)]
GRIDS = [Grid(pk=n, code=f"{n:015}", community=COMMUNITIES[n % 3]) for n in (1, 2, 3, 4)]
UNITS = [UnitFactory.build(pk=n, is_active=n != 3) for n in (1, 2, 3)]
maybe = lambda choices: st.sampled_from([None, *choices])  # noqa: E731 -- reads as a word below
areas = st.one_of(
    st.just({}),
    st.sampled_from([{"town": one} for one in TOWNS]),
    st.sampled_from([{"community": one} for one in COMMUNITIES]),
    st.sampled_from([{"grid": one} for one in GRIDS]),
)
rules_made_up = st.lists(
    st.builds(
        lambda category, group, area, unit: RoutingRule(category=category, group=group, unit=unit, **area),
        maybe(CATEGORIES), st.sampled_from(["", "cleaning", "roads"]), areas, st.sampled_from(UNITS),
    ),
    max_size=6,
)  # fmt: skip


def meets(rule, category, group, grid):
    """The conditions once more, written as the office would say them."""
    place = rule.grid or rule.community or rule.town
    around = {("grid", grid.pk), ("community", grid.community.pk), ("town", grid.community.town.pk)} if grid else set()
    return (
        (not rule.category or rule.category == category)
        and (not rule.group or rule.group == (category.group if category else group))
        and (not place or (type(place).__name__.lower(), place.pk) in around)
    )


@pytest.mark.once
@settings(max_examples=150, deadline=None)
@given(rules_made_up, maybe(CATEGORIES), st.sampled_from(["cleaning", "roads"]), maybe(GRIDS))
def test_the_first_sound_rule_whose_every_condition_is_met_decides(rules, category, group, grid):
    sound = [r for r in rules if r.unit.is_active and (r.category or r.group or r.grid or r.community or r.town)]

    expected = next((r for r in sound if meets(r, category, group, grid)), None)

    assert routing.first_fitting(rules, category, group, grid) is expected
