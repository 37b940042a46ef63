"""What a resident fills in: the four steps of a complaint, the code to follow it by, the rating."""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError

from common import crypto
from complaints.actions.lookup import TAIL_LENGTH
from complaints.models import Draft, ProblemGroup
from complaints.models.complaint import Satisfaction
from grids.locating import Place, locate
from grids.models import Grid

SHORTEST_TEXT, LONGEST_TEXT = 5, 500
PHONE_LENGTH = 11


@dataclass(frozen=True)
class _Explained:
    """A choice's label with a hint below it; see templates/django/forms/widgets/input_option.html."""

    label: str
    hint: str

    def __str__(self) -> str:
        return self.label

    def __deepcopy__(self, memo: object) -> "_Explained":
        """Itself: every form made copies its choices, which of these took longer than all the rest of the form."""
        return self


def _plain_digits(typed: str) -> str:
    """Full-width digits as half-width ones, without the spaces and hyphens people group them with."""
    return "".join(c for c in unicodedata.normalize("NFKC", typed) if not c.isspace() and c not in "-‐–—()")


class WordsField(forms.CharField):
    """What somebody reports, in lines that end one way."""

    def clean(self, value: Any) -> str:
        text = str(super().clean(value)).replace("\r\n", "\n").replace("\r", "\n").strip()
        if len(text) < SHORTEST_TEXT:
            raise ValidationError(f"说说情况至少写 {SHORTEST_TEXT} 个字，现在是 {len(text)} 个字。")
        if len(text) > LONGEST_TEXT:
            over = len(text) - LONGEST_TEXT
            raise ValidationError(f"说说情况最多 {LONGEST_TEXT} 个字，现在是 {len(text)} 个字，请删去 {over} 个字。")
        return text


class WhatForm(forms.Form):
    group = forms.ChoiceField(
        label="哪一类",
        widget=forms.RadioSelect,
        choices=[(group.value, _Explained(group.label, group.example)) for group in ProblemGroup],
        error_messages={
            "required": "哪一类还没选。说不准就选“其他”。",
            "invalid_choice": "没有这一类。请从列出的里面选哪一类。",
        },
    )
    text = WordsField(
        label="说说情况",
        help_text="写清楚什么事、多久了。不要写他人姓名和电话。",
        widget=forms.Textarea(attrs={"maxlength": LONGEST_TEXT, "rows": 5}),
        error_messages={"required": "说说情况还没写。写几句什么事、在什么地方、多久了。"},
    )


