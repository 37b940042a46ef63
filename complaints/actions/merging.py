"""Merging (并案): a case that says the same as one already on its way goes along with it from then on."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from common.errors import DomainError
from complaints import workflow
from complaints.actions.moving import make_move, tell_unit
from complaints.models import Complaint
from complaints.workflow import OPEN_STATES, Move, State


@transaction.atomic
def merge(complaint: Complaint, *, into: Complaint, by: User, at: datetime, note: str = "") -> None:
    """End a case as a duplicate of an open one, which says so, too.

    Both are changed on condition that nobody else did: two cases cannot become each other's duplicates, and none
    is merged into one that is being closed. What was merged is final, so chains of them have an end.
    """
    workflow.ensure_possible(Move.MERGE, complaint)
    if into.pk == complaint.pk:
        raise DomainError("不能把案件并入它自己。请填另一件的案件编号。")
    if into.state not in OPEN_STATES:
        raise DomainError(f"{into.number} 现在是“{State(into.state).label}”，不能并入。请选一件在办的案件。")
    # In one order everywhere, or two of these could wait for each other.
    if complaint.pk < into.pk:
        _end(complaint, into, by=by, at=at, note=note)
        _absorb(complaint, into, by=by, at=at)
    else:
        _absorb(complaint, into, by=by, at=at)
        _end(complaint, into, by=by, at=at, note=note)
    tell_unit(into, "又有人反映同一件事", at=at)


def _end(complaint: Complaint, into: Complaint, *, by: User, at: datetime, note: str) -> None:
    make_move(
        complaint, Move.MERGE, by=by, at=at, note=note, basis=f"并入 {into.number}", merged_into=into,
        warn_at=None, due_at=None, overall_warn_at=None, overall_due_at=None,
    )  # fmt: skip


def _absorb(complaint: Complaint, into: Complaint, *, by: User, at: datetime) -> None:
    make_move(into, Move.ABSORB, by=by, at=at, basis=f"并入 {complaint.number}")
