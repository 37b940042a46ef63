"""What a patroller sends, by the plain page and by the queue of the phone."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from complaints.models import ProblemGroup
from volunteers.actions import Choice
from volunteers.checklist import FINE, ITEMS, PROBLEM
from volunteers.models import Guide, PatrolLog

SHORTEST_TEXT, LONGEST_TEXT = 2, 500
KEY_LENGTH = 64


class PatrolForm(forms.Form):
    """A whole patrol from the page without script: the time it began is a hidden field."""

    key = forms.CharField(max_length=KEY_LENGTH, widget=forms.HiddenInput)
    started_at = forms.DateTimeField(widget=forms.HiddenInput)
    result = forms.ChoiceField(
        choices=PatrolLog.Result.choices,
        widget=forms.HiddenInput,
        error_messages={"required": "请选结果：没有问题，或者有问题。"},
    )
    join = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in ITEMS:
            self.fields[f"check_{item.code}"] = forms.ChoiceField(
                label=item.label,
                required=False,
                choices=[(FINE, "正常"), (PROBLEM, "有问题")],
                widget=forms.RadioSelect,
            )

    @property
    def checks(self) -> list[forms.BoundField]:
        return [self[f"check_{item.code}"] for item in ITEMS]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["checks"] = {item.code: data[name] for item in ITEMS if data.get(name := f"check_{item.code}")}
        if data.get("result") == PatrolLog.Result.NO_PROBLEM and PROBLEM in data["checks"].values():
            self.add_error(None, "有一项选了“有问题”。请按“有问题，接着记”，或者把它改成“正常”。")
        return data


class FindingForm(forms.Form):
    key = forms.CharField(max_length=KEY_LENGTH, widget=forms.HiddenInput)
    group = forms.ChoiceField(
        label="哪一类问题",
        choices=[("", "请选一类"), *ProblemGroup.choices],
        error_messages={"required": "请选一类问题，说不准就选“其他”。", "invalid_choice": "请从列出的类别里选一类。"},
    )
    text = forms.CharField(
        label="什么情况",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": LONGEST_TEXT}),
        error_messages={
            "required": "什么情况还没写。写几个字，例如：垃圾箱满溢，箱外堆了 5 袋。",
            "max_length": "什么情况最多 %(limit_value)d 个字，现在是 %(show_value)d 个字。",
        },
    )
    place = forms.CharField(
        label="具体地方（可不填）",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "例如：3 号楼东侧"}),
        error_messages={"max_length": "具体地方最多 %(limit_value)d 个字，现在是 %(show_value)d 个字。"},
    )
    longitude = forms.FloatField(min_value=-180, max_value=180, required=False, widget=forms.HiddenInput)
    latitude = forms.FloatField(min_value=-90, max_value=90, required=False, widget=forms.HiddenInput)
    is_settled = forms.BooleanField(label="当场解决了", help_text="勾选后只记录，不立案。", required=False)
    found_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)
    choice = forms.ChoiceField(
        choices=[(choice.value, choice.value) for choice in Choice], required=False, widget=forms.HiddenInput
    )

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n").strip()
        if len(text) < SHORTEST_TEXT:
            raise ValidationError(f"什么情况至少写 {SHORTEST_TEXT} 个字。")
        return text

    def clean_choice(self) -> Choice:
        return Choice(self.cleaned_data["choice"] or Choice.ASK)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        longitude, latitude = data.get("longitude"), data.get("latitude")
        # The point comes from a script: half of one, or a broken one, is no answer and nobody could mend it.
        data["point"] = None if longitude is None or latitude is None else (longitude, latitude)
        self.errors.pop("longitude", None)
        self.errors.pop("latitude", None)
        return data


class GuideForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    class Meta:
        model = Guide
        fields = ["place", "lines", "position"]
        widgets = {
            "lines": forms.Textarea(attrs={"rows": 8, "class": "tall", "maxlength": 2000}),
            "position": forms.NumberInput(attrs={"class": "w-4", "min": 0}),
        }
        help_texts = {
            "place": "例如：住宅小区、主街、市场、学校门口。",
            "lines": "一行写一条，短一些，站着就能看完。",
            "position": "小的在前。",
        }
        error_messages = {
            "place": {
                "required": "哪一类地方还没写，例如：住宅小区。",
                "unique": "这一类地方已经有指引了。请改那一份，或换一个名称。",
                "max_length": "哪一类地方最多 %(limit_value)d 个字，现在是 %(show_value)d 个字。",
            },
            "lines": {
                "required": "要看什么还没写，一行写一条。",
                "max_length": "要看什么最多 %(limit_value)d 个字，现在是 %(show_value)d 个字。",
            },
            "position": {"required": "次序还没填，填一个数，小的在前。", "invalid": "次序填一个数，例如 1。"},
        }
