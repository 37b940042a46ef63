"""What the office's pages of the classes of case (案件类别) send."""

from typing import Any, cast

from django import forms

from accounts.models import Unit
from common.clock import Clock
from complaints.models import Category, ProblemGroup

LONGEST_LIMIT = 720
CLOCKS = [
    (Clock.WORK_DAY, "个工作日"),
    (Clock.NATURAL_DAY, "个自然日"),
    (Clock.WORK_HOUR, "个工作小时"),
    (Clock.URGENT_HOUR, "小时（昼夜连续）"),
]
IN_USE = [("", "在用的"), ("off", "停用的"), ("all", "全部")]


def small_select(label: str) -> forms.Select:
    # data-submit: the filter applies itself; portal.js knows it.
    return forms.Select(attrs={"class": "form-select-sm", "aria-label": label, "data-submit": ""})


class CategoryFilters(forms.Form):
    """The tool bar of the list; what makes no sense is ignored."""

    use_required_attribute = False
    q = forms.CharField(required=False, max_length=40)
    kind = forms.ChoiceField(
        required=False, choices=[("", "部件和事件"), *Category.Kind.choices], widget=small_select("大类")
    )
    group = forms.ChoiceField(
        required=False, choices=[("", "全部分组"), *ProblemGroup.choices], widget=small_select("居民分组")
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(), required=False, to_field_name="code", empty_label="全部职能部门",
        widget=small_select("职能部门"),
    )  # fmt: skip
    use = forms.ChoiceField(required=False, choices=IN_USE, widget=small_select("在用还是停用"))

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        unit = cast("forms.ModelChoiceField[Unit]", self.fields["unit"])
        unit.queryset = Unit.objects.filter(categories__isnull=False).distinct()
        self.is_valid()

    def found(self) -> Any:
        wanted = self.cleaned_data
        lookups = {name: wanted.get(name) for name in ("kind", "group", "unit")}
        found = Category.objects.filter(**{name: value for name, value in lookups.items() if value})
        if wanted.get("use") != "all":
            found = found.filter(is_active=wanted.get("use") != "off")
        return found.containing(wanted.get("q") or "").select_related("unit")


def _limit(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=LONGEST_LIMIT,
        widget=forms.NumberInput(attrs={"class": "w-4"}),
        error_messages={
            "required": f"请填{label}。",
            "invalid": f"{label}写整数，如 5。",
            "min_value": f"{label}至少是 1。",
            "max_value": f"{label}最多是 {LONGEST_LIMIT}。",
        },
    )


def _code(label: str) -> forms.RegexField:
    return forms.RegexField(
        r"^\d{2,4}$",
        label=label,
        widget=forms.TextInput(attrs={"class": "w-4", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": f"请填{label}。", "invalid": f"{label}是 2 到 4 位数字，如 03。"},
    )


class CategoryForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A class of case. `seen` is the version that the person saw."""

    use_required_attribute = False
    seen = forms.IntegerField(
        min_value=0,
        widget=forms.HiddenInput,
        error_messages={"required": "页面不完整，请刷新再改。", "invalid": "页面不完整，请刷新再改。"},
    )
    major_code = _code("大类编码")
    minor_code = _code("小类编码")
    limit = _limit("时限")
    urgent_limit = _limit("紧急时限")

    class Meta:
        model = Category
        fields = [
            "kind", "major_code", "major_name", "minor_code", "name", "group", "unit", "limit", "clock",
            "urgent_limit", "urgent_clock", "needs_photo", "is_active",
        ]  # fmt: skip
        labels = {"kind": "部件还是事件", "group": "居民分组", "unit": "职能部门（可不选）"}
        help_texts = {
            "group": "居民投诉时看到的分组。",
            "unit": "选了就派给它；不选，派给网格当日的主责单位。",
            "needs_photo": "登记、受理时要有照片；紧急的除外。",
            "is_active": "停用后不能再选；以前的案件不变。",
        }
        error_messages = {
            "kind": {"required": "请选部件还是事件。"},
            "major_name": {"required": "请填大类名称。", "max_length": "大类名称最多 40 个字。"},
            "name": {"required": "请填小类名称。", "max_length": "小类名称最多 60 个字。"},
            "group": {"required": "请选居民分组。"},
        }
        widgets = {"kind": forms.RadioSelect(attrs={"class": "opts-row"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = self.instance.version
        for name in ("clock", "urgent_clock"):
            cast("forms.ChoiceField", self.fields[name]).choices = CLOCKS
        cast("forms.ChoiceField", self.fields["kind"]).choices = Category.Kind.choices
        group = cast("forms.ChoiceField", self.fields["group"])
        group.choices = [("", "请选分组"), *ProblemGroup.choices]
        unit = cast("forms.ModelChoiceField[Unit]", self.fields["unit"])
        unit.queryset = Unit.objects.filter(is_active=True) | Unit.objects.filter(pk=self.instance.unit_id)
        unit.empty_label = "没有，按网格派"
        unit.widget.attrs["data-find"] = "打字找单位"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        codes = {name: given.get(name) for name in ("kind", "major_code", "minor_code")}
        taken = Category.objects.filter(**codes).exclude(pk=self.instance.pk).first() if all(codes.values()) else None
        if taken:
            self.add_error("minor_code", f"这个编码已经是“{taken}”。换一个小类编码。")
        return given

    def _get_validation_exclusions(self) -> set[str]:
        # Said above, in words that name the other one.
        return super()._get_validation_exclusions() | {"kind", "major_code"}  # type: ignore[misc,no-any-return]
