from django.db import models

from accounts.models import Unit, User
from complaints.models.complaint import Complaint
from complaints.workflow import Move, State


class Event(models.Model):
    """One move in a case's life (流转记录). Never edited, never deleted; one per case and version."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="events", verbose_name="案件")
    version = models.PositiveIntegerField()
    move = models.CharField("操作", max_length=20, choices=Move.choices)
    from_state = models.CharField(max_length=20, choices=State.choices, blank=True)
    to_state = models.CharField(max_length=20, choices=State.choices)
    # None: the resident. A name would say who filed it.
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="操作人")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="单位")
    at = models.DateTimeField("时间")
    note = models.TextField("说明", blank=True)
    # Why it went where it went; what the resident may read stands in `note` only.
    basis = models.CharField("依据", max_length=200, blank=True)
    seconds_used = models.PositiveBigIntegerField("用时（秒）", default=0)
    was_overdue = models.BooleanField("超时", default=False)
    # Of a rating: the case forgets it when it is opened again, the figures do not.
    satisfaction = models.PositiveSmallIntegerField("满意度", null=True)
    is_solved = models.BooleanField("是否解决", null=True)

    class Meta:
        verbose_name = "流转记录"
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["complaint", "version"], name="one_event_per_version")]

    def __str__(self) -> str:
        return f"{self.complaint} {self.get_move_display()}"
