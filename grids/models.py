import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, OuterRef, Q
from django.urls import reverse

from accounts.models import Leader, Unit

if TYPE_CHECKING:
    from grids.locating import Located

town_code = RegexValidator(r"^\d{9}$", "镇编码是 9 位数字。")
community_code = RegexValidator(r"^\d{12}$", "社区编码是 12 位数字。")
grid_code = RegexValidator(r"^\d{15}$", "网格编码是 15 位数字。")


class Town(models.Model):
    """One of the six towns (镇); only the seat 西林吉镇 is cut into grids."""

    code = models.CharField("镇编码", max_length=9, unique=True, validators=[town_code])
    name = models.CharField("镇名", max_length=40)

    class Meta:
        verbose_name = "镇"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Community(models.Model):
    """A community or village (社区、村) of a town."""

    code = models.CharField("社区编码", max_length=12, unique=True, validators=[community_code])
    name = models.CharField("社区名", max_length=40)
    town = models.ForeignKey(Town, models.PROTECT, related_name="communities", verbose_name="镇")
    # GeoJSON Polygon or MultiPolygon, WGS-84 [longitude, latitude]; none for villages without a map.
    boundary = models.JSONField("边界", null=True, blank=True)

    class Meta:
        verbose_name = "社区"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class DatedQuerySet(models.QuerySet[Any]):
    """Rows that hold from a day on, to an end day that is not in it."""

    def on(self, day: date | OuterRef) -> Self:
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=day), started_on__lte=day)

    def current(self) -> Self:
        """Not ended. A grid is neither started nor ended ahead of time, so its current ones need no day."""
        return self.filter(ended_on=None)


class GridQuerySet(DatedQuerySet):
    def drawn(self) -> Self:
        """With a polygon."""
        # boundary=None would look for the JSON value null.
        return self.filter(boundary__isnull=False)

    def matching(self, words: str) -> Self:
        """Whose code, serial, name or community has every one of the words: "阳光 012", "阳光社区012网格"."""
        found = self
        for word in search_words(words):
            found = found.filter(_named(word))
        return found

    def without_lead(self, *, on: date) -> Self:
        leads = GridAssignment.objects.on(on).filter(kind=GridAssignment.Kind.LEAD)
        return self.exclude(pk__in=leads.values("grid"))

    def answered_by(self, unit: Unit, *, on: date) -> Self:
        """That the unit leads or helps with."""
        return self.filter(pk__in=GridAssignment.objects.on(on).filter(unit=unit).values("grid"))


# What people write around the words that tell grids apart.
_FILLERS = {"网格", "第", "号"}


def search_words(typed: str) -> list[str]:
    """Figures and words apart, fillers left out."""
    return [word for word in re.findall(r"\d+|[^\d\s，。、,]+", typed) if word not in _FILLERS]


def _named(word: str) -> Q:
    if word.isdigit():
        # Up to three figures are a serial, as it is spoken: 12 is 012.
        return Q(code__endswith=word.zfill(3)) if len(word) <= 3 else Q(code__contains=word)
    bare = word.removesuffix("网格")
    return Q(name__icontains=bare) | Q(community__name__icontains=bare) | Q(community__town__name__icontains=bare)


def _ends_after_it_starts(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(ended_on=None) | Q(ended_on__gt=F("started_on")), name=name)


