from complaints.views.staff.bulk import bulk
from complaints.views.staff.call_backs import call_back, call_backs
from complaints.views.staff.case import case, move
from complaints.views.staff.categories import categories, categories_standard, category_edit, category_new
from complaints.views.staff.contact import reveal_contact
from complaints.views.staff.escalation import acknowledge, decide_escalation, escalated
from complaints.views.staff.exports import export, export_file, exports
from complaints.views.staff.held import held
from complaints.views.staff.privacy import erasures, grant_erasure, legal_hold, refuse_erasure
from complaints.views.staff.publishing import publish, unpublish
from complaints.views.staff.queue import delete_filter, queue, save_filter
from complaints.views.staff.rules import rule_edit, rule_move, rule_new, rules
from complaints.views.staff.tuning import tuning

__all__ = [
    "call_back",
    "call_backs",
    "acknowledge",
    "bulk",
    "case",
    "categories",
    "categories_standard",
    "category_edit",
    "category_new",
    "decide_escalation",
    "delete_filter",
    "erasures",
    "escalated",
    "export",
    "export_file",
    "exports",
    "grant_erasure",
    "held",
    "legal_hold",
    "move",
    "publish",
    "queue",
    "refuse_erasure",
    "reveal_contact",
    "rule_edit",
    "rule_move",
    "rule_new",
    "rules",
    "save_filter",
    "tuning",
    "unpublish",
]
