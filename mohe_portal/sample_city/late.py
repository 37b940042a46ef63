"""What came of the sample city's late cases: some were carried up, some wait for the office, one was acknowledged."""

from datetime import datetime, timedelta

from django.db.models import F

from accounts.models import Role, User
from complaints import actions
from complaints.models import Complaint, Escalation, Tuning
from complaints.models.escalation import WITH_UNIT


def carry_up(*, until: datetime) -> None:
    """As the scheduler would have done: heads on the day after, the office's list some days later."""
    tuning = Tuning.current()
    actions.escalate_late_cases(at=until)
    older = Escalation.objects.filter(due_at__lte=until - timedelta(days=tuning.list_after_days))
    older.update(head_told_at=F("due_at") + timedelta(days=tuning.head_after_days))
    actions.escalate_late_cases(at=until)
    late = Complaint.objects.filter(state__in=WITH_UNIT).overdue(at=until).order_by("due_at", "pk").last()
    if late:
        by = User.objects.get(unit=late.unit_id, role=Role.LIAISON, is_unit_head=False)
        note = "配件已经订货，到了当天就换（示例）。"
        actions.acknowledge(late, note=note, rest=timedelta(days=1), by=by, at=until - timedelta(hours=1))