class Grid(models.Model):
    """A grid (网格), usually one residential compound. Its serial is never given again."""

    code = models.CharField("网格编码", max_length=15, unique=True, validators=[grid_code])
    name = models.CharField("网格名", max_length=60)
    community = models.ForeignKey(Community, models.PROTECT, related_name="grids", verbose_name="社区")
    # GeoJSON Polygon, WGS-84 [longitude, latitude].
    boundary = models.JSONField("边界", null=True, blank=True)
    started_on = models.DateField("启用日期")
    ended_on = models.DateField("停用日期", null=True, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = GridQuerySet.as_manager()

    class Meta:
        verbose_name = "网格"
        ordering = ["code"]
        constraints = [_ends_after_it_starts("grid_ends_after_it_starts")]

    def __str__(self) -> str:
        return f"{self.community.name} {self.serial} 网格"

    def get_absolute_url(self) -> str:
        return reverse("grids:detail", args=[self.code])

    @property
    def serial(self) -> str:
        return self.code[-3:]

    @staticmethod
    def locate(longitude: float, latitude: float) -> "Located":
        """Which grid a WGS-84 point lies in, or just beside; see grids.locating."""
        from grids.locating import locate  # noqa: PLC0415 -- locating reads this model

        return locate(longitude, latitude)

    def lead_on(self, day: date) -> Unit | None:
        """The unit with the lead (主责) on that day."""
        lead = self.assignments.filter(kind=GridAssignment.Kind.LEAD).on(day).select_related("unit").first()
        return lead.unit if lead else None


class GridAssignment(models.Model):
    """A unit answers for a grid (包保) from a day on: as its one lead, or as one of its helpers."""

    class Kind(models.TextChoices):
        LEAD = "lead", "主责"
        HELPER = "helper", "协助"

    grid = models.ForeignKey(Grid, models.PROTECT, related_name="assignments", verbose_name="网格")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="grid_assignments", verbose_name="单位")
    kind = models.CharField("包保方式", max_length=10, choices=Kind.choices)
    started_on = models.DateField("开始日期")
    ended_on = models.DateField("结束日期", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "网格包保"
        ordering = ["grid__code", "kind", "started_on"]
        constraints = [
            _ends_after_it_starts("assignment_ends_after_it_starts"),
            models.UniqueConstraint(
                fields=["grid"], condition=Q(kind="lead", ended_on=None), name="one_current_lead_per_grid"
            ),
            models.UniqueConstraint(
                fields=["grid", "unit"], condition=Q(ended_on=None), name="one_current_assignment_per_grid_and_unit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.get_kind_display()} {self.grid}"


class LeaderAssignment(models.Model):
    """A leader answers for a town or for a community (领导包保) from a day on."""

    leader = models.ForeignKey(Leader, models.PROTECT, related_name="assignments", verbose_name="领导")
    town = models.ForeignKey(Town, models.PROTECT, null=True, blank=True, related_name="leader_assignments")
    community = models.ForeignKey(Community, models.PROTECT, null=True, blank=True, related_name="leader_assignments")
    started_on = models.DateField("开始日期")
    ended_on = models.DateField("结束日期", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "领导包保"
        ordering = ["leader__code", "started_on"]
        constraints = [
            _ends_after_it_starts("leader_assignment_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(town=None, community__isnull=False) | Q(town__isnull=False, community=None),
                name="leader_assignment_town_or_community",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.leader} 包保 {self.area}"

    @property
    def area(self) -> Town | Community:
        area = self.community or self.town
        assert area is not None  # noqa: S101 -- the constraint above
        return area


class Landmark(models.Model):
    """What the map shows besides grids so that people find their way: the river, the main streets."""

    class Kind(models.TextChoices):
        RIVER = "river", "河流"
        STREET = "street", "街道"

    kind = models.CharField("类型", max_length=10, choices=Kind.choices)
    name = models.CharField("名称", max_length=40)
    # GeoJSON Polygon (river) or LineString (street), WGS-84.
    shape = models.JSONField("形状")

    class Meta:
        verbose_name = "地物"

    def __str__(self) -> str:
        return self.name


class CityUpload(models.Model):
    """The files that a person sent for import and has not confirmed yet; one at a time for each person."""

    KEPT_FOR = timedelta(hours=2)

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="city_upload", verbose_name="上传人"
    )
    files = models.BinaryField("文件", help_text="zip")
    is_gcj02 = models.BooleanField("GCJ-02 坐标", default=False)
    created_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = "待确认的导入"

    def __str__(self) -> str:
        return f"{self.owner} {self.created_at:%Y-%m-%d %H:%M}"
