from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Role, Unit, User
from common.masking import hide_phones
from complaints.models import Complaint, ProblemGroup
from complaints.models.photo import StoredPhoto
from grids.models import Grid

SEE_ALL_PATROLS = frozenset({Role.OFFICE, Role.OPERATOR, Role.GUIDANCE, Role.SUPERVISION, Role.LEADER, Role.GROUP_HEAD})


class PatrolLogQuerySet(models.QuerySet["PatrolLog"]):
    def visible_to(self, user: User) -> "PatrolLogQuerySet":
        if user.role in SEE_ALL_PATROLS:
            return self
        if user.role == Role.LIAISON and user.unit_id:
            return self.filter(unit_id=user.unit_id)
        return self.none()

    def between(self, first: date, last: date) -> "PatrolLogQuerySet":
        """Both days in it."""
        return self.filter(on__range=(first, last))


class PatrolLog(models.Model):
    """A unit walked one of its grids on a day (日巡查); "no problem" is logged too. One for each unit, grid and day."""

    class Result(models.TextChoices):
        NO_PROBLEM = "no_problem", "没有发现问题"
        FINDINGS = "findings", "发现问题"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="patrols", verbose_name="单位")
    grid = models.ForeignKey(Grid, models.PROTECT, related_name="patrols", verbose_name="网格")
    on = models.DateField("日期")
    started_at = models.DateTimeField("开始时间")
    finished_at = models.DateTimeField("结束时间")
    result = models.CharField("结果", max_length=20, choices=Result.choices)
    # Code of an item of volunteers.checklist → "fine" or "problem"; an item nobody looked at is not in it.
    checks = models.JSONField("检查项", default=dict, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="patrols", verbose_name="巡查人")
    # Colleagues whose own patrol of the same grid and day was put together with this one.
    joined_by = models.ManyToManyField(User, related_name="+", blank=True, verbose_name="一起巡查的人")
    # Later than the end by hours or days where the phone had no network.
    received_at = models.DateTimeField("收到时间")
    # A submission repeated with the same key is this patrol; with the same key and other content it is refused.
    key = models.CharField(max_length=80, unique=True)
    fingerprint = models.CharField(max_length=64)

    objects = PatrolLogQuerySet.as_manager()

    class Meta:
        verbose_name = "巡查记录"
        constraints = [
            models.UniqueConstraint(fields=["unit", "grid", "on"], name="patrol_once_per_unit_grid_and_day"),
            models.CheckConstraint(condition=Q(finished_at__gte=F("started_at")), name="patrol_ends_after_it_starts"),
        ]
        indexes = [
            # For the coverage of a month and what is missing today.
            models.Index(fields=["on", "grid"], name="patrol_day_grid"),
        ]

    def __str__(self) -> str:
        return f"{self.grid} {self.on:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("volunteers:patrol_log", args=[self.pk])


class Finding(models.Model):
    """Something wrong that a patrol met: put right on the spot (当场解决), or a case from then on."""

    log = models.ForeignKey(PatrolLog, models.PROTECT, related_name="findings", verbose_name="巡查")
    group = models.CharField("问题分组", max_length=20, choices=ProblemGroup.choices)
    text = models.TextField("情况", max_length=500)
    place = models.CharField("具体地方", max_length=120, blank=True)
    longitude = models.FloatField("经度", null=True, blank=True)
    latitude = models.FloatField("纬度", null=True, blank=True)
    found_at = models.DateTimeField("发现时间")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="发现人")
    is_settled = models.BooleanField("当场解决", default=False)
    complaint = models.ForeignKey(
        Complaint, models.PROTECT, null=True, blank=True, related_name="patrol_findings", verbose_name="案件"
    )
    # The case was there already, and the patroller said it is the same thing.
    is_same = models.BooleanField("并到已有案件", default=False)
    received_at = models.DateTimeField("收到时间")
    key = models.CharField(max_length=80, unique=True)
    fingerprint = models.CharField(max_length=64)

    class Meta:
        verbose_name = "巡查发现"
        ordering = ["found_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_settled=True, complaint=None) | Q(is_settled=False, complaint__isnull=False),
                name="finding_settled_or_a_case",
            ),
            models.CheckConstraint(
                condition=Q(longitude=None, latitude=None) | Q(longitude__isnull=False, latitude__isnull=False),
                name="finding_point_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The first words of the text, without any phone in them."""
        first = hide_phones(self.text.strip().splitlines()[0]) if self.text.strip() else ""
        return first if len(first) <= 40 else first[:39] + "…"


class FindingPhoto(StoredPhoto):
    """A picture of a finding that made no new case; the pictures of one that did belong to the case."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="photos", verbose_name="巡查发现")

    class Meta:
        verbose_name = "巡查照片"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.finding} 照片"
