from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from accounts.models import Role, Unit, User
from common.masking import hide_phones
from common.months import Month
from complaints.models import Complaint, ProblemGroup
from complaints.models.photo import StoredPhoto
from grids.models import Grid, GridAssignment
from progress.models import MonthTask
from supervision.workflow import State

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

# Who reads every inspection that was submitted; a unit reads those of itself and of its grids.
READS_EVERY_INSPECTION = frozenset({Role.GUIDANCE, Role.OFFICE, Role.LEADER, Role.GROUP_HEAD, Role.SUPERVISION})
READS_INSPECTIONS = READS_EVERY_INSPECTION | {Role.LIAISON}


class InspectionQuerySet(models.QuerySet["Inspection"]):
    def visible_to(self, user: User) -> "InspectionQuerySet":
        """What was submitted, all of it or the own unit's and its grids'; a draft is nobody's but its author's."""
        if user.role in READS_EVERY_INSPECTION:
            return self.filter(Q(by=user) | Q(submitted_at__isnull=False))
        if user.role == Role.LIAISON and user.unit_id:
            # Whoever answered for the grid on that day.
            own_grid = GridAssignment.objects.on(OuterRef("on")).filter(grid=OuterRef("grid"), unit=user.unit_id)
            return self.submitted().filter(Q(unit=user.unit_id) | Exists(own_grid))
        return self.none()

    def submitted(self) -> "InspectionQuerySet":
        return self.filter(submitted_at__isnull=False)

    def drafts_of(self, user: User) -> "InspectionQuerySet":
        return self.filter(by=user, submitted_at=None)

    def of_month(self, month: Month) -> "InspectionQuerySet":
        return self.filter(on__range=(month.first_day, month.last_day))

    def named(self) -> "InspectionQuerySet":
        """With what a row of a list names."""
        return self.select_related("unit", "grid__community", "by__unit", "by__group")


