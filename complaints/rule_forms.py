"""What the office's pages of the rules of dispatching (派遣规则) send."""

from datetime import date
from typing import Any, cast

from django import forms

from accounts.models import Unit
from common.clock import CITY_TIME
from complaints import routing
from complaints.listings import by_major
from complaints.models import Category, ProblemGroup, RoutingRule
from complaints.move_forms import GroupedCategories
from grids.models import Community, Grid, Town

ANYWHERE = ("", "全市")
_KINDS: dict[str, type[Town] | type[Community] | type[Grid]] = {"town": Town, "community": Community, "grid": Grid}


class AreaField(forms.ChoiceField):
    """A town, a community or a grid, in one list."""

    def __init__(self, *, label: str, help_text: str = "") -> None:
        super().__init__(
            label=label, required=False, help_text=help_text,
            widget=forms.Select(attrs={"data-find": "打字找镇、社区、网格"}),
            error_messages={"invalid_choice": "没有这个地方，请重新选。"},
        )  # fmt: skip

    def offer(self, *, on: date, kept: Any = None) -> None:
        """What is in use on that day, and what the rule names already."""
        grids = list(Grid.objects.on(on).select_related("community").order_by("code"))
        if isinstance(kept, Grid) and kept not in grids:
            grids.append(kept)
        self.choices = [
            ANYWHERE,
            ("镇", [(f"town-{one.pk}", str(one)) for one in Town.objects.all()]),
            ("社区", [(f"community-{one.pk}", str(one)) for one in Community.objects.all()]),
            ("网格", [(f"grid-{one.pk}", f"{one} {one.name}") for one in grids]),
        ]

    @staticmethod
    def value_of(area: Town | Community | Grid | None) -> str:
        kinds = (name for name, kind in _KINDS.items() if isinstance(area, kind))
        return f"{next(kinds)}-{area.pk}" if area else ""

    @staticmethod
    def named(value: str) -> Town | Community | Grid | None:
        kind, _, pk = value.partition("-")
        return _KINDS[kind].objects.get(pk=pk) if pk else None


def _offer_categories(form: forms.Form | forms.ModelForm, kept: Category | None) -> None:  # type: ignore[type-arg]  # generic in the stubs only
    field = cast(GroupedCategories, form.fields["category"])
    offered = Category.objects.active() | Category.objects.filter(pk=kept.pk if kept else 0)
    field.queryset = offered
    choices = by_major(list(offered), None)
    field.widget.choices = [("", "不限"), *choices[1:]]


def _categories(label: str) -> GroupedCategories:
    return GroupedCategories(
        Category.objects.none(),
        label=label,
        required=False,
        widget=forms.Select(attrs={"data-find": "打字找类别，如 积雪"}),
        error_messages={"invalid_choice": "没有这个类别，请重新选。"},
    )


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A rule. `seen` is the version that the person saw."""

    use_required_attribute = False
    seen = forms.IntegerField(
        min_value=0,
        widget=forms.HiddenInput,
        error_messages={"required": "页面不完整，请刷新再改。", "invalid": "页面不完整，请刷新再改。"},
    )
    category = _categories("类别")
    area = AreaField(label="地方", help_text="整个镇、一个社区或者一个网格。")

    class Meta:
        model = RoutingRule
        fields = ["name", "category", "group", "unit", "is_automatic", "started_on", "ended_on", "is_active"]
        labels = {"unit": "派给哪个单位", "started_on": "从哪天起用", "ended_on": "到哪天停（可不填）"}
        help_texts = {
            "name": "会写进案件的办理过程，让人看得懂为什么派到那里。",
            "group": "已定小类的按小类所在分组算。",
            "is_automatic": "受理以后不用人点，直接派给这个单位。",
            "ended_on": "这一天起不再用。",
        }
        error_messages = {
            "name": {"required": "请填规则名称。", "max_length": "规则名称最多 40 个字。"},
            "unit": {"required": "请选派给哪个单位。"},
            "started_on": {"required": "请选从哪天起用。", "invalid": "从哪天起用写成 2026-12-03 这样。"},
            "ended_on": {"invalid": "到哪天停写成 2026-12-03 这样。"},
        }
        widgets = {
            name: forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}) for name in ("started_on", "ended_on")
        }

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rule = self.instance
        self.fields["seen"].initial = rule.version
        if not rule.pk:
            self.fields["started_on"].initial = on
        _offer_categories(self, rule.category)
        group = cast("forms.ChoiceField", self.fields["group"])
        group.choices = [("", "不限"), *ProblemGroup.choices]
        area = cast(AreaField, self.fields["area"])
        area.offer(on=on, kept=rule.area)
        area.initial = AreaField.value_of(rule.area)
        unit = cast("forms.ModelChoiceField[Unit]", self.fields["unit"])
        kept_unit = rule.unit_id if rule.pk else 0
        unit.queryset = Unit.objects.filter(is_active=True) | Unit.objects.filter(pk=kept_unit)
        unit.empty_label = "请选单位"
        unit.widget.attrs["data-find"] = "打字找单位"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not (given.get("category") or given.get("group") or given.get("area")) and not self.errors:
            self.add_error("category", "类别、分组、地方，至少选一样；都不选，什么案件都会派给这个单位。")
        category, group = given.get("category"), given.get("group")
        if category and group and category.group != group:
            self.add_error("group", f"“{category.name}”不在这个分组里，这条规则永远用不上。去掉分组，或者换一个。")
        start, end = given.get("started_on"), given.get("ended_on")
        if start and end and end <= start:
            self.add_error("ended_on", "到哪天停要晚于从哪天起用。")
        return given

    def rule(self) -> RoutingRule:
        """The valid rule, not stored."""
        rule: RoutingRule = self.save(commit=False)
        area = AreaField.named(self.cleaned_data["area"])
        rule.town = area if isinstance(area, Town) else None
        rule.community = area if isinstance(area, Community) else None
        rule.grid = area if isinstance(area, Grid) else None
        return rule


class TryForm(forms.Form):
    """A case thought up, to see where it would go (这件会派给谁)."""

    use_required_attribute = False
    category = _categories("类别")
    group = forms.ChoiceField(
        label="居民分组",
        required=False,
        choices=[("", "按类别"), *ProblemGroup.choices],
    )
    grid = forms.ModelChoiceField(
        Grid.objects.none(), label="网格", required=False, empty_label="没有定位",
        widget=forms.Select(attrs={"data-find": "打字找网格"}),
        error_messages={"invalid_choice": "没有这个网格，请重新选。"},
    )  # fmt: skip
    on = forms.DateField(
        label="哪天受理",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "请选哪天受理。", "invalid": "哪天受理写成 2026-12-03 这样。"},
    )

    def __init__(self, data: Any = None, *, on: date) -> None:
        super().__init__(data, initial={"on": on}, auto_id="id_try_%s")
        _offer_categories(self, None)
        grid = cast("forms.ModelChoiceField[Grid]", self.fields["grid"])
        grid.queryset = Grid.objects.current().select_related("community__town")

    def answer(self) -> routing.Proposal | None:
        """Where the case would go; None if the form is not filled in rightly."""
        if not self.is_valid():
            return None
        asked = self.cleaned_data
        return routing.proposal_for(asked["category"], asked["group"], asked["grid"], on=asked["on"])


def today(moment: Any) -> date:
    day: date = moment.astimezone(CITY_TIME).date()
    return day
