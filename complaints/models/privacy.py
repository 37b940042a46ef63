from django.db import models
from django.db.models import Q

from accounts.models import User
from complaints.models.complaint import Complaint
from complaints.models.reporter import Reporter


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    def running(self) -> "LegalHoldQuerySet":
        return self.filter(ended_at=None)


class LegalHold(models.Model):
    """While it runs, nobody's contact data of a case is erased (法律保全): a court or the police may ask for it."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="legal_holds", verbose_name="案件")
    reason = models.CharField("保全原因", max_length=200)
    began_at = models.DateTimeField("开始")
    began_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="设置人")
    ended_at = models.DateTimeField("解除", null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="解除人")
    end_reason = models.CharField("解除原因", max_length=200, blank=True)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        verbose_name = "法律保全"
        constraints = [
            models.UniqueConstraint(
                fields=["complaint"], condition=Q(ended_at=None), name="one_running_legal_hold_per_case"
            ),
        ]

    def __str__(self) -> str:
        return f"法律保全（{self.complaint}）"


class ErasureRequest(models.Model):
    """A resident's wish to have their contact data erased while the case still needs it: the office decides."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", "等创城办决定"
        GRANTED = "granted", "已删除"
        REFUSED = "refused", "暂不删除"

    reporter = models.ForeignKey(Reporter, models.PROTECT, related_name="erasure_requests", verbose_name="反映人")
    asked_at = models.DateTimeField("提出时间")
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    reply = models.CharField("给居民的话", max_length=200, blank=True)
    decided_at = models.DateTimeField("决定时间", null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="决定人")

    class Meta:
        verbose_name = "删除联系方式的请求"
        constraints = [
            models.UniqueConstraint(
                fields=["reporter"], condition=Q(outcome="waiting"), name="one_waiting_erasure_request"
            ),
            models.CheckConstraint(
                condition=Q(outcome="waiting", decided_at=None) | (~Q(outcome="waiting") & Q(decided_at__isnull=False)),
                name="erasure_decided_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"删除请求（{self.reporter.complaint}）"
