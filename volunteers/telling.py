from typing import Any

from accounts.models import User
from complaints.models import Complaint


def told_case(case: Complaint, user: User) -> dict[str, Any]:
    """What a patroller may know of a case that may be theirs: a resident's words only where they may read the case."""
    may_read = Complaint.objects.visible_to(user).filter(pk=case.pk).exists()
    return {
        "number": case.number,
        "title": case.title if may_read else case.get_group_display(),
        "unit": case.unit.name if case.unit else "",
        "state": case.get_state_display(),
    }
