from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from accounts.models import User
from complaints.models.photo import new_token


class ExportState(models.TextChoices):
    WAITING = "waiting", "等待生成"
    RUNNING = "running", "正在生成"
    DONE = "done", "可以下载"
    FAILED = "failed", "没有生成"


class ExportFormat(models.TextChoices):
    XLSX = "xlsx", "Excel（xlsx）"
    CSV = "csv", "csv"


class ExportQuerySet(models.QuerySet["Export"]):
    def available(self, *, at: datetime) -> "ExportQuerySet":
        """Not settled and in nobody's hands; a lease further ahead than any is given was set before the clock was."""
        impossible = at + 2 * Export.LEASE
        free = Q(lease_until=None) | Q(lease_until__lt=at) | Q(lease_until__gt=impossible)
        return self.filter(free, state__in=[ExportState.WAITING, ExportState.RUNNING])


def export_path(export: "Export", _filename: str) -> str:
    return f"exports/{export.requested_at:%Y/%m}/{export.token}.{export.format}"


class Export(models.Model):
    """A table of cases that is made in the background (导出), for its owner alone, and deleted after a day."""

    KEPT_FOR = timedelta(hours=24)
    LEASE = timedelta(minutes=2)
    MOST_TRIES = 3

    owner = models.ForeignKey(User, models.CASCADE, related_name="exports", verbose_name="谁的")
    token = models.CharField(max_length=32, unique=True, default=new_token)
    # The address's parameters of the queue, and the same in words.
    query = models.CharField("条件", max_length=500, blank=True)
    described = models.CharField("筛选", max_length=300)
    format = models.CharField("格式", max_length=4, choices=ExportFormat.choices)
    state = models.CharField("状态", max_length=10, choices=ExportState.choices, default=ExportState.WAITING)
    total = models.PositiveIntegerField("件数", default=0)
    done = models.PositiveIntegerField("已写", default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    file = models.FileField(upload_to=export_path, blank=True)
    requested_at = models.DateTimeField("申请时间")
    finished_at = models.DateTimeField("完成时间", null=True)
    expires_at = models.DateTimeField("删除时间")

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = "案件导出"
        ordering = ["-requested_at", "-pk"]

    def __str__(self) -> str:
        return f"案件导出 {self.requested_at:%Y-%m-%d %H:%M}"

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // self.total) if self.total else 0

    @property
    def is_under_way(self) -> bool:
        return self.state in {ExportState.WAITING, ExportState.RUNNING}
