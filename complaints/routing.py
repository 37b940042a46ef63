"""Where a case should go, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from accounts.models import Unit
from common.revisions import remembered
from complaints.models import Category, Complaint, RoutingRule
from grids.models import Grid, GridAssignment

OFFICE_DECIDES = "由创城办确定"


@dataclass(frozen=True)
class Proposal:
    """The unit to dispatch to (None: the office decides), the reason in words, and whether nobody need be asked."""

    unit: Unit | None
    basis: str
    is_automatic: bool = False


def propose(complaint: Complaint, *, on: date) -> Proposal:
    return proposal_for(complaint.category, complaint.group, complaint.grid, on=on)


def proposal_for(category: Category | None, group: str, grid: Grid | None, *, on: date) -> Proposal:
    """The first rule that fits; else the category's competent unit; else the grid's lead unit on that day; else nobody.

    A rule that names something out of use sends nothing, whether or not it has been switched off yet.
    """
    known = _directions(on)
    rule = first_fitting(known.rules, category, group, grid)
    if rule:
        return Proposal(rule.unit, f"派遣规则“{rule.name}”", rule.is_automatic)
    return _without_rules(category, grid, known.leads)


@dataclass(frozen=True)
class _Directions:
    """What tells where cases go on a day: the rules in their order, and the lead unit of each grid."""

    rules: tuple[RoutingRule, ...]
    leads: dict[int, Unit]


@remembered("reference", most=2)
def _directions(on: date) -> _Directions:
    leads = GridAssignment.objects.on(on).filter(kind=GridAssignment.Kind.LEAD).select_related("unit")
    return _Directions(tuple(RoutingRule.objects.in_force().on(on)), {lead.grid_id: lead.unit for lead in leads})


def first_fitting(
    rules: Iterable[RoutingRule], category: Category | None, group: str, grid: Grid | None
) -> RoutingRule | None:
    """The first of the rules, asked in their order, that is sound and fits."""
    fitting = (rule for rule in rules if rule.fits(category=category, group=group, grid=grid) and not rule.trouble())
    return next(fitting, None)


def _without_rules(category: Category | None, grid: Grid | None, leads: dict[int, Unit]) -> Proposal:
    competent = category.unit if category else None
    if category and competent and competent.is_active:
        return Proposal(competent, f"“{category.name}”的职能部门")
    because = f"职能部门“{competent}”已停用，" if competent else ""
    lead = leads.get(grid.pk) if grid else None
    if lead and lead.is_active:
        return Proposal(lead, f"{because}{grid}当日主责单位")
    if grid:
        return Proposal(None, f"{because}{grid}当日没有主责单位，{OFFICE_DECIDES}")
    return Proposal(None, f"{because}没有定位到网格，{OFFICE_DECIDES}")
