"""What people do to cases. A case's state changes here and nowhere else."""

from complaints.actions.budgets import spend_on_app_filing, spend_on_filing, spend_on_photo
from complaints.actions.contacts import erase_expired_contacts, reveal_phone
from complaints.actions.drafts import add_draft_photo, forget_abandoned_drafts, keep_answers, remove_draft_photo
from complaints.actions.hotline import hotline_key, take_call
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
from complaints.actions.publishing import publish, unpublish, without_house
from complaints.actions.reminders import remind_of_deadlines
from complaints.actions.submissions import KeyReused, Receipt, app_key, submit, submitted_before

__all__ = [
    "Contact",
    "Filed",
    "KeyReused",
    "Receipt",
    "StaleCase",
    "accept",
    "add_draft_photo",
    "app_key",
    "dispatch",
    "ensure_unchanged",
    "erase_expired_contacts",
    "file",
    "filed_before",
    "find_reporter",
    "forget_abandoned_drafts",
    "hotline_key",
    "is_tail_of",
    "keep_answers",
    "pass_verification",
    "rate",
    "refusal_to_return",
    "publish",
    "reject",
    "remove_draft_photo",
    "return_to_office",
    "remind_of_deadlines",
    "reveal_phone",
    "rework",
    "sign",
    "spend_on_app_filing",
    "spend_on_filing",
    "spend_on_photo",
    "submit",
    "submit_result",
    "submitted_before",
    "take_call",
    "unpublish",
    "web_key",
    "without_house",
]
