"""What people do as volunteers and patrollers."""

from volunteers.actions.findings import MOST_PHOTOS, AlreadyReported, Choice, add_finding
from volunteers.actions.guides import remove_guide, save_guide
from volunteers.actions.patrols import AlreadyPatrolled, KeyReused, finish_patrol
from volunteers.actions.reminders import remind_missing_patrols

__all__ = [
    "MOST_PHOTOS",
    "AlreadyPatrolled",
    "AlreadyReported",
    "Choice",
    "KeyReused",
    "add_finding",
    "finish_patrol",
    "remind_missing_patrols",
    "remove_guide",
    "save_guide",
]
