from django.db import models
from django.db.models import OuterRef, Q

from accounts.models import Unit, User
from complaints.models.complaint import Complaint
from complaints.workflow import RequestKind


class UnitRequestQuerySet(models.QuerySet["UnitRequest"]):
    def extensions(self, *, round: int | OuterRef, unit: int | OuterRef | None) -> "UnitRequestQuerySet":
        """That the unit asked for in this round, and that count: it may ask once."""
        asked = self.filter(kind=RequestKind.EXTENSION, round=round, unit=unit)
        return asked.exclude(status=UnitRequest.Status.LAPSED)


class UnitRequest(models.Model):
    """What a unit asks the office for while it handles a case: more time (延期), or to stop the clock (挂账)."""

    class Status(models.TextChoices):
        PENDING = "pending", "待批"
        GRANTED = "granted", "已同意"
        REFUSED = "refused", "未同意"
        LAPSED = "lapsed", "已作废"

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="requests", verbose_name="案件")
    kind = models.CharField("申请", max_length=12, choices=RequestKind.choices)
    round = models.PositiveSmallIntegerField("第几次办理")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="申请单位")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申请人")
    asked_at = models.DateTimeField("申请时间")
    reason = models.TextField("理由", max_length=300)
    # As asked, and once granted as granted.
    days = models.PositiveSmallIntegerField("延期工作日", null=True, blank=True)
    until = models.DateField("挂账至", null=True, blank=True)
    status = models.CharField("结果", max_length=10, choices=Status.choices, default=Status.PENDING)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="批准人")
    decided_at = models.DateTimeField("批准时间", null=True, blank=True)
    # The deadlines as they were when it was granted; while the clock is stopped they stand nowhere else.
    warn_before = models.DateTimeField(null=True, blank=True)
    due_before = models.DateTimeField("原期限", null=True, blank=True)
    overall_warn_before = models.DateTimeField(null=True, blank=True)
    overall_due_before = models.DateTimeField(null=True, blank=True)
    due_after = models.DateTimeField("新期限", null=True, blank=True)
    resumed_at = models.DateTimeField("恢复时间", null=True, blank=True)

    objects = UnitRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "单位申请"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["complaint"], condition=Q(status="pending"), name="one_request_waits"),
            models.UniqueConstraint(
                fields=["complaint", "round", "unit"],
                condition=Q(kind="extension") & ~Q(status="lapsed"),
                name="extension_once_a_round",
            ),
            models.CheckConstraint(
                condition=Q(kind="extension", days__range=(1, 10), until=None)
                | Q(kind="suspension", days=None, until__isnull=False),
                name="request_asks_for_days_or_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint} 申请{self.get_kind_display()}"
