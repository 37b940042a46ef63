import secrets
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import Role, Unit, User
from common.models import Fact
from common.months import Month
from progress.models.task import READS_EVERY_TASK, MonthTask

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

REPORT_DUE_DAY = "report_due_day"
DEFAULT_DUE_DAY = 25


def report_due_on(month: Month) -> date:
    """The day until whose end a report is in time; in a short month its last day at the latest."""
    return month.first_day.replace(day=min(int(Fact.read(REPORT_DUE_DAY, DEFAULT_DUE_DAY)), month.last_day.day))


class Outcome(models.TextChoices):
    """What a unit says of a month task."""

    DONE = "done", "已完成"
    NOT_DONE = "not_done", "未完成"


class MonthReportQuerySet(models.QuerySet["MonthReport"]):
    def of_month(self, month: Month) -> "MonthReportQuerySet":
        return self.filter(year=month.year, month=month.month)

    def submitted(self) -> "MonthReportQuerySet":
        return self.filter(submitted_at__isnull=False)

    def visible_to(self, user: User) -> "MonthReportQuerySet":
        """A unit's own; of the others, what is submitted: a draft is nobody else's business."""
        if user.role == Role.LIAISON:
            return self.filter(unit=user.unit_id)
        if user.role in READS_EVERY_TASK:
            return self.submitted()
        if user.role == Role.GROUP_HEAD:
            same = MonthTask.objects.filter(unit=OuterRef("unit"), year=OuterRef("year"), month=OuterRef("month"))
            return self.submitted().filter(Exists(same.filter(group=user.group_id)))
        return self.none()


class MonthReport(models.Model):
    """What a unit says of its month tasks before the month ends (月报告). A draft until it is submitted."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="month_reports", verbose_name="责任单位")
    year = models.PositiveSmallIntegerField("年")
    month = models.PositiveSmallIntegerField("月")

    # Only progress.actions changes what follows.
    version = models.PositiveIntegerField(default=0, editable=False)
    saved_at = models.DateTimeField("保存时间")
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="填报人")
    # The first time; submitting again before the cut-off makes nothing late that was not.
    submitted_at = models.DateTimeField("上报时间", null=True, blank=True)
    is_late = models.BooleanField("迟报", default=False)

    objects = MonthReportQuerySet.as_manager()

    if TYPE_CHECKING:
        lines: RelatedManager["ReportLine"]

    class Meta:
        verbose_name = "月报告"
        ordering = ["-year", "-month", "unit__code"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "year", "month"], name="one_report_per_unit_and_month"),
            models.CheckConstraint(condition=Q(month__gte=1, month__lte=12), name="month_report_month_exists"),
            models.CheckConstraint(condition=Q(is_late=False) | ~Q(submitted_at=None), name="only_submitted_is_late"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.year}-{self.month:02} 月报告"

    @property
    def of(self) -> Month:
        return Month(self.year, self.month)


class ReportLine(models.Model):
    """What a report says of one task; of an unfinished one, what a blue flag will have to state."""

    report = models.ForeignKey(MonthReport, models.PROTECT, related_name="lines", verbose_name="月报告")
    task = models.OneToOneField(MonthTask, models.PROTECT, related_name="report_line", verbose_name="月任务")
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices, blank=True)
    text = models.CharField("完成情况", max_length=500, blank=True)
    reason = models.CharField("未完成原因", max_length=300, blank=True)
    plan = models.CharField("下一步", max_length=300, blank=True)
    new_date = models.DateField("新的完成日期", null=True, blank=True)

    if TYPE_CHECKING:
        evidence: RelatedManager["Evidence"]

    class Meta:
        verbose_name = "报告的一项"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.task}：{self.get_outcome_display()}"

    @property
    def files(self) -> list["Evidence"]:
        return list(self.evidence.all())


def new_token() -> str:
    return secrets.token_urlsafe(16)


def evidence_path(evidence: "KeptFile", _filename: str) -> str:
    """A name of our own: the sender's file name never reaches the disk."""
    suffix = "jpg" if evidence.kind == KeptFile.Kind.PHOTO else evidence.kind
    return f"evidence/{evidence.added_at:%Y/%m}/{evidence.token}.{suffix}"


class KeptFile(models.Model):
    """A photo drawn anew or a document that is what its name says; see progress.evidence."""

    class Kind(models.TextChoices):
        PHOTO = "photo", "照片"
        PDF = "pdf", "PDF 文件"
        WORD = "docx", "Word 文件"
        EXCEL = "xlsx", "Excel 表格"

    token = models.CharField(max_length=32, unique=True, default=new_token)
    kind = models.CharField("类型", max_length=10, choices=Kind.choices)
    name = models.CharField("文件名", max_length=100)
    file = models.FileField(upload_to=evidence_path)
    size = models.PositiveIntegerField("大小")
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField("上传时间")
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: User) -> "EvidenceQuerySet":
        """Of tasks this person works with; of a draft, only the unit's own."""
        seen = self.filter(line__task__in=MonthTask.objects.visible_to(user))
        return seen if user.role == Role.LIAISON else seen.filter(line__report__submitted_at__isnull=False)


class Evidence(KeptFile):
    """A photo or document that shows what a report says (证据)."""

    line = models.ForeignKey(ReportLine, models.PROTECT, related_name="evidence", verbose_name="报告的一项")

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = "证据"
        ordering = ["pk"]
