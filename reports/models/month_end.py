"""The month-end report (月末报告): what was frozen, and the work that freezes it."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q

from accounts.models import User
from common.months import Month


class MonthEndReportQuerySet(models.QuerySet["MonthEndReport"]):
    def of_month(self, month: Month) -> "MonthEndReportQuerySet":
        return self.filter(year=month.year, month=month.month)

    def without_content(self) -> "MonthEndReportQuerySet":
        """The content is large; lists need none of it."""
        return self.defer("content")


class MonthEndReport(models.Model):
    """A frozen version of a month's report: never changed, never deleted. A correction makes the next version."""

    year = models.PositiveSmallIntegerField("年")
    month = models.PositiveSmallIntegerField("月")
    version = models.PositiveSmallIntegerField("版本")
    # Canonical JSON as text: a JSON column gives back equal content, but not equal bytes.
    content = models.TextField("内容")
    checksum = models.CharField("校验值", max_length=64)
    built_at = models.DateTimeField("生成时间")
    built_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="生成人")
    # Why there is another version; the first needs no reason.
    reason = models.CharField("重出原因", max_length=200, blank=True)

    objects = MonthEndReportQuerySet.as_manager()

    class Meta:
        verbose_name = "月末报告"
        ordering = ["-year", "-month", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["year", "month", "version"], name="one_month_end_report_per_version"),
            models.CheckConstraint(condition=Q(version=1, reason="") | ~Q(reason=""), name="new_version_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.year} 年 {self.month} 月月末报告第 {self.version} 版"

    @property
    def of(self) -> Month:
        return Month(self.year, self.month)

    def read(self) -> dict[str, Any]:
        """The content, once it is shown to be what was frozen."""
        if checksum_of(self.content) != self.checksum:
            raise ValueError(f"the content of {self} does not match its checksum")
        found: dict[str, Any] = json.loads(self.content)
        return found


def canonical(content: dict[str, Any]) -> str:
    """The one way in which a content is written down."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def checksum_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class BuildState(models.TextChoices):
    WAITING = "waiting", "等待生成"
    RUNNING = "running", "正在生成"
    DONE = "done", "已生成"
    FAILED = "failed", "没有成功"


class ReportBuildQuerySet(models.QuerySet["ReportBuild"]):
    def unfinished(self) -> "ReportBuildQuerySet":
        return self.filter(state__in=(BuildState.WAITING, BuildState.RUNNING))

    def available(self, *, at: datetime) -> "ReportBuildQuerySet":
        """Not done, and in nobody's hands. A lease further ahead than any was written before the clock was set back."""
        free = Q(lease_until=None) | Q(lease_until__lt=at) | Q(lease_until__gt=at + ReportBuild.FURTHEST_LEASE)
        return self.unfinished().filter(free)


class ReportBuild(models.Model):
    """Somebody asked for a report: how far the work is, and what came of it. The row is the record, not the queue."""

    FURTHEST_LEASE = timedelta(hours=1)

    class Kind(models.TextChoices):
        PREVIEW = "preview", "预览"
        FINAL = "final", "月末报告"
        AGAIN = "again", "更正后重出"

    kind = models.CharField("种类", max_length=10, choices=Kind.choices)
    year = models.PositiveSmallIntegerField("年")
    month = models.PositiveSmallIntegerField("月")
    reason = models.CharField("重出原因", max_length=200, blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="谁要的")
    asked_at = models.DateTimeField("什么时候要的")

    # Only reports.actions changes what follows.
    state = models.CharField("进度", max_length=10, choices=BuildState.choices, default=BuildState.WAITING)
    step = models.CharField("正在做", max_length=40, blank=True)
    done = models.PositiveSmallIntegerField("已做", default=0)
    steps = models.PositiveSmallIntegerField("共有", default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.CharField("原因", max_length=200, blank=True)
    # Of a preview only: the content, which nobody relies on.
    content = models.TextField(blank=True)
    report = models.ForeignKey(MonthEndReport, models.PROTECT, null=True, related_name="+", verbose_name="月末报告")

    objects = ReportBuildQuerySet.as_manager()

    class Meta:
        verbose_name = "生成月末报告"
        ordering = ["-pk"]
        constraints = [
            # Two clicks are one piece of work.
            models.UniqueConstraint(
                fields=["year", "month", "kind"],
                condition=Q(state__in=["waiting", "running"]),
                name="one_build_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(kind="again") | ~Q(reason=""), name="built_again_for_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.year} 年 {self.month} 月{self.get_kind_display()}"

    @property
    def of(self) -> Month:
        return Month(self.year, self.month)

    @property
    def percent(self) -> int:
        return 100 * self.done // self.steps if self.steps else 0

    @property
    def is_under_way(self) -> bool:
        return self.state in {BuildState.WAITING, BuildState.RUNNING}
