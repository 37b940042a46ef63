from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from accounts.models import User
from common.months import Month
from progress.models.task import Flag, MonthTask

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class ClosedMonth(models.Model):
    """A month closed after the leading group's meeting (锁定): what its boards showed then, for good."""

    year = models.PositiveSmallIntegerField("年")
    month = models.PositiveSmallIntegerField("月")
    closed_at = models.DateTimeField("锁定时间")
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="锁定人")
    snapshot = models.JSONField("快照")
    checksum = models.CharField("校验值", max_length=64)

    if TYPE_CHECKING:
        corrections: RelatedManager["Correction"]

    class Meta:
        verbose_name = "锁定的月份"
        ordering = ["-year", "-month"]
        constraints = [models.UniqueConstraint(fields=["year", "month"], name="month_closed_once")]

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}"

    @property
    def of(self) -> Month:
        return Month(self.year, self.month)


class Correction(models.Model):
    """What a flag of a closed month should have been (更正): shown beside the snapshot, which stays as it is."""

    closed = models.ForeignKey(ClosedMonth, models.PROTECT, related_name="corrections", verbose_name="锁定的月份")
    task = models.ForeignKey(MonthTask, models.PROTECT, related_name="corrections", verbose_name="月任务")
    number = models.PositiveSmallIntegerField("第几次")
    from_flag = models.CharField("原来", max_length=10, choices=Flag.choices)
    to_flag = models.CharField("更正为", max_length=10, choices=Flag.choices)
    why = models.CharField("更正理由", max_length=300)
    reason = models.CharField("未完成原因", max_length=300, blank=True)
    plan = models.CharField("下一步", max_length=300, blank=True)
    new_date = models.DateField("新的完成日期", null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="更正人")
    at = models.DateTimeField("更正时间")

    class Meta:
        verbose_name = "更正"
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["task", "number"], name="one_correction_per_number"),
            models.CheckConstraint(condition=~Q(why=""), name="correction_has_reason"),
            models.CheckConstraint(
                condition=~Q(to_flag="blue") | (~Q(reason="") & ~Q(plan="") & Q(new_date__isnull=False)),
                name="blue_correction_has_statement",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task}：{self.get_from_flag_display()} → {self.get_to_flag_display()}"
