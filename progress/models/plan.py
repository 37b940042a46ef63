from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from accounts.models import Role, SpecialGroup, Unit, User
from common.months import Month
from progress.models.task import READS_EVERY_TASK, MonthTask
from progress.workflow import OPEN_PLAN, PlanMove, PlanState

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

# Together no longer than the content of a month task.
LONGEST_CONTENT = 80
LONGEST_TARGET = 100
LONGEST_MEASURE = 200


class AnnualPlanQuerySet(models.QuerySet["AnnualPlan"]):
    def visible_to(self, user: User) -> "AnnualPlanQuerySet":
        """A unit's own; of the others, what was ever submitted: office and leaders all, a group what concerns it."""
        if user.role == Role.LIAISON:
            return self.filter(unit=user.unit_id)
        submitted = self.filter(submitted_at__isnull=False)
        if user.role in READS_EVERY_TASK:
            return submitted
        if user.role == Role.GROUP_HEAD:
            part = PlanTask.objects.filter(plan=OuterRef("pk"), group=user.group_id)
            return submitted.filter(Exists(part))
        return self.none()

    def as_read(self, plan: "AnnualPlan") -> "AnnualPlanQuerySet":
        """The row of `plan` if nobody changed it since it was read, else nothing."""
        return self.filter(pk=plan.pk, version=plan.version)


class AnnualPlan(models.Model):
    """What a unit means to do in a year (年度工作计划). Its approval makes the month tasks, once."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="plans", verbose_name="责任单位")
    year = models.PositiveSmallIntegerField("年")

    # Only progress.actions changes what follows.
    state = models.CharField("状态", max_length=10, choices=PlanState.choices, default=PlanState.DRAFT)
    version = models.PositiveIntegerField(default=0, editable=False)
    # The first time; submitting again after a return makes nothing late that was not.
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    approved_at = models.DateTimeField("批准时间", null=True, blank=True)

    objects = AnnualPlanQuerySet.as_manager()

    if TYPE_CHECKING:
        tasks: RelatedManager["PlanTask"]
        steps: RelatedManager["PlanStep"]
        amendments: RelatedManager["Amendment"]

    class Meta:
        verbose_name = "年度工作计划"
        ordering = ["-year", "unit__code"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "year"], name="one_plan_per_unit_and_year"),
            models.CheckConstraint(condition=Q(state__in=PlanState.values), name="plan_state_known"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(submitted_at__isnull=False), name="submitted_plan_has_moment"
            ),
            models.CheckConstraint(
                condition=Q(state="approved", approved_at__isnull=False) | (~Q(state="approved") & Q(approved_at=None)),
                name="approved_plan_has_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.year} 年度工作计划"

    def get_absolute_url(self) -> str:
        return reverse("progress:plan", args=[self.unit.code, self.year])

    @property
    def is_open(self) -> bool:
        """Still being written by its unit."""
        return self.state in OPEN_PLAN


class PlanTask(models.Model):
    """One task of a plan: for which group, how it is measured; what of it in which month stands in its months."""

    plan = models.ForeignKey(AnnualPlan, models.CASCADE, related_name="tasks", verbose_name="年度工作计划")
    group = models.ForeignKey(SpecialGroup, models.PROTECT, related_name="+", verbose_name="专项推进组")
    content = models.CharField("任务", max_length=LONGEST_CONTENT)
    measure = models.CharField("措施和衡量标准", max_length=LONGEST_MEASURE, blank=True)

    objects = models.Manager["PlanTask"]()

    if TYPE_CHECKING:
        months: RelatedManager["PlanMonth"]

    class Meta:
        verbose_name = "年度任务"
        ordering = ["group__position", "pk"]

    def __str__(self) -> str:
        return self.content

    def worded(self, target: str) -> str:
        """How a month's target reads on a board, where the annual task does not stand beside it."""
        return target if self.content in target else f"{self.content}：{target}"


