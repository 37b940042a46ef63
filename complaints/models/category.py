from django.db import models
from django.db.models import Q

from accounts.models import Unit
from common.clock import Clock


class ProblemGroup(models.TextChoices):
    """The plain-language groups that residents choose among; staff set the fine category."""

    CLEANING = "cleaning", "清扫和积雪"
    GARBAGE = "garbage", "垃圾"
    LIGHTS = "lights", "路灯和井盖"
    ROADS = "roads", "道路和停车"
    UTILITIES = "utilities", "供热供水"
    HOUSING = "housing", "楼道和小区"
    MARKET = "market", "市场和店铺"
    BUILDING = "building", "工地和噪声"
    GREEN = "green", "绿化和公园"
    OTHER = "other", "其他"

    @property
    def example(self) -> str:
        return _EXAMPLES[self]


_EXAMPLES = {
    ProblemGroup.CLEANING: "路面、单元门口、楼道",
    ProblemGroup.GARBAGE: "没收、乱倒、桶坏了",
    ProblemGroup.LIGHTS: "不亮、松动、缺失",
    ProblemGroup.ROADS: "坑洼、乱停、堵通道",
    ProblemGroup.UTILITIES: "不热、漏水、停水",
    ProblemGroup.HOUSING: "堆物、小广告、养犬",
    ProblemGroup.MARKET: "占道、油烟、不文明",
    ProblemGroup.BUILDING: "扬尘、围挡、夜间施工",
    ProblemGroup.GREEN: "树木、座椅、健身器材",
    ProblemGroup.OTHER: "说不准选这个",
}


class CategoryQuerySet(models.QuerySet["Category"]):
    def active(self) -> "CategoryQuerySet":
        """What may be chosen for a case; old cases keep what they have."""
        return self.filter(is_active=True)

    def containing(self, words: str) -> "CategoryQuerySet":
        """Each word stands in the name of the class, of its major class or of its competent unit."""
        found = self
        for word in words.split():
            named = Q(name__icontains=word) | Q(major_name__icontains=word) | Q(unit__name__icontains=word)
            found = found.filter(named)
        return found


class Category(models.Model):
    """A class of case (案件类别) with its time limits; 92 component and 98 event classes come with the portal."""

    class Kind(models.TextChoices):
        COMPONENT = "component", "部件"
        EVENT = "event", "事件"

    kind = models.CharField("大类", max_length=10, choices=Kind.choices)
    major_code = models.CharField("大类编码", max_length=4)
    major_name = models.CharField("大类名称", max_length=40)
    minor_code = models.CharField("小类编码", max_length=4)
    name = models.CharField("小类名称", max_length=60)
    group = models.CharField("居民分组", max_length=20, choices=ProblemGroup.choices)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="categories", verbose_name="职能部门"
    )
    clock = models.CharField("计时方式", max_length=20, choices=Clock.choices)
    limit = models.PositiveSmallIntegerField("时限")
    urgent_clock = models.CharField("紧急计时方式", max_length=20, choices=Clock.choices)
    urgent_limit = models.PositiveSmallIntegerField("紧急时限")
    needs_photo = models.BooleanField("要照片", default=False)
    is_active = models.BooleanField("在用", default=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = "案件类别"
        ordering = ["kind", "major_code", "minor_code"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "major_code", "minor_code"], name="category_code_once"),
        ]

    def __str__(self) -> str:
        return f"{self.major_name} › {self.name}"
