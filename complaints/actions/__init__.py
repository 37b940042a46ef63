"""What people do to cases. A case's state changes here and nowhere else."""

from complaints.actions.budgets import (
    spend_on_app_filing,
    spend_on_filing,
    spend_on_following,
    spend_on_holding,
    spend_on_photo,
)
from complaints.actions.calling_back import Said, call_back
from complaints.actions.categories import add_category, bring_in_standard_categories, edit_category
from complaints.actions.contacts import erase_expired_contacts, reveal_phone
from complaints.actions.drafts import add_draft_photo, forget_abandoned_drafts, keep_answers, remove_draft_photo
from complaints.actions.escalating import LONGEST_REST, acknowledge, decide_escalation, escalate_late_cases
from complaints.actions.exports import AT_ONCE, ask_for_export, forget_exports, make_exports, note_export
from complaints.actions.following import Following, follow
from complaints.actions.helping import add_note, set_helpers
from complaints.actions.holding import DecidedAlready, hand_in, held_before, let_in, let_in_all, refuse, refuse_all
from complaints.actions.hotline import hotline_key, take_call
from complaints.actions.intake import Contact, Filed, file, file_new, filed_before, web_key
from complaints.actions.lookup import find_held, find_reporter, is_tail_of
from complaints.actions.marks import mark, supervise, unsupervise, urge, was_urged_on
from complaints.actions.merging import merge
from complaints.actions.moves import (
    accept,
    dispatch,
    pass_verification,
    rate,
    redispatch,
    refusal_to_return,
    refusal_without_photo,
    reject,
    return_to_office,
    rework,
    sign,
    submit_result,
)
from complaints.actions.moving import StaleCase, ensure_unchanged
from complaints.actions.privacy import (
    ask_for_erasure,
    begin_legal_hold,
    correct_contact,
    end_legal_hold,
    grant_erasure,
    refuse_erasure,
)
from complaints.actions.publishing import publish, unpublish, without_house
from complaints.actions.reminders import remind_of_deadlines, remind_of_overall
from complaints.actions.requests import (
    ask_extension,
    ask_suspension,
    grant_extension,
    grant_suspension,
    pending_request,
    refusal_to_ask_extension,
    refuse_request,
    resume,
    resume_due,
)
from complaints.actions.routing_rules import add_rule, edit_rule, move_rule, switch_off_broken_rules
from complaints.actions.saved_filters import delete_filter, save_filter
from complaints.actions.screening import doubt_about
from complaints.actions.submissions import KeyReused, Receipt, app_key, submit, submitted_before
from complaints.actions.tuning import tune
from complaints.actions.withdrawing import refusal_to_withdraw, withdraw

__all__ = [
    "AT_ONCE",
    "Contact",
    "DecidedAlready",
    "Filed",
    "Following",
    "KeyReused",
    "LONGEST_REST",
    "Receipt",
    "Said",
    "StaleCase",
    "accept",
    "acknowledge",
    "add_category",
    "add_draft_photo",
    "add_note",
    "add_rule",
    "app_key",
    "ask_extension",
    "ask_for_erasure",
    "ask_for_export",
    "ask_suspension",
    "begin_legal_hold",
    "bring_in_standard_categories",
    "call_back",
    "correct_contact",
    "decide_escalation",
    "delete_filter",
    "dispatch",
    "doubt_about",
    "edit_category",
    "edit_rule",
    "end_legal_hold",
    "ensure_unchanged",
    "erase_expired_contacts",
    "escalate_late_cases",
    "file",
    "file_new",
    "filed_before",
    "find_held",
    "find_reporter",
    "follow",
    "forget_abandoned_drafts",
    "forget_exports",
    "grant_erasure",
    "grant_extension",
    "grant_suspension",
    "hand_in",
    "held_before",
    "hotline_key",
    "is_tail_of",
    "keep_answers",
    "let_in",
    "let_in_all",
    "make_exports",
    "mark",
    "merge",
    "move_rule",
    "note_export",
    "pass_verification",
    "pending_request",
    "publish",
    "rate",
    "redispatch",
    "refusal_to_ask_extension",
    "refusal_to_return",
    "refusal_to_withdraw",
    "refusal_without_photo",
    "refuse",
    "refuse_all",
    "refuse_erasure",
    "refuse_request",
    "reject",
    "remind_of_deadlines",
    "remind_of_overall",
    "remove_draft_photo",
    "resume",
    "resume_due",
    "return_to_office",
    "reveal_phone",
    "rework",
    "save_filter",
    "set_helpers",
    "sign",
    "spend_on_app_filing",
    "spend_on_filing",
    "spend_on_following",
    "spend_on_holding",
    "spend_on_photo",
    "submit",
    "submit_result",
    "submitted_before",
    "supervise",
    "switch_off_broken_rules",
    "take_call",
    "tune",
    "unpublish",
    "unsupervise",
    "urge",
    "was_urged_on",
    "web_key",
    "withdraw",
    "without_house",
]
