"""What people do to inspections. Their drafts, findings and corrections change here and nowhere else."""

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
from supervision.actions.submitting import submit

__all__ = [
    "MOST_PHOTOS",
    "AlreadySubmitted",
    "Facts",
    "StaleInspection",
    "add_photo",
    "begin_finding",
    "correct",
    "discard",
    "drop_finding",
    "keep_draft",
    "keep_finding",
    "remove_photo",
    "submit",
]
