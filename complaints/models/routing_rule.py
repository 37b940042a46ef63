from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Unit
from complaints.models.category import Category, ProblemGroup
from grids.models import Community, DatedQuerySet, Grid, Town


class RoutingRuleQuerySet(DatedQuerySet):
    def in_force(self) -> "RoutingRuleQuerySet":
        """Switched on, in the order in which they are asked, with all that they name."""
        named = self.select_related("category__unit", "town", "community__town", "grid__community", "unit")
        return named.filter(is_active=True).order_by("position", "pk")


class RoutingRule(models.Model):
    """A rule of dispatching (派遣规则): cases of this kind, in this area, go to this unit. The first that fits decides.

    An empty condition asks nothing. A rule holds from `started_on` up to, but not on, `ended_on`.
    """

    name = models.CharField("规则名称", max_length=40)
    position = models.PositiveIntegerField("次序")
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="routing_rules", verbose_name="类别"
    )
    group = models.CharField("问题分组", max_length=20, choices=ProblemGroup.choices, blank=True)
    town = models.ForeignKey(Town, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="镇")
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="社区"
    )
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="网格")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="routing_rules", verbose_name="派给")
    is_automatic = models.BooleanField("自动派遣", default=False)
    started_on = models.DateField("开始日期")
    ended_on = models.DateField("结束日期", null=True, blank=True)
    is_active = models.BooleanField("启用", default=True)
    # Why the portal switched it off by itself; empty if a person did, or nobody.
    stopped_because = models.CharField("停用原因", max_length=120, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = RoutingRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "派遣规则"
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gt=F("started_on")), name="rule_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(town=None, community=None) | Q(town=None, grid=None) | Q(community=None, grid=None),
                name="rule_has_one_area",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("complaints:rule_edit", args=[self.pk])

    @property
    def area(self) -> Town | Community | Grid | None:
        return self.grid or self.community or self.town

    @property
    def conditions(self) -> list[tuple[str, str]]:
        """What a case has to be, by label; empty if anything will do."""
        told = [
            ("类别", str(self.category) if self.category else ""),
            ("分组", self.get_group_display() if self.group else ""),
            ("地方", str(self.area or "")),
        ]
        return [(label, words) for label, words in told if words]

    def trouble(self) -> str:
        """Why this rule must not send anything anywhere, in words; empty if it may."""
        if not self.conditions:
            return "没有条件，什么案件都会派给同一个单位"
        if not self.unit.is_active:
            return f"单位“{self.unit}”已停用"
        if self.category and not self.category.is_active:
            return f"类别“{self.category.name}”已停用"
        if self.grid and self.grid.ended_on:
            return f"网格“{self.grid}”已停用"
        return ""

    def fits(self, *, category: Category | None, group: str, grid: Grid | None) -> bool:
        """Whether a case of this fine category (None: not known yet), group and grid meets every condition."""
        if self.category_id and (category is None or category.pk != self.category_id):
            return False
        if self.group and self.group != (category.group if category else group):
            return False
        return self._covers(grid)

    def _covers(self, grid: Grid | None) -> bool:
        if self.area is None:
            return True
        if grid is None:
            return False
        if self.grid_id:
            return grid.pk == self.grid_id
        if self.community_id:
            return grid.community_id == self.community_id
        return grid.community.town_id == self.town_id