class PlanMonth(models.Model):
    """What of a task is to be reached in one month (月目标), and the month task the approval made of it."""

    task = models.ForeignKey(PlanTask, models.CASCADE, related_name="months", verbose_name="年度任务")
    month = models.PositiveSmallIntegerField("月")
    target = models.CharField("目标", max_length=LONGEST_TARGET)
    month_task = models.OneToOneField(
        MonthTask, models.SET_NULL, null=True, blank=True, related_name="planned", verbose_name="月任务"
    )
    # Taken out by an amendment; it stays to be read.
    dropped_on = models.DateField("去掉日期", null=True, blank=True)

    class Meta:
        verbose_name = "月目标"
        ordering = ["month"]
        constraints = [
            models.UniqueConstraint(fields=["task", "month"], name="one_target_per_task_and_month"),
            models.CheckConstraint(condition=Q(month__gte=1, month__lte=12), name="plan_month_exists"),
            models.CheckConstraint(condition=~Q(target=""), name="plan_month_has_target"),
            models.CheckConstraint(
                condition=Q(dropped_on=None) | Q(month_task=None), name="dropped_plan_month_has_no_task"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month} 月：{self.target}"


class PlanStep(models.Model):
    """One move of a plan: who, when, with which words. Never edited."""

    plan = models.ForeignKey(AnnualPlan, models.CASCADE, related_name="steps", verbose_name="年度工作计划")
    version = models.PositiveIntegerField()
    move = models.CharField("动作", max_length=10, choices=PlanMove.choices)
    text = models.CharField("说明", max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="经办人")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "年度工作计划的进展"
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "version"], name="one_plan_step_per_version"),
            models.CheckConstraint(condition=~Q(move="return", text=""), name="returned_plan_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.get_move_display()}"


class AmendmentQuerySet(models.QuerySet["Amendment"]):
    def visible_to(self, user: User) -> "AmendmentQuerySet":
        """Those of the plans a person sees; a group's head those of its group."""
        seen = self.filter(plan__in=AnnualPlan.objects.visible_to(user))
        return seen.filter(group=user.group_id) if user.role == Role.GROUP_HEAD else seen

    def proposed(self) -> "AmendmentQuerySet":
        return self.filter(state=Amendment.State.PROPOSED)


class Amendment(models.Model):
    """A change to an approved plan (计划调整): one month of one task, with a reason, decided by the office."""

    class Kind(models.TextChoices):
        ADD = "add", "增加"
        CHANGE = "change", "修改"
        DROP = "drop", "去掉"

    class State(models.TextChoices):
        PROPOSED = "proposed", "等审批"
        APPROVED = "approved", "已同意"
        REFUSED = "refused", "没同意"

    plan = models.ForeignKey(AnnualPlan, models.PROTECT, related_name="amendments", verbose_name="年度工作计划")
    kind = models.CharField("调整", max_length=10, choices=Kind.choices)
    # None for a task the plan did not have; its approval makes it.
    task = models.ForeignKey(
        PlanTask, models.PROTECT, null=True, blank=True, related_name="amendments", verbose_name="年度任务"
    )
    group = models.ForeignKey(SpecialGroup, models.PROTECT, related_name="+", verbose_name="专项推进组")
    content = models.CharField("任务", max_length=LONGEST_CONTENT)
    measure = models.CharField("措施和衡量标准", max_length=LONGEST_MEASURE, blank=True)
    month = models.PositiveSmallIntegerField("月")
    before = models.CharField("原来的目标", max_length=LONGEST_TARGET, blank=True)
    target = models.CharField("新的目标", max_length=LONGEST_TARGET, blank=True)
    reason = models.CharField("为什么调整", max_length=300)
    proposed_at = models.DateTimeField("提出时间")
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提出人")

    # Only progress.actions changes what follows.
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PROPOSED)
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批人")
    words = models.CharField("审批意见", max_length=300, blank=True)

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        verbose_name = "计划调整"
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(month__gte=1, month__lte=12), name="amendment_month_exists"),
            models.CheckConstraint(condition=~Q(reason=""), name="amendment_has_reason"),
            models.CheckConstraint(condition=Q(kind="add") | ~Q(before=""), name="amendment_tells_what_was"),
            models.CheckConstraint(
                condition=Q(kind="drop", target="") | (~Q(kind="drop") & ~Q(target="")),
                name="amendment_tells_what_will_be",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at=None) | (~Q(state="proposed") & Q(decided_at__isnull=False)),
                name="decided_amendment_has_moment",
            ),
            models.UniqueConstraint(
                fields=["task", "month"], condition=Q(state="proposed"), name="one_open_amendment_per_month"
            ),
        ]
        indexes = [
            # For the office's list of what waits.
            models.Index(fields=["proposed_at"], condition=Q(state="proposed"), name="amendment_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.plan.unit} {self.of} {self.get_kind_display()}：{self.content}"

    @property
    def of(self) -> Month:
        return Month(self.plan.year, self.month)
