from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from accounts.models import Role, SpecialGroup, Unit, User
from common.models import Fact
from common.months import Month

if TYPE_CHECKING:
    from progress.models.report import ReportLine


class Flag(models.TextChoices):
    RED = "red", "红旗"
    BLUE = "blue", "蓝旗"
    UNMARKED = "unmarked", "未标"


class Mark(models.TextChoices):
    """What hangs on a board, for a task or for a unit's month: a flag, or one of the two marks beside the flags."""

    RED = "red", "红旗"
    BLUE = "blue", "蓝旗"
    GOOD = "good", "补成"
    NONE = "none", "未标"
    NA = "na", "无任务"


class Publicity(models.TextChoices):
    """How much of a board the public may read, as the creation office has set it."""

    FULL = "full", "公开旗和未完成情况说明"
    FLAGS = "flags", "只公开旗，不公开说明"

    @classmethod
    def current(cls) -> "Publicity":
        return cls(Fact.read(BOARD_PUBLIC, cls.FULL))


BOARD_PUBLIC = "board_public"
# Who reads the tasks of every unit and group.
READS_EVERY_TASK = frozenset({Role.OFFICE, Role.LEADER})


class MonthTaskQuerySet(models.QuerySet["MonthTask"]):
    def of_month(self, month: Month) -> "MonthTaskQuerySet":
        return self.filter(year=month.year, month=month.month)

    def on_board(self, group: SpecialGroup) -> "MonthTaskQuerySet":
        return self.filter(group=group)

    def as_read(self, task: "MonthTask") -> "MonthTaskQuerySet":
        """The row of `task` if nobody has marked it since it was read and its month is open, else nothing."""
        return self.filter(pk=task.pk, version=task.version, is_locked=False)

    def visible_to(self, user: User) -> "MonthTaskQuerySet":
        """The tasks a person works with: their unit's, their group's, or all."""
        if user.role in READS_EVERY_TASK:
            return self
        if user.role == Role.LIAISON:
            return self.filter(unit=user.unit_id)
        if user.role == Role.GROUP_HEAD:
            return self.filter(group=user.group_id)
        return self.none()


class MonthTask(models.Model):
    """What a unit has to do for a special group in one month (月任务), and the flag it got for it."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="month_tasks", verbose_name="责任单位")
    group = models.ForeignKey(SpecialGroup, models.PROTECT, related_name="month_tasks", verbose_name="专项推进组")
    year = models.PositiveSmallIntegerField("年")
    month = models.PositiveSmallIntegerField("月")
    content = models.CharField("任务内容", max_length=200)

    # Only progress.actions changes what follows.
    flag = models.CharField("旗", max_length=10, choices=Flag.choices, default=Flag.UNMARKED)
    version = models.PositiveIntegerField(default=0, editable=False)
    # The statement (未完成情况说明) that a blue flag must have.
    reason = models.CharField("未完成原因", max_length=300, blank=True)
    plan = models.CharField("下一步", max_length=300, blank=True)
    new_date = models.DateField("新的完成日期", null=True, blank=True)
    marked_at = models.DateTimeField("标旗时间", null=True, blank=True)
    marked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="标旗人")
    # A blue task completed in a later month (补成): it stays blue in its month and in every count.
    made_good_on = models.DateField("补成日期", null=True, blank=True)
    made_good_note = models.CharField("补成说明", max_length=300, blank=True)
    # Its month is closed: the flag stays as it is.
    is_locked = models.BooleanField("已锁定", default=False)

    objects = MonthTaskQuerySet.as_manager()

    class Meta:
        verbose_name = "月任务"
        ordering = ["year", "month", "unit__code", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(month__gte=1, month__lte=12), name="month_task_month_exists"),
            models.CheckConstraint(condition=Q(flag__in=Flag.values), name="month_task_flag_known"),
            models.CheckConstraint(
                condition=~Q(flag="blue") | (~Q(reason="") & ~Q(plan="") & Q(new_date__isnull=False)),
                name="blue_flag_has_statement",
            ),
            models.CheckConstraint(
                condition=Q(flag="unmarked", marked_at=None) | (~Q(flag="unmarked") & Q(marked_at__isnull=False)),
                name="marked_flag_has_moment",
            ),
            models.CheckConstraint(condition=Q(made_good_on=None) | Q(flag="blue"), name="only_blue_is_made_good"),
        ]
        indexes = [
            # For the board of a group's year and month.
            models.Index(fields=["group", "year", "month"], name="month_task_board"),
            # For a unit's own months.
            models.Index(fields=["unit", "year", "month"], name="month_task_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.year}-{self.month:02} {self.content}"

    @property
    def due_month(self) -> Month:
        return Month(self.year, self.month)

    @property
    def earliest_new_date(self) -> date:
        """A blue flag's new date is a day of the task's month or later."""
        return self.due_month.first_day

    @property
    def reported(self) -> "ReportLine | None":
        """What the unit said of it in a submitted report."""
        line: ReportLine | None = getattr(self, "report_line", None)
        return line if line and line.report.submitted_at else None

    @property
    def mark(self) -> Mark:
        if self.flag == Flag.BLUE:
            return Mark.GOOD if self.made_good_on else Mark.BLUE
        return Mark.RED if self.flag == Flag.RED else Mark.NONE


class Marking(models.Model):
    """One marking of a flag (标旗记录): who, when, from what to what, with the statement. Never edited."""

    task = models.ForeignKey(MonthTask, models.PROTECT, related_name="markings", verbose_name="月任务")
    version = models.PositiveIntegerField()
    from_flag = models.CharField("原来", max_length=10, choices=Flag.choices)
    to_flag = models.CharField("改为", max_length=10, choices=Flag.choices)
    reason = models.CharField("未完成原因", max_length=300, blank=True)
    plan = models.CharField("下一步", max_length=300, blank=True)
    new_date = models.DateField("新的完成日期", null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="标旗人")
    at = models.DateTimeField("时间")
    is_undo = models.BooleanField("撤销", default=False)

    class Meta:
        verbose_name = "标旗记录"
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["task", "version"], name="one_marking_per_version")]

    def __str__(self) -> str:
        return f"{self.task} → {self.get_to_flag_display()}"
