"""What people do to cases. A case's state changes here and nowhere else."""

from complaints.actions.contacts import erase_expired_contacts, reveal_phone
from complaints.actions.drafts import add_draft_photo, forget_abandoned_drafts, remove_draft_photo
from complaints.actions.intake import Contact, Filed, file
from complaints.actions.moves import (
    StaleCase,
    accept,
    dispatch,
    ensure_unchanged,
    pass_verification,
    rate,
    refusal_to_return,
    reject,
    return_to_office,
    rework,
    sign,
    submit_result,
)

__all__ = [
    "Contact",
    "Filed",
    "StaleCase",
    "accept",
    "add_draft_photo",
    "dispatch",
    "ensure_unchanged",
    "erase_expired_contacts",
    "file",
    "forget_abandoned_drafts",
    "pass_verification",
    "rate",
    "refusal_to_return",
    "reject",
    "remove_draft_photo",
    "return_to_office",
    "reveal_phone",
    "rework",
    "sign",
    "submit_result",
]
