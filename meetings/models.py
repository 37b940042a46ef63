from datetime import date, datetime

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Role, SpecialGroup, Unit, User
from common.clock import CITY_TIME
from common.months import Month
from complaints.models import Complaint
from complaints.models.complaint import SEE_ALL
from meetings.workflow import ItemState, Move
from progress.models import MonthTask

LEADING_GROUP = "创城领导小组"
# Who reads every meeting and action item.
READS_EVERYTHING = frozenset({Role.OFFICE, Role.LEADER, Role.GUIDANCE, Role.SUPERVISION})
# Of an action item: it was not written on a case, or the case is not confidential.
NOT_CONFIDENTIAL = Q(instruction__case=None) | Q(instruction__case__is_confidential=False)
READS_SOMETHING = READS_EVERYTHING | {Role.GROUP_HEAD, Role.LIAISON}


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: User) -> "MeetingQuerySet":
        """All; or the leading group's and the own group's; for a unit those that gave it something to do."""
        if user.role in READS_EVERYTHING:
            return self
        if user.role == Role.GROUP_HEAD:
            return self.filter(Q(group=None) | Q(group=user.group_id))
        if user.role == Role.LIAISON and user.unit_id:
            return self.filter(pk__in=ActionItem.objects.filter(unit=user.unit_id).values("meeting"))
        return self.none()

    def as_read(self, meeting: "Meeting") -> "MeetingQuerySet":
        """The row of `meeting` if nobody changed it since it was read, else nothing."""
        return self.filter(pk=meeting.pk, version=meeting.version)


class Meeting(models.Model):
    """A meeting (会议) of a special group, or of the leading group where `group` is none."""

    group = models.ForeignKey(
        SpecialGroup, models.PROTECT, null=True, blank=True, related_name="meetings", verbose_name="哪个组的会"
    )
    held_at = models.DateTimeField("时间")
    place = models.CharField("地点", max_length=60, blank=True)
    agenda = models.TextField("议题", max_length=2000, blank=True)
    called_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="召集登记人")

    # Only meetings.actions changes what follows.
    minutes = models.TextField("会议纪要", max_length=10000, blank=True)
    minutes_at = models.DateTimeField("纪要时间", null=True, blank=True)
    minutes_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="记录人")
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "会议"
        ordering = ["-held_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes="", minutes_at=None) | (~Q(minutes="") & Q(minutes_at__isnull=False)),
                name="meeting_minutes_have_moment",
            ),
        ]
        indexes = [
            # For the list, newest first.
            models.Index(fields=["-held_at"], name="meeting_newest"),
        ]

    def __str__(self) -> str:
        day = self.held_at.astimezone(CITY_TIME)
        return f"{self.body} {day.year} 年 {day.month} 月 {day.day} 日会议"

    def get_absolute_url(self) -> str:
        return reverse("meetings:meeting", args=[self.pk])

    @property
    def body(self) -> str:
        """Whose meeting it is."""
        return self.group.name if self.group else LEADING_GROUP

    @property
    def month(self) -> Month:
        """The month it hears about."""
        return Month.of(self.held_at)


class ActionItemQuerySet(models.QuerySet["ActionItem"]):
    def visible_to(self, user: User) -> "ActionItemQuerySet":
        """All; or the own group's; or the own unit's. What was written on a case needs sight of a confidential one."""
        if user.role in READS_EVERYTHING:
            return self if user.role in SEE_ALL else self.without_confidential()
        if user.role == Role.GROUP_HEAD and user.group_id:
            return self.of_group(user.group_id)
        if user.role == Role.LIAISON and user.unit_id:
            own = self.filter(unit=user.unit_id)
            return own.filter(NOT_CONFIDENTIAL | Q(instruction__case__unit=user.unit_id))
        return self.none()

    def without_confidential(self) -> "ActionItemQuerySet":
        """None that was written on a case which is confidential, be it since."""
        return self.filter(NOT_CONFIDENTIAL)

    def of_group(self, group: int) -> "ActionItemQuerySet":
        """Given by the group's meetings, or written on a task of its board."""
        return self.filter(Q(meeting__group=group) | Q(instruction__task__group=group))

    def as_read(self, item: "ActionItem") -> "ActionItemQuerySet":
        """The row of `item` if nobody changed it since it was read, else nothing."""
        return self.filter(pk=item.pk, version=item.version)

    def open(self) -> "ActionItemQuerySet":
        return self.filter(state=ItemState.OPEN)

    def overdue(self, *, on: date) -> "ActionItemQuerySet":
        return self.open().filter(due_on__lt=on)

    def most_urgent_first(self) -> "ActionItemQuerySet":
        is_closed = models.Case(
            models.When(state=ItemState.OPEN, then=0), default=1, output_field=models.IntegerField()
        )
        return self.order_by(is_closed, "due_on", "pk")

    def named(self) -> "ActionItemQuerySet":
        """With what a row of a list names."""
        return self.select_related("unit", "meeting__group", "instruction__case", "instruction__task__group")


