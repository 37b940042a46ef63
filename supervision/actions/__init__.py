"""What people do to inspections and referrals, which change here and nowhere else."""

from supervision.actions.correcting import StaleInspection, correct
from supervision.actions.drafts import (
    MOST_PHOTOS,
    AlreadySubmitted,
    Facts,
    add_photo,
    begin_finding,
    discard,
    drop_finding,
    keep_draft,
    keep_finding,
    remove_photo,
)
from supervision.actions.referrals import MOST_FILES, StaleReferral, Told, move_referral, note_export, refer
from supervision.actions.submitting import submit
from supervision.actions.thresholds import set_thresholds

__all__ = [
    "MOST_FILES",
    "MOST_PHOTOS",
    "AlreadySubmitted",
    "Facts",
    "StaleInspection",
    "StaleReferral",
    "Told",
    "add_photo",
    "begin_finding",
    "correct",
    "discard",
    "drop_finding",
    "keep_draft",
    "keep_finding",
    "move_referral",
    "note_export",
    "refer",
    "remove_photo",
    "set_thresholds",
    "submit",
]
