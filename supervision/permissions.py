"""Who may do what to inspections. When it may be done is the workflow's business."""

from accounts.models import Role, User
from supervision.models import Inspection

INSPECTORS = (Role.GUIDANCE, Role.OFFICE)


def may_write(user: User, inspection: Inspection) -> bool:
    """A draft is its author's."""
    return user.role in INSPECTORS and inspection.is_draft and inspection.by_id == user.pk


def may_correct(user: User, inspection: Inspection) -> bool:
    """Once submitted: whoever wrote it, and the office."""
    if inspection.is_draft or user.role not in INSPECTORS:
        return False
    return user.role == Role.OFFICE or inspection.by_id == user.pk
