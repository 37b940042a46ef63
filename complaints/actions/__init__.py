"""What people do to cases. A case's state changes here and nowhere else."""

from complaints.actions.budgets import spend_on_filing, spend_on_photo
from complaints.actions.contacts import erase_expired_contacts, reveal_phone
from complaints.actions.drafts import add_draft_photo, forget_abandoned_drafts, keep_answers, remove_draft_photo
from complaints.actions.intake import Contact, Filed, file, filed_before, web_key
from complaints.actions.lookup import find_reporter, is_tail_of
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
from complaints.actions.reminders import remind_of_deadlines

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
    "filed_before",
    "find_reporter",
    "forget_abandoned_drafts",
    "is_tail_of",
    "keep_answers",
    "pass_verification",
    "rate",
    "refusal_to_return",
    "reject",
    "remind_of_deadlines",
    "remove_draft_photo",
    "return_to_office",
    "reveal_phone",
    "rework",
    "sign",
    "spend_on_filing",
    "spend_on_photo",
    "submit_result",
    "web_key",
]
