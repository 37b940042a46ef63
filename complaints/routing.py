"""Where a case should go, and why."""

from dataclasses import dataclass
from datetime import date

from accounts.models import Unit
from complaints.models import Complaint


@dataclass(frozen=True)
class Proposal:
    """The unit to dispatch to (None: the office decides) and the reason in words."""

    unit: Unit | None
    basis: str


def propose(complaint: Complaint, *, on: date) -> Proposal:
    """The category's competent unit; else the lead unit of the grid on that day; else nobody."""
    if complaint.category and complaint.category.unit:
        return Proposal(complaint.category.unit, f"“{complaint.category.name}”的职能部门")
    lead = complaint.grid.lead_on(on) if complaint.grid else None
    if lead:
        return Proposal(lead, f"{complaint.grid}当日主责单位")
    if complaint.grid:
        return Proposal(None, f"{complaint.grid}当日没有主责单位，由创城办确定")
    return Proposal(None, "没有定位到网格，由创城办确定")
