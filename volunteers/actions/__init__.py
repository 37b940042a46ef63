"""What people do as volunteers, organisers and patrollers."""

from volunteers.actions.attendance import TooFar, attend, check_in_here, note_came, note_times, note_went
from volunteers.actions.certificates import issue_certificate, revoke_certificate
from volunteers.actions.findings import MOST_PHOTOS, AlreadyReported, Choice, add_finding
from volunteers.actions.guides import remove_guide, save_guide
from volunteers.actions.hours import StaleRecordOfHours, confirm_hours, correct_hours, counted_span, whole_minutes
from volunteers.actions.patrols import AlreadyPatrolled, KeyReused, finish_patrol
from volunteers.actions.phones import NoTextMessages, forget_codes, is_code_of, send_code
from volunteers.actions.planning import Plan, Repeat, StaleActivity, cancel, change_activity, plan_activity, publish
from volunteers.actions.registering import About, TooYoung, correct, erase, register
from volunteers.actions.reminders import remind_missing_patrols, remind_of_activities
from volunteers.actions.reporting import report_activity
from volunteers.actions.signing_up import Clash, NotOpen, SmallClash, sign_up, withdraw
from volunteers.actions.teams import TeamFacts, ask_to_join, decide, leave_team, save_team

__all__ = [
    "MOST_PHOTOS",
    "About",
    "AlreadyPatrolled",
    "AlreadyReported",
    "Choice",
    "Clash",
    "KeyReused",
    "NoTextMessages",
    "NotOpen",
    "Plan",
    "Repeat",
    "SmallClash",
    "StaleActivity",
    "StaleRecordOfHours",
    "TeamFacts",
    "TooFar",
    "TooYoung",
    "add_finding",
    "ask_to_join",
    "attend",
    "cancel",
    "change_activity",
    "check_in_here",
    "confirm_hours",
    "correct",
    "correct_hours",
    "counted_span",
    "decide",
    "erase",
    "finish_patrol",
    "forget_codes",
    "is_code_of",
    "issue_certificate",
    "leave_team",
    "note_came",
    "note_times",
    "note_went",
    "plan_activity",
    "publish",
    "register",
    "remind_missing_patrols",
    "remind_of_activities",
    "remove_guide",
    "report_activity",
    "revoke_certificate",
    "save_guide",
    "save_team",
    "send_code",
    "sign_up",
    "whole_minutes",
    "withdraw",
]
