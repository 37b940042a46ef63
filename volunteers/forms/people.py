"""What volunteers fill in about themselves. Every message names its field and says what to do."""

import unicodedata
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from complaints.forms import PhoneField
from volunteers.actions import About
from volunteers.actions.phones import CODE_LENGTH
from volunteers.actions.registering import OLDEST_YEAR
from volunteers.models import Volunteer


class PhoneForm(forms.Form):
    phone = PhoneField(
        label="手机号",
        help_text="会收到一条短信，里面有 6 位验证码。",
        error_messages={"required": "手机号还没填。填 11 位手机号，验证码发到这个号上。"},
    )
    keep = forms.BooleanField(
        label="这是我自己的手机，两周内不用再输验证码", help_text="公用的电脑、别人的手机不要勾。", required=False
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label="验证码",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "num w-4"}),
        error_messages={"required": "验证码还没填。填短信里的 6 位数字。"},
    )

    def clean_code(self) -> str:
        code = "".join(unicodedata.normalize("NFKC", self.cleaned_data["code"]).split())
        if not (code.isascii() and code.isdigit() and len(code) == CODE_LENGTH):
            raise ValidationError(f"验证码是 {CODE_LENGTH} 位数字，看看短信再填。")
        return code


class PersonForm(forms.Form):
    """What is kept of a volunteer, to be corrected."""

    name = forms.CharField(
        label="姓名",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "name", "class": "w-11"}),
        error_messages={
            "required": "姓名还没填。服务证明上要写这个名字。",
            "max_length": "姓名最多 %(limit_value)d 个字，现在是 %(show_value)d 个字。",
        },
    )
    born_year = forms.IntegerField(
        label="出生年份",
        help_text="四位数字，例如 1990。不用填生日，也不要填身份证号。",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "num w-4", "maxlength": 4}),
        error_messages={
            "required": "出生年份还没填，写四位数字，例如 1990。",
            "invalid": "出生年份写四位数字，例如 1990。",
        },
    )
    skills = forms.CharField(
        label="特长（可不填）",
        help_text="例如：会修水管、会开铲车、会手语。",
        max_length=100,
        required=False,
        error_messages={"max_length": "特长最多 %(limit_value)d 个字，现在是 %(show_value)d 个字。"},
    )
    is_listed = forms.BooleanField(
        label="把我的姓名和时长列在公开的志愿者名单上", help_text="可不勾，以后也可以改。", required=False
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    @classmethod
    def told_by(cls, volunteer: Volunteer) -> dict[str, Any]:
        return {name: getattr(volunteer, name) for name in ("name", "born_year", "skills", "is_listed")}

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if len(name) < 2 or any(character.isdigit() for character in name):
            raise ValidationError("姓名至少 2 个字，不要写数字。")
        return name

    def clean_born_year(self) -> int:
        year = int(self.cleaned_data["born_year"])
        if not OLDEST_YEAR <= year <= self.today.year:
            raise ValidationError(f"出生年份要在 {OLDEST_YEAR} 到 {self.today.year} 之间，写四位数字，例如 1990。")
        return year

    @property
    def about(self) -> About:
        return About(**{name: self.cleaned_data[name] for name in ("name", "born_year", "skills", "is_listed")})


class RegisterForm(PersonForm):
    consent = forms.BooleanField(
        label="我看过上面的告知，同意",
        error_messages={"required": "“我看过上面的告知，同意”还没勾选。不同意就不用登记，照样可以看活动。"},
    )


class EraseForm(forms.Form):
    sure = forms.BooleanField(
        label="我要注销，知道注销后找不回来",
        error_messages={"required": "“我要注销，知道注销后找不回来”还没勾选。确定要注销，请先勾选。"},
    )
