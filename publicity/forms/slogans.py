"""What the pages of the slogans send. Every message names its field and says what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django import forms
from django.core import signing
from django.utils.crypto import get_random_string

from common.masking import MOBILE
from complaints.forms import PhoneField
from publicity.actions.slogans import Call, SentBy, Slogan
from publicity.forms.versioned import SpanForm, day_field, title_field
from publicity.models import Entry
from publicity.models.slogans import LONGEST_REASONING, LONGEST_SLOGAN

SLOTS = 5
NO_PHONES = "不要写电话号码。想留电话，写在下面“手机号”里，那里加密保存。"


@dataclass(frozen=True)
class FormToken:
    """Says which form was sent, so that the same one sent twice counts once."""

    value: str

    SALT: ClassVar[str] = "slogans-form"
    KEPT_FOR: ClassVar[timedelta] = timedelta(days=1)

    @classmethod
    def new(cls) -> "FormToken":
        return cls(get_random_string(32))

    def sealed(self) -> str:
        return signing.dumps(self.value, salt=self.SALT)

    @classmethod
    def opened(cls, sealed: str) -> "FormToken":
        """Raises BadSignature where it is none of ours, or too old."""
        return cls(signing.loads(sealed, salt=cls.SALT, max_age=cls.KEPT_FOR))

    def expires_at(self, at: datetime) -> datetime:
        return at + self.KEPT_FOR


class SlogansForm(forms.Form):
    """Up to SLOTS slogans with an explanation each; name and phone may stay empty."""

    use_required_attribute = False
    name = forms.CharField(
        label="怎么称呼（可不填）",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"max_length": "称呼最多 %(limit_value)d 个字，现在是 %(show_value)d 个字。"},
    )
    phone = PhoneField(label="手机号（可不填）", help_text="选用了好告诉您。不公开。", required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)
    # What the browser found out; too long, broken or missing it is no error of the resident's.
    proof = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for slot in range(1, SLOTS + 1):
            self.fields[f"text_{slot}"] = self._text(slot)
            self.fields[f"explanation_{slot}"] = self._explanation(slot)

    @staticmethod
    def _text(slot: int) -> forms.CharField:
        label = "口号" if slot == 1 else f"第 {slot} 条口号"
        return forms.CharField(
            label=label,
            max_length=LONGEST_SLOGAN,
            required=slot == 1,
            help_text=f"最多 {LONGEST_SLOGAN} 个字。" if slot == 1 else "",
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            error_messages={
                "required": "口号还没写。写一句就行。",
                "max_length": f"{label}最多 %(limit_value)d 个字，现在是 %(show_value)d 个字。",
            },
        )

    @staticmethod
    def _explanation(slot: int) -> forms.CharField:
        label = "说明（可不写）" if slot == 1 else f"第 {slot} 条的说明（可不写）"
        return forms.CharField(
            label=label,
            max_length=LONGEST_REASONING,
            required=False,
            help_text="为什么这样写。" if slot == 1 else "",
            widget=forms.Textarea(attrs={"rows": 2, "class": "low"}),
            error_messages={"max_length": "说明最多 %(limit_value)d 个字，现在是 %(show_value)d 个字。"},
        )

    @property
    def more(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"text_{slot}"], self[f"explanation_{slot}"]) for slot in range(2, SLOTS + 1)]

    @property
    def has_more(self) -> bool:
        """Whether anything was typed, or is wrong, past the first slogan."""
        return self.is_bound and any(field.value() or field.errors for pair in self.more for field in pair)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for slot in range(1, SLOTS + 1):
            text, explanation = given.get(f"text_{slot}"), given.get(f"explanation_{slot}")
            if explanation and text == "":
                self.add_error(f"text_{slot}", f"第 {slot} 条只写了说明，口号还没写。")
            for name, words in ((f"text_{slot}", text), (f"explanation_{slot}", explanation)):
                if words and MOBILE.search(words):
                    self.add_error(name, NO_PHONES)
        return given

    @property
    def slogans(self) -> list[Slogan]:
        told = ((self.cleaned_data[f"text_{n}"], self.cleaned_data[f"explanation_{n}"]) for n in range(1, SLOTS + 1))
        return [Slogan(" ".join(text.split()), explanation) for text, explanation in told if text]

    def sent_by(self, *, known: str) -> SentBy:
        try:
            token = FormToken.opened(self.cleaned_data["token"])
        except signing.BadSignature:
            # Left open for days: it goes in as a new one.
            token = FormToken.new()
        return SentBy(token.value, known, self.cleaned_data["phone"], self.cleaned_data["name"])


class CollectionForm(SpanForm):
    title = title_field()
    about = forms.CharField(
        label="征集说明",
        max_length=2000,
        help_text="征集什么、有什么要求、怎样评选。空一行就是新的一段。",
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": "写征集说明。", "max_length": "征集说明最多 2000 字，现在是 %(show_value)d 字。"},
    )
    opens_on = day_field("开始日期")
    closes_on = day_field("截止日期", hint="这一天还能送。")

    @property
    def call(self) -> Call:
        return Call(**{name: value for name, value in self.cleaned_data.items() if name != "version"})


class DecisionForm(forms.Form):
    """What shall become of the slogans that are ticked; each tick is a key and the version that was seen."""

    use_required_attribute = False
    to = forms.ChoiceField(
        label="改为",
        choices=[(state.value, state.label) for state in Entry.State],
        error_messages={"required": "选改为什么。"},
    )
    reason = forms.CharField(
        label="理由（不展示时写）",
        max_length=200,
        required=False,
        error_messages={"max_length": "理由最多 200 字，现在是 %(show_value)d 字。"},
    )


def ticked(values: Sequence[str]) -> list[tuple[int, int]]:
    """Key and version of each slogan that is ticked; what is none is passed over."""
    told = (value.partition(":") for value in values)
    return [(int(pk), int(version)) for pk, _, version in told if pk.isdecimal() and version.isdecimal()]


class StateChoice(forms.Form):
    """Which slogans the office's list shows."""

    state = forms.ChoiceField(choices=Entry.State.choices, required=False)


class RevealForm(forms.Form):
    use_required_attribute = False
    reason = forms.CharField(
        label="查看理由",
        max_length=100,
        help_text="会记在审计日志里，例如：通知选用。",
        error_messages={"required": "写查看理由。", "max_length": "查看理由最多 100 字，现在是 %(show_value)d 字。"},
    )
