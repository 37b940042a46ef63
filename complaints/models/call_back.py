from django.db import models

from accounts.models import User
from complaints.models.complaint import Complaint


class CallBack(models.Model):
    """One attempt to ask by phone how a closed case was handled (回访). What the resident said stands on the rating."""

    class Outcome(models.TextChoices):
        REACHED = "reached", "接通，已评价"
        UNREACHED = "unreached", "没接通"
        REFUSED = "refused", "接通，不愿评价"

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="call_backs", verbose_name="案件")
    round = models.PositiveSmallIntegerField("第几次办理")
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices)
    note = models.CharField("备注", max_length=200, blank=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="回访人")

    class Meta:
        verbose_name = "回访"
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.complaint} {self.get_outcome_display()}"
