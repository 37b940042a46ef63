from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Role, Unit, User
from progress.models.report import KeptFile
from supervision.models.inspection import Finding
from supervision.workflow import Move, State

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

# Who may have referred something, and sees how far that is.
REFERRERS = frozenset({Role.GUIDANCE, Role.OFFICE, Role.SUPERVISION})
READS_REFERRALS = REFERRERS | {Role.LEADER, Role.LIAISON}


class Matter(models.TextChoices):
    """What a referral is about (移交事由)."""

    NOT_DONE = "not_done", "不落实"
    NOT_SERIOUS = "not_serious", "不重视"
    SHIFTED = "shifted", "推诿"
    FALSIFIED = "falsified", "弄虚作假"
    OTHER = "other", "其他"


class Measure(models.TextChoices):
    """How a substantiated referral is handled, the mildest first."""

    REMINDER = "reminder", "提醒"
    TALK = "talk", "约谈"
    CIRCULAR = "circular", "通报"
    ACCOUNTABILITY = "accountability", "问责"


class Source(models.TextChoices):
    INSPECTION = "inspection", "指导推进"
    OFFICE = "office", "创城办"
    GROUP = "group", "督导组"
    SIGNAL = "signal", "反复出现的情况"


class ReferralQuerySet(models.QuerySet["Referral"]):
    def visible_to(self, user: User) -> "ReferralQuerySet":
        """Those whose existence this person may know of; how much they see of one, supervision.permissions says.

        A member of the supervision group who belongs to the unit concerned hears of it when the unit does.
        """
        if user.role == Role.SUPERVISION:
            return self.filter(~Q(unit=user.unit_id) | Q(state=State.CLOSED)) if user.unit_id else self
        if user.role == Role.LEADER:
            return self.closed()
        if user.role == Role.LIAISON and user.unit_id:
            return self.closed().filter(unit=user.unit_id)
        return self.filter(referred_by=user) if user.role in REFERRERS else self.none()

    def closed(self) -> "ReferralQuerySet":
        return self.filter(state=State.CLOSED)

    def as_read(self, referral: "Referral") -> "ReferralQuerySet":
        """The row of `referral` if nobody changed it since it was read, else nothing."""
        return self.filter(pk=referral.pk, version=referral.version)

    def open_first(self) -> "ReferralQuerySet":
        """What waits, in the order in which it came; then what is closed, the newest first."""
        is_closed = models.Case(models.When(state=State.CLOSED, then=1), default=0, output_field=models.IntegerField())
        return self.order_by(is_closed, models.F("closed_at").desc(nulls_first=True), "referred_at", "pk")


class Referral(models.Model):
    """A discipline problem of a unit, handed to the supervision group (督导移交). Confidential until it is closed."""

    year = models.PositiveSmallIntegerField("年")
    serial = models.PositiveIntegerField("序号")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="referrals", verbose_name="涉及单位")
    matter = models.CharField("移交事由", max_length=20, choices=Matter.choices)
    text = models.TextField("情况", max_length=1000)
    source = models.CharField("来源", max_length=12, choices=Source.choices)
    finding = models.OneToOneField(
        Finding, models.PROTECT, null=True, blank=True, related_name="referral", verbose_name="指导推进发现"
    )
    referred_by = models.ForeignKey(User, models.PROTECT, related_name="referrals", verbose_name="移交人")
    referred_at = models.DateTimeField("移交时间")

    # Only supervision.actions changes what follows.
    state = models.CharField("状态", max_length=20, choices=State.choices, default=State.REFERRED)
    version = models.PositiveIntegerField(default=0, editable=False)
    is_substantiated = models.BooleanField("属实", null=True, blank=True)
    measure = models.CharField("处理方式", max_length=20, choices=Measure.choices, blank=True)
    # What the unit concerned is told.
    conclusion = models.TextField("结论", max_length=1000, blank=True)
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)

    objects = ReferralQuerySet.as_manager()

    if TYPE_CHECKING:
        events: "RelatedManager[ReferralEvent]"
        evidence: "RelatedManager[ReferralFile]"

    class Meta:
        verbose_name = "督导移交"
        ordering = ["-year", "-serial"]
        constraints = [
            models.UniqueConstraint(fields=["year", "serial"], name="referral_number_once"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="referral_state_known"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(closed_at=None)),
                name="closed_referral_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(measure="") | Q(state__in=["handled", "closed"], is_substantiated=True),
                name="measure_follows_what_is_so",
            ),
        ]
        indexes = [
            # For what a unit, or a list narrowed to one, reads.
            models.Index(fields=["unit", "state"], name="referral_unit"),
            # For what waits in each state.
            models.Index(fields=["state"], name="referral_state"),
        ]

    def __str__(self) -> str:
        """The number alone: it stands in notices and in the audit log, which tell no more."""
        return f"督〔{self.year}〕{self.serial}号"

    def get_absolute_url(self) -> str:
        return reverse("supervision:referral", args=[self.pk])

    @property
    def verdict(self) -> str:
        """属实 or 不属实 once it was found out, with what was done about it."""
        if self.is_substantiated is None:
            return ""
        found = State.SUBSTANTIATED if self.is_substantiated else State.UNSUBSTANTIATED
        return "，".join(filter(None, [str(found.label), self.get_measure_display() if self.measure else ""]))


class ReferralEvent(models.Model):
    """One move of a referral: who, when, from where to where, why. Never edited."""

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="events", verbose_name="督导移交")
    version = models.PositiveIntegerField()
    move = models.CharField("动作", max_length=20, choices=Move.choices)
    from_state = models.CharField("原状态", max_length=20, choices=State.choices, blank=True)
    to_state = models.CharField("新状态", max_length=20, choices=State.choices)
    reason = models.TextField("理由", max_length=1000, blank=True)
    measure = models.CharField("处理方式", max_length=20, choices=Measure.choices, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="经办人")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "督导移交的过程"
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["referral", "version"], name="one_referral_event_per_version")]

    def __str__(self) -> str:
        return f"{self.referral} {self.get_move_display()}"


class ReferralFileQuerySet(models.QuerySet["ReferralFile"]):
    def visible_to(self, user: User) -> "ReferralFileQuerySet":
        """The group's of what it may read, everything to leaders once it is closed, and what one added oneself."""
        if user.role in {Role.SUPERVISION, Role.LEADER}:
            return self.filter(referral__in=Referral.objects.visible_to(user))
        return self.filter(added_by=user) if user.role in REFERRERS else self.none()


class ReferralFile(KeptFile):
    """A photo or document that shows what a referral says (证据)."""

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="evidence", verbose_name="督导移交")

    objects = ReferralFileQuerySet.as_manager()

    class Meta:
        verbose_name = "督导移交证据"
        ordering = ["pk"]


class ReferralSeries(models.Model):
    """The last number given in a year; locked while one is taken, so that there is no gap and none twice."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "督导移交编号"

    def __str__(self) -> str:
        return f"{self.year}-{self.last}"
