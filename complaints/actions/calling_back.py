"""Asking by phone how a closed case was handled (回访), and keying in on the resident's behalf what they say."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from common.errors import DomainError
from common.masking import hide_phones
from complaints.actions.moves import rate
from complaints.models import CallBack, Complaint
from complaints.models.complaint import Satisfaction
from complaints.workflow import State


@dataclass(frozen=True)
class Said:
    """What the resident said on the phone. `again`: dissatisfied, they want it handled once more."""

    satisfaction: Satisfaction
    is_solved: bool
    comment: str = ""
    again: bool = False


@transaction.atomic
def call_back(
    case: Complaint, *, outcome: CallBack.Outcome, note: str, by: User, at: datetime, said: Said | None = None
) -> None:
    """Remember a call; with `said` it is the resident's rating, marked with who keyed it in."""
    if case.state != State.CLOSED or case.rated_at:
        raise DomainError("这件已经不用回访了：居民评价过，或又在办。请看最新情况。")
    CallBack.objects.create(
        complaint=case, round=case.round, outcome=outcome, note=hide_phones(note), by=by, at=at
    )  # fmt: skip
    if said:
        rate(
            case, satisfaction=said.satisfaction, is_solved=said.is_solved, comment=hide_phones(said.comment),
            wants_again=said.again, by=by, at=at,
        )  # fmt: skip
