from datetime import datetime

from django.db import transaction

from common.errors import DomainError
from complaints import workflow
from complaints.actions.moving import make_move, tell_unit
from complaints.actions.requests import lapse_requests, leave_suspension
from complaints.models import Complaint
from complaints.workflow import Move


def refusal_to_withdraw(complaint: Complaint) -> str:
    """Why the resident cannot take a case back though it is not handled yet; empty if it can be."""
    if complaint.round > 1:
        return "这件已经办过一次，正在第二次办理，不能撤回。"
    if complaint.merged.exists():
        return "同一件事还有别人反映，已经合并到这一件办理，不能撤回。"
    return ""


@transaction.atomic
def withdraw(complaint: Complaint, *, at: datetime, reason: str = "") -> None:
    """The resident takes a case back (撤回) before a result is there; final."""
    workflow.ensure_possible(Move.WITHDRAW, complaint)
    refusal = refusal_to_withdraw(complaint)
    if refusal:
        raise DomainError(refusal)
    leave_suspension(complaint, by=None, at=at)
    make_move(
        complaint, Move.WITHDRAW, by=None, at=at, note=reason, asked_for="", warn_at=None, due_at=None,
        overall_warn_at=None, overall_due_at=None,
    )  # fmt: skip
    lapse_requests(complaint, at=at)
    tell_unit(complaint, "居民撤回，不用再办", at=at)
