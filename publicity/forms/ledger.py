"""What the pages of pledges and of the ledger send. Every message names its field and says what to do."""

from typing import Any

from django import forms

from accounts.models import Unit
from publicity.actions.ledger import PledgeDraft, WorkDraft
from publicity.forms.announcements import PhotoField
from publicity.forms.versioned import VersionedForm, day_field
from publicity.models import Pledge, Work
from publicity.models.ledger import LONGEST_PLEDGE


def unit_field(label: str, *, required: str = "") -> "forms.ModelChoiceField[Unit]":
    return forms.ModelChoiceField(
        Unit.objects.filter(is_active=True),
        label=label,
        required=bool(required),
        empty_label="选单位" if required else "不选",
        error_messages={"required": required, "invalid_choice": f"没有这个{label}，请重新选。"},
    )


class PledgeForm(VersionedForm):
    unit = unit_field("单位", required="选单位。")
    speaker = forms.CharField(
        label="谁表态",
        max_length=40,
        help_text="写职务，例如：主要负责人。",
        error_messages={"required": "写谁表态。", "max_length": "谁表态最多 40 字，现在是 %(show_value)d 字。"},
    )
    pledged_on = day_field("日期")
    text = forms.CharField(
        label="发言",
        max_length=LONGEST_PLEDGE,
        help_text="空一行就是新的一段。",
        widget=forms.Textarea(attrs={"rows": 12, "class": "tall"}),
        error_messages={"required": "写发言。", "max_length": "发言最多 3000 字，现在是 %(show_value)d 字。"},
    )
    is_public = forms.BooleanField(label="公开", help_text="勾上，居民在“表态发言”里看得到。", required=False)

    @property
    def draft(self) -> PledgeDraft:
        return PledgeDraft(**{name: value for name, value in self.cleaned_data.items() if name != "version"})

    @staticmethod
    def told_by(written: Pledge) -> dict[str, Any]:
        said = ("version", "unit", "speaker", "pledged_on", "text", "is_public")
        return {name: getattr(written, name) for name in said}


class WorkForm(VersionedForm):
    kind = forms.ChoiceField(
        label="类型",
        choices=Work.Kind.choices,
        widget=forms.RadioSelect(attrs={"class": "opts-row"}),
        error_messages={"required": "选类型。"},
    )
    title = forms.CharField(
        label="内容",
        max_length=60,
        error_messages={"required": "写内容。", "max_length": "内容最多 60 字，现在是 %(show_value)d 字。"},
    )
    done_on = day_field("日期")
    amount = forms.IntegerField(
        label="数量",
        min_value=1,
        max_value=10_000_000,
        help_text="LED屏数处，短信数条，手册数册，视频和报道数次。",
        widget=forms.NumberInput(attrs={"class": "num w-11"}),
        error_messages={
            "required": "写数量，例如 1。",
            "invalid": "数量写成整数，例如 58。",
            "min_value": "数量至少是 1。",
            "max_value": "数量太大，请核对。",
        },
    )
    place = forms.CharField(
        label="地点或媒体（可不写）",
        max_length=60,
        required=False,
        error_messages={"max_length": "地点或媒体最多 60 字，现在是 %(show_value)d 字。"},
    )
    unit = unit_field("单位（可不选）")
    link = forms.URLField(
        label="链接（可不写）",
        max_length=300,
        required=False,
        assume_scheme="https",
        error_messages={"invalid": "链接写完整，例如 https://example.cn/a。", "max_length": "链接最多 300 个字符。"},
    )
    photo = PhotoField(
        label="照片（可不传）",
        required=False,
        help_text="一张，拍摄位置会去掉。",
        error_messages={"empty": "这个文件是空的。换一张再传。"},
    )

    @property
    def draft(self) -> WorkDraft:
        given = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return WorkDraft(**given | {"kind": Work.Kind(given["kind"])})

    @staticmethod
    def told_by(written: Work) -> dict[str, Any]:
        said = ("version", "kind", "title", "done_on", "amount", "place", "unit", "link")
        return {name: getattr(written, name) for name in said}


class KindChoice(forms.Form):
    """Which works a list shows."""

    kind = forms.ChoiceField(choices=Work.Kind.choices, required=False)