class ActionItem(models.Model):
    """What a unit was told to do by a day (交办事项), and how far it is."""

    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="items", verbose_name="会议"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="action_items", verbose_name="责任单位")
    content = models.CharField("要办的事", max_length=300)
    due_on = models.DateField("办结期限")
    created_at = models.DateTimeField("交办时间")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="交办人")

    # Only meetings.actions changes what follows.
    state = models.CharField("状态", max_length=10, choices=ItemState.choices, default=ItemState.OPEN)
    # The unit says it is done; whoever gave it has not confirmed yet.
    is_reported = models.BooleanField("单位已报办完", default=False)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    # Only where meetings.stats.with_replies read the item: what its unit said last, and when.
    reply: str | None
    replied_at: datetime | None

    objects = ActionItemQuerySet.as_manager()

    class Meta:
        verbose_name = "交办事项"
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ItemState.values), name="action_item_state_known"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="closed_action_item_has_moment",
            ),
        ]
        indexes = [
            # For a unit's own list and its figure on the workbench.
            models.Index(fields=["unit", "state", "due_on"], name="action_item_unit"),
            # For what is overdue in the city.
            models.Index(fields=["due_on"], condition=Q(state="open"), name="action_item_open"),
        ]

    def __str__(self) -> str:
        return f"{self.unit}：{self.content[:40]}"

    def get_absolute_url(self) -> str:
        return reverse("meetings:item", args=[self.pk])

    def is_overdue(self, *, on: date) -> bool:
        return self.state == ItemState.OPEN and self.due_on < on

    @property
    def on(self) -> "Instruction | None":
        """The leader's instruction (批示) that this is, if it is one."""
        return getattr(self, "instruction", None)


class Instruction(models.Model):
    """What a leader wrote on a case, a month task or a figure (批示).

    Its action item holds the words, the unit, the day by which the unit replies, and the replies.
    """

    item = models.OneToOneField(ActionItem, models.PROTECT, related_name="instruction", verbose_name="交办事项")
    case = models.ForeignKey(
        Complaint, models.PROTECT, null=True, blank=True, related_name="instructions", verbose_name="案件"
    )
    task = models.ForeignKey(
        MonthTask, models.PROTECT, null=True, blank=True, related_name="instructions", verbose_name="月任务"
    )
    # A figure of a page: its name, how it stood when it was written on, and where.
    figure = models.CharField("数字", max_length=60, blank=True)
    value = models.CharField("当时的值", max_length=40, blank=True)
    page = models.CharField("在哪一页", max_length=200, blank=True)

    class Meta:
        verbose_name = "批示"
        constraints = [
            models.CheckConstraint(
                condition=Q(case__isnull=False, task=None, figure="")
                | Q(case=None, task__isnull=False, figure="")
                | (Q(case=None, task=None) & ~Q(figure="")),
                name="instruction_is_on_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"批示：{self.about}"

    @property
    def about(self) -> str:
        """On what it was written, in words that give nothing of a case but its number."""
        if self.case:
            return f"案件 {self.case.number}"
        if self.task:
            return f"{self.task.year} 年 {self.task.month} 月任务：{self.task.content}"
        return f"{self.figure} {self.value}".strip()


class Step(models.Model):
    """One move of an action item: who, when, what was said. Never edited."""

    item = models.ForeignKey(ActionItem, models.PROTECT, related_name="steps", verbose_name="交办事项")
    version = models.PositiveIntegerField()
    move = models.CharField("动作", max_length=10, choices=Move.choices)
    text = models.CharField("说明", max_length=500, blank=True)
    due_on = models.DateField("期限", null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="经办人")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "交办事项的进展"
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["item", "version"], name="one_step_per_version")]

    def __str__(self) -> str:
        return f"{self.item} {self.get_move_display()}"
