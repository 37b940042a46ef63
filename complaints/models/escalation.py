from datetime import datetime

from django.db import models
from django.db.models import F, Q

from accounts.models import Unit, User
from complaints.models.complaint import Complaint
from complaints.workflow import State

# A submitted result (待核查) is judged by when it came: waiting for its verification is no delay of the unit.
WITH_UNIT = (State.DISPATCHED, State.HANDLING)
WITH_OFFICE = (State.RECEIVED, State.ACCEPTED)


class EscalationQuerySet(models.QuerySet["Escalation"]):
    def still_late(self, *, at: datetime) -> "EscalationQuerySet":
        """Whose case is late by that very deadline, still with that unit, and not supervised yet."""
        return self.filter(
            complaint__state__in=WITH_UNIT,
            complaint__unit=F("unit"),
            complaint__due_at=F("due_at"),
            complaint__supervised_at=None,
            due_at__lt=at,
        )

    def to_decide(self, *, at: datetime) -> "EscalationQuerySet":
        """On the list of what the office may put under supervision (督办), and not decided."""
        return self.still_late(at=at).filter(listed_at__isnull=False, decided_at=None)


class Escalation(models.Model):
    """How far a late case was carried up (升级): to its unit's head, then onto the office's list. One a deadline."""

    class Outcome(models.TextChoices):
        SUPERVISED = "supervised", "列入督办"
        LEFT = "left", "暂不督办"

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="escalations", verbose_name="案件")
    due_at = models.DateTimeField("过了的期限")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="责任单位")
    head_told_at = models.DateTimeField("报单位负责人时间")
    listed_at = models.DateTimeField("列入待定时间", null=True)
    outcome = models.CharField("决定", max_length=12, choices=Outcome.choices, blank=True)
    reason = models.CharField("理由", max_length=300, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="决定人")
    decided_at = models.DateTimeField("决定时间", null=True)

    objects = EscalationQuerySet.as_manager()

    class Meta:
        verbose_name = "升级"
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["complaint", "due_at"], name="one_escalation_per_deadline"),
            models.CheckConstraint(
                condition=Q(outcome="", decided_at=None) | (~Q(outcome="") & Q(decided_at__isnull=False)),
                name="escalation_decided_at_a_moment",
            ),
        ]
        indexes = [
            # For the office's list and its figure on the workbench.
            models.Index(
                fields=["due_at"], condition=Q(listed_at__isnull=False, decided_at=None), name="escalation_undecided"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint} 升级"


class Acknowledgement(models.Model):
    """Somebody said of a late case "知道了，正在办": its reminders rest until then, and everybody reads why."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="acknowledgements", verbose_name="案件")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="谁")
    at = models.DateTimeField("什么时候")
    note = models.CharField("怎么办", max_length=200)
    until = models.DateTimeField("提醒停到")

    class Meta:
        verbose_name = "知道了"
        ordering = ["-at", "-pk"]
        indexes = [
            # For the reminders, which ask every few minutes whose rest lasts.
            models.Index(fields=["until"], name="acknowledged_until"),
        ]

    def __str__(self) -> str:
        return f"{self.complaint} {self.by}知道了"
