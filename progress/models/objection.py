from django.db import models
from django.db.models import Q

from accounts.models import User
from progress.models.task import Flag, MonthTask


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def visible_to(self, user: User) -> "ObjectionQuerySet":
        """Of tasks this person works with; what one unit objects to is no other unit's business."""
        return self.filter(task__in=MonthTask.objects.visible_to(user))

    def pending(self) -> "ObjectionQuerySet":
        return self.filter(outcome=Objection.Outcome.PENDING)


class Objection(models.Model):
    """A unit says that a flag is wrong (异议): once for each flag, until its month is closed; the office decides."""

    class Outcome(models.TextChoices):
        PENDING = "pending", "等答复"
        UPHELD = "upheld", "维持原旗"
        CHANGED = "changed", "已改旗"

    task = models.ForeignKey(MonthTask, models.PROTECT, related_name="objections", verbose_name="月任务")
    # The version of the task when it got the flag that is objected to.
    flag_version = models.PositiveIntegerField()
    flag = models.CharField("哪面旗", max_length=10, choices=Flag.choices)
    reason = models.CharField("理由", max_length=300)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提出人")
    at = models.DateTimeField("提出时间")

    # Only progress.actions changes what follows.
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices, default=Outcome.PENDING)
    words = models.CharField("答复", max_length=300, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复人")
    decided_at = models.DateTimeField("答复时间", null=True, blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = "异议"
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["task", "flag_version"], name="one_objection_per_flag"),
            models.CheckConstraint(condition=~Q(reason=""), name="objection_has_reason"),
            models.CheckConstraint(
                condition=Q(outcome="pending", words="", decided_at=None)
                | (~Q(outcome="pending") & ~Q(words="") & Q(decided_at__isnull=False)),
                name="decided_objection_has_words",
            ),
        ]
        indexes = [
            # For the office's list of what waits.
            models.Index(fields=["at"], condition=Q(outcome="pending"), name="objection_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.task}：{self.get_outcome_display()}"