class Inspection(models.Model):
    """The guidance group looked at something on site (实地指导推进); "nothing found" is a full result.

    A draft until it is submitted: then its findings become what they were marked for, and changes are corrections.
    """

    on = models.DateField("日期")
    grid = models.ForeignKey(
        Grid, models.PROTECT, null=True, blank=True, related_name="inspections", verbose_name="网格"
    )
    longitude = models.FloatField("经度", null=True, blank=True)
    latitude = models.FloatField("纬度", null=True, blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="inspections", verbose_name="涉及单位"
    )
    place = models.CharField("地点", max_length=120, blank=True)
    looked_at = models.TextField("看了什么", max_length=1000, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="inspections", verbose_name="记录人")
    saved_at = models.DateTimeField("保存时间")
    # One page that was filled in is one inspection, however often it was sent.
    key = models.CharField(max_length=80, unique=True)

    # Only supervision.actions changes what follows.
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = InspectionQuerySet.as_manager()

    if TYPE_CHECKING:
        findings: "RelatedManager[Finding]"
        corrections: "RelatedManager[Correction]"

    class Meta:
        verbose_name = "指导推进"
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(longitude=None, latitude=None) | Q(longitude__isnull=False, latitude__isnull=False),
                name="inspection_point_whole",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None) | Q(grid__isnull=False) | Q(unit__isnull=False) | ~Q(place=""),
                name="inspection_is_somewhere",
            ),
        ]
        indexes = [
            # For the list, newest first, and a month's counts.
            models.Index(fields=["-on", "-id"], name="inspection_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {self.where}"

    def get_absolute_url(self) -> str:
        return reverse("supervision:inspection", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.submitted_at is None

    @property
    def where(self) -> str:
        """The unit, the grid and the words, as far as they were given."""
        return "　".join(str(one) for one in (self.unit, self.grid, self.place) if one)

    @property
    def point(self) -> tuple[float, float] | None:
        return None if self.longitude is None or self.latitude is None else (self.longitude, self.latitude)

    @property
    def concerned(self) -> Unit | None:
        """The unit that it is about: the one named, else the lead of the grid on that day."""
        return self.unit or (self.grid.lead_on(self.on) if self.grid else None)


class Outcome(models.TextChoices):
    """What becomes of a finding."""

    CASE = "case", "立案"
    REMARK = "remark", "任务提示"
    # Known to its author, the supervision group and, once concluded, to leaders: see FindingQuerySet.
    REFERRAL = "referral", "移交督导"


class FindingQuerySet(models.QuerySet["Finding"]):
    def visible_to(self, user: User) -> "FindingQuerySet":
        """Those of the inspections that one reads. That there is a referral, the others must not learn."""
        seen = self.filter(inspection__in=Inspection.objects.visible_to(user))
        known = Q(inspection__by=user)
        if user.role == Role.SUPERVISION:
            known |= Q(referral__isnull=False)
            if user.unit_id:
                known &= ~Q(referral__unit=user.unit_id) | Q(referral__state=State.CLOSED) | Q(inspection__by=user)
        elif user.role == Role.LEADER:
            known |= Q(referral__state=State.CLOSED)
        elif user.role == Role.LIAISON:
            return seen.exclude(outcome=Outcome.REFERRAL)
        return seen.filter(~Q(outcome=Outcome.REFERRAL) | known)

    def but_referrals(self) -> "FindingQuerySet":
        return self.exclude(outcome=Outcome.REFERRAL)

    def told(self) -> "FindingQuerySet":
        """With what a page says of them."""
        return self.select_related(
            "task__unit", "task__group", "complaint__unit", "referral__unit", "unit"
        ).prefetch_related("photos")


class Finding(models.Model):
    """Something that an inspection found. In a draft it may have gaps; submitted, it is what its outcome says."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="findings", verbose_name="指导推进")
    text = models.TextField("情况", max_length=500, blank=True)
    outcome = models.CharField("怎么办", max_length=10, choices=Outcome.choices, blank=True)
    # For a case.
    group = models.CharField("问题分组", max_length=20, choices=ProblemGroup.choices, blank=True)
    place = models.CharField("具体地方", max_length=120, blank=True)
    complaint = models.OneToOneField(
        Complaint, models.PROTECT, null=True, blank=True, related_name="inspection_finding", verbose_name="案件"
    )
    # For a remark.
    task = models.ForeignKey(
        MonthTask, models.PROTECT, null=True, blank=True, related_name="remarks", verbose_name="月任务"
    )
    # For a referral, which is a row of its own from the submission on (supervision.models.referral).
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="移交的单位")
    matter = models.CharField("移交事由", max_length=20, blank=True)
    added_at = models.DateTimeField("记下时间")

    objects = FindingQuerySet.as_manager()

    if TYPE_CHECKING:
        photos: "RelatedManager[FindingPhoto]"

    class Meta:
        verbose_name = "指导推进发现"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="") | Q(outcome__in=Outcome.values), name="inspection_outcome_known"
            ),
            models.CheckConstraint(condition=Q(complaint=None) | Q(outcome="case"), name="finding_with_case_is_one"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The first words of the text, without any phone in them."""
        first = hide_phones(self.text.strip().splitlines()[0]) if self.text.strip() else ""
        return first if len(first) <= 40 else first[:39] + "…"

    @property
    def missing(self) -> str:
        """What it still lacks before it can be submitted, as a sentence; empty if nothing."""
        if not self.text.strip():
            return "情况还没写。"
        needed: dict[str, tuple[object, str]] = {
            Outcome.CASE: (self.group, "问题分组还没选。"),
            Outcome.REMARK: (self.task_id, "月任务还没选。"),
            Outcome.REFERRAL: (self.unit_id and self.matter, "移交的单位或事由还没选。"),
        }
        given, gap = needed.get(self.outcome, (None, "怎么办还没选。"))
        return "" if given else gap


class FindingPhoto(StoredPhoto):
    """A picture of a finding; a case that it becomes gets a copy, for the case has readers of its own."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="photos", verbose_name="指导推进发现")

    class Meta:
        verbose_name = "指导推进照片"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.finding} 照片"


class Correction(models.Model):
    """A change of an inspection after it was submitted (更正): what stood there and what stands now. Never edited."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="corrections", verbose_name="指导推进")
    version = models.PositiveIntegerField()
    # What differs, by the label that people read: {"before": {"地点": …}, "after": {"地点": …}}.
    changes: "models.JSONField[Any, Any]" = models.JSONField("改动")
    reason = models.CharField("原因", max_length=300)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="更正人")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "指导推进更正"
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "version"], name="one_inspection_correction_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.inspection} 更正"

    @property
    def lines(self) -> list[tuple[str, str, str]]:
        """Label, before, after."""
        before, after = self.changes["before"], self.changes["after"]
        return [(name, before.get(name) or "空", after[name] or "空") for name in after]