class WhereForm(forms.Form):
    """One of the point, the grid and the words is needed; the point wins over the grid."""

    longitude = forms.FloatField(min_value=-180, max_value=180, required=False, widget=forms.HiddenInput)
    latitude = forms.FloatField(min_value=-90, max_value=90, required=False, widget=forms.HiddenInput)
    place = forms.CharField(
        label="写一下具体地方",
        help_text="例如：阳光小区 3 号楼 2 单元门口。门牌号不公开。",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": "具体地方最多 %(limit_value)d 个字，现在是 %(show_value)d 个字。"},
    )
    grid = forms.ChoiceField(
        label="从列表里选网格",
        help_text="先找社区，再找小区。不知道就不选。",
        required=False,
        error_messages={"invalid_choice": "这个网格现在没有了，请重新选。"},
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["grid"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
        field.choices = _grids_by_community(on)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        # The point comes from a script: half of one, or a broken one, is no answer and nobody could mend it.
        if data.get("longitude") is None or data.get("latitude") is None:
            self.errors.pop("longitude", None)
            self.errors.pop("latitude", None)
            data["longitude"] = data["latitude"] = None
        if not self.errors and not data.get("grid") and not data.get("place"):
            self._rest_on_the_point(data["longitude"], data["latitude"])
        return data

    def _rest_on_the_point(self, longitude: float | None, latitude: float | None) -> None:
        """Alone it must lie in the grids: the phone of somebody far away tells where they are, not the place."""
        if longitude is None or latitude is None:
            self.add_error("place", "请写一下具体地方，或者在地图上点一下、从列表里选网格，有一样就行。")
        elif locate(longitude, latitude).place == Place.OUTSIDE:
            self.add_error(
                "place", "地图上的位置不在网格里，只凭它找不到地方。请写一下具体地方，或者把位置挪到小区里。"
            )


def _grids_by_community(on: date) -> list[Any]:
    grids = Grid.objects.on(on).select_related("community").order_by("community__code", "code")
    groups: dict[str, list[tuple[str, str]]] = {}
    for grid in grids:
        groups.setdefault(grid.community.name, []).append((grid.code, f"{grid.serial} {grid.name}"))
    return [("", "不选"), *groups.items()]


class _SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class PhotosForm(forms.Form):
    """Photos chosen together, for browsers without script; the view reads the files and says what is wrong with which.

    So no FileField: it would check the last of them only.
    """

    photos = forms.Field(
        label="照片",
        help_text="可以一次选几张。",
        required=False,
        widget=_SeveralFiles(attrs={"accept": "image/*", "multiple": True}),
    )


class PhoneField(forms.CharField):
    """A mobile number, given back as 11 digits however it was typed."""

    widget = forms.TelInput(attrs={"inputmode": "numeric", "autocomplete": "tel", "class": "num w-11"})

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        return _mobile(typed) if typed else ""


def _mobile(typed: str) -> str:
    digits = _plain_digits(typed)
    if digits.startswith("+86"):
        digits = digits[3:]
    elif len(digits) == PHONE_LENGTH + 2 and digits.startswith("86"):
        digits = digits[2:]
    if not (digits.isascii() and digits.isdigit()):
        raise ValidationError("手机号只能有数字，请改成 11 位数字。")
    if len(digits) != PHONE_LENGTH:
        raise ValidationError(f"手机号应是 {PHONE_LENGTH} 位，现在是 {len(digits)} 位。")
    if not digits.startswith("1"):
        raise ValidationError("手机号应以 1 开头，请看看有没有输错。")
    return digits


class FollowForm(forms.Form):
    phone = PhoneField(
        label="手机号",
        help_text="查进度要用后四位，别人看不到。",
        error_messages={"required": "手机号还没填。查进度要用后四位。"},
    )


@dataclass(frozen=True)
class DraftToken:
    """Which draft a page of the last step was made for, and when."""

    draft: UUID
    issued_at: datetime

    SALT: ClassVar[str] = "complaint-draft"

    def sealed(self) -> str:
        return signing.dumps([str(self.draft), self.issued_at.timestamp()], salt=self.SALT)

    @classmethod
    def opened(cls, sealed: str) -> "DraftToken":
        """Raises BadSignature where it is none of ours, or older than a draft is kept."""
        draft, issued_at = signing.loads(sealed, salt=cls.SALT, max_age=Draft.KEPT_FOR)
        return cls(UUID(draft), datetime.fromtimestamp(issued_at, UTC))


class DraftTokenField(forms.CharField):
    widget = forms.HiddenInput

    def clean(self, value: Any) -> Any:
        try:
            return DraftToken.opened(super().clean(value))
        except signing.BadSignature:
            raise ValidationError("这一页放太久了。") from None


class ReachForm(forms.Form):
    """How to reach who files."""

    phone = PhoneField(
        label="手机号",
        help_text="查进度要用后四位。办理单位看不到。",
        error_messages={"required": "手机号还没填。办结要告诉您，查进度也要用后四位。"},
    )
    name = forms.CharField(
        label="怎么称呼（可不填）",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"max_length": "称呼最多 %(limit_value)d 个字，现在是 %(show_value)d 个字。"},
    )
    may_contact = forms.BooleanField(
        label="办理单位可以直接联系我", help_text="勾选后，单位能看到您的电话。", required=False
    )
    is_confidential = forms.BooleanField(
        label="这件请保密", help_text="只给受理和办理的人看，办完也不公开。", required=False
    )


class ContactForm(ReachForm):
    draft = DraftTokenField()
    # What the browser found out; too long, broken or missing it is no error of the resident's.
    proof = forms.CharField(required=False, widget=forms.HiddenInput)


def _clean_tail(typed: str) -> str:
    tail = _plain_digits(typed)
    if tail and not (tail.isascii() and tail.isdigit() and len(tail) == TAIL_LENGTH):
        raise ValidationError(f"手机号后四位应是 {TAIL_LENGTH} 个数字。")
    return tail


_TAIL_INPUT = {"inputmode": "numeric", "autocomplete": "off", "class": "num w-4"}


class TrackForm(forms.Form):
    code = forms.CharField(
        label="查询码",
        help_text="回执上的 13 位，字母不分大小写，中间的横线可不填。",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "num"}
        ),
        error_messages={"required": "查询码还没填，它在回执上。"},
    )
    tail = forms.CharField(
        label="手机号后四位",
        help_text="可不填。填了能看到您写的内容和照片。",
        required=False,
        widget=forms.TextInput(attrs=_TAIL_INPUT),
    )

    def clean_code(self) -> str:
        typed = self.cleaned_data["code"]
        code = crypto.normalized_code(typed)
        if code:
            return code
        meant = crypto.typed_code(typed)
        strange = [letter for letter in meant if letter not in crypto.ALPHABET]
        if strange:
            raise ValidationError(f"查询码里没有“{strange[0]}”，只有数字和英文字母，请再看一遍。")
        if len(meant) != crypto.CODE_LENGTH:
            raise ValidationError(f"查询码是 {crypto.CODE_LENGTH} 位，现在是 {len(meant)} 位，请再看一遍。")
        raise ValidationError(f"查询码是 {crypto.CODE_LENGTH} 位，最后一位对不上，请再看一遍。")

    def clean_tail(self) -> str:
        return _clean_tail(self.cleaned_data["tail"])


class TailForm(forms.Form):
    tail = forms.CharField(
        label="手机号后四位",
        widget=forms.TextInput(attrs=_TAIL_INPUT),
        error_messages={"required": "手机号后四位还没填。"},
    )

    def clean_tail(self) -> str:
        return _clean_tail(self.cleaned_data["tail"])


class WithdrawForm(forms.Form):
    why = forms.CharField(
        label="为什么撤回（可不填）",
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": "最多 %(limit_value)d 个字，现在是 %(show_value)d 个字。"},
    )


class RatingForm(forms.Form):
    satisfaction = forms.TypedChoiceField(
        label="您满意吗？",
        coerce=lambda value: Satisfaction(int(value)),
        widget=forms.RadioSelect,
        choices=Satisfaction.choices,
        error_messages={"required": "您满意吗？请选一项。"},
    )
    is_solved = forms.TypedChoiceField(
        label="问题解决了吗？",
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect(attrs={"class": "opts-row"}),
        choices=[("yes", "解决了"), ("no", "没有解决")],
        error_messages={"required": "问题解决了吗？请选一项。"},
    )
    comment = forms.CharField(
        label="还想说什么（可不填）",
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": "最多 %(limit_value)d 个字，现在是 %(show_value)d 个字。"},
    )


class OwnDataForm(forms.Form):
    """What a resident corrects of the contact data they left."""

    phone = PhoneField(label="换一个手机号（不换就空着）", required=False)
    name = forms.CharField(
        label="怎么称呼（可不填）",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"max_length": "称呼最多 %(limit_value)d 个字，现在是 %(show_value)d 个字。"},
    )
