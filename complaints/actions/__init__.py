"""What people do to cases. A case's state changes here and nowhere else."""

from complaints.actions.budgets import spend_on_app_filing, spend_on_filing, spend_on_following, spend_on_photo
from complaints.actions.categories import add_category, bring_in_standard_categories, edit_category
from complaints.actions.contacts import erase_expired_contacts, reveal_phone
from complaints.actions.drafts import add_draft_photo, forget_abandoned_drafts, keep_answers, remove_draft_photo
from complaints.actions.following import Following, follow
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
    refusal_without_photo,
    reject,
    return_to_office,
    rework,
    sign,
    submit_result,
)
from complaints.actions.publishing import publish, unpublish, without_house
from complaints.actions.reminders import remind_of_deadlines
from complaints.actions.routing_rules import add_rule, edit_rule, move_rule, switch_off_broken_rules
from complaints.actions.submissions import KeyReused, Receipt, app_key, submit, submitted_before
from complaints.actions.tuning import tune

__all__ = [
    "Contact",
    "Filed",
    "Following",
    "KeyReused",
    "Receipt",
    "StaleCase",
    "accept",
    "add_category",
    "add_draft_photo",
    "add_rule",
    "app_key",
    "bring_in_standard_categories",
    "dispatch",
    "edit_category",
    "edit_rule",
    "ensure_unchanged",
    "erase_expired_contacts",
    "file",
    "filed_before",
    "find_reporter",
    "follow",
    "forget_abandoned_drafts",
    "hotline_key",
    "is_tail_of",
    "keep_answers",
    "move_rule",
    "pass_verification",
    "rate",
    "refusal_to_return",
    "refusal_without_photo",
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
    "spend_on_following",
    "spend_on_photo",
    "submit",
    "submit_result",
    "submitted_before",
    "switch_off_broken_rules",
    "take_call",
    "tune",
    "unpublish",
    "web_key",
    "without_house",
]
