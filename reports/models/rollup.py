"""Figures counted ahead (汇总), so that a dashboard takes as long with a million cases as with ten thousand.

`reports.rollups` writes these tables and nobody else; docs/adr/0025 says why they are exact.
"""

from datetime import datetime

from django.db import models
from django.db.models import Q

from accounts.models import Unit
from common.revisions import remembered
from grids.models import Community, Grid


class Grain(models.TextChoices):
    DAY = "day", "日"
    MONTH = "month", "月"


class Axis(models.TextChoices):
    """By what a month is told apart, besides community and unit; every row counts on one axis only."""

    ALL = "", "合计"
    GRID = "grid", "网格"
    CHANNEL = "channel", "来源"
    GROUP = "group", "问题分组"
    MAJOR = "major", "大类"


class TallyQuerySet(models.QuerySet["Tally"]):
    def of(self, grain: Grain, axis: Axis = Axis.ALL) -> "TallyQuerySet":
        return self.filter(grain=grain, axis=axis)


class Tally(models.Model):
    """What happened in a period, in one community, at one unit, for one value of an axis.

    Sums over rows of one grain and axis are the city's. Days are kept for Axis.ALL only: they serve the comparison of
    a running month with the same days of another.
    """

    # All that follows up to the measures, in one string: what a row is found by when it is written.
    cell = models.CharField(max_length=120, unique=True)
    grain = models.CharField(max_length=5, choices=Grain.choices)
    starts_on = models.DateField()
    axis = models.CharField(max_length=8, choices=Axis.choices, blank=True)
    key = models.CharField(max_length=60, blank=True)
    community = models.ForeignKey(Community, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")

    # The measures of complaints.figures. `pending`: in the unit's hands on this day of its deadline; overdue once that
    # moment has passed, which no event tells.
    filed = models.IntegerField(default=0)
    answerable = models.IntegerField(default=0)
    answered_in_time = models.IntegerField(default=0)
    dispatched = models.IntegerField(default=0)
    returned = models.IntegerField(default=0)
    closed = models.IntegerField(default=0)
    closed_in_time = models.IntegerField(default=0)
    reworked = models.IntegerField(default=0)
    pending = models.IntegerField(default=0)
    rated = models.IntegerField(default=0)
    satisfied = models.IntegerField(default=0)
    solved = models.IntegerField(default=0)
    # From filing to closing, of the closed ones.
    seconds = models.BigIntegerField(default=0)
    # Became open and ceased to be: what was open at the end of a month is found by going back from today.
    entered = models.IntegerField(default=0)
    left = models.IntegerField(default=0)

    objects = TallyQuerySet.as_manager()

    class Meta:
        verbose_name = "汇总"
        indexes = [
            # For the months of one axis.
            models.Index(fields=["grain", "axis", "starts_on"], name="tally_axis_months"),
        ]

    def __str__(self) -> str:
        return self.cell


class CaseShare(models.Model):
    """What one case has added to the tallies, to be taken away again when the case changes; as JSON in one spelling.

    Without foreign keys: the figures follow the cases and hold on to none.
    """

    complaint_id = models.BigIntegerField(primary_key=True)
    share = models.TextField()

    class Meta:
        verbose_name = "案件的汇总份额"

    def __str__(self) -> str:
        return str(self.complaint_id)


class TouchedCase(models.Model):
    """A case was filed or changed and is to be counted anew. Written by a trigger, in the change's own transaction."""

    complaint_id = models.BigIntegerField()

    class Meta:
        verbose_name = "待汇总案件"

    def __str__(self) -> str:
        return str(self.complaint_id)


class RollupState(models.Model):
    """The one row that says how far the figures are, and who is at work on them."""

    ONLY = 1

    # False until the tallies were built once, and while they are built anew.
    is_whole = models.BooleanField(default=False)
    counted_at = models.DateTimeField(null=True)
    rebuilt_at = models.DateTimeField(null=True)
    holder = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "汇总进度"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_rollup_state")]

    def __str__(self) -> str:
        return f"{self.counted_at:%Y-%m-%d %H:%M}" if self.counted_at else "—"

    @classmethod
    def read(cls) -> "RollupState":
        return cls.objects.filter(pk=cls.ONLY).first() or cls(pk=cls.ONLY)

    @staticmethod
    @remembered("counted")
    def freshness() -> datetime | None:
        """The moment up to which everything is counted; None before the first time."""
        return RollupState.objects.filter(pk=RollupState.ONLY).values_list("counted_at", flat=True).first()


class PatrolTally(models.Model):
    """How a grid was patrolled in a month: days walked of days that are over, and how it stands today.

    `unit` is the one that has the lead at the end of the month, or has it now.
    """

    month = models.DateField()
    grid = models.ForeignKey(Grid, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    walked = models.PositiveSmallIntegerField(default=0)
    expected = models.PositiveSmallIntegerField(default=0)
    # Of the day of the last count; in the running month only.
    walked_today = models.PositiveSmallIntegerField(default=0)
    expected_today = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "巡查汇总"
        constraints = [models.UniqueConstraint(fields=["month", "grid"], name="patrol_tally_once")]

    def __str__(self) -> str:
        return f"{self.grid} {self.month:%Y-%m}"
