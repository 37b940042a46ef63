"""What the pages of the library send. Every message names its field and says what to do."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from accounts.models import Role
from library.actions import Text
from library.models import Audience, Document
from library.uploads import CheckedFile, FileRefused, check


class CheckedFileField(forms.FileField):
    """A PDF, Word or Excel file that is what its name says."""

    widget = forms.FileInput(attrs={"accept": ".pdf,.docx,.xlsx"})

    def clean(self, value: Any, initial: Any = None) -> Any:
        sent = super().clean(value, initial)
        if not isinstance(sent, UploadedFile):
            return None
        try:
            return check(sent, name=sent.name or "", size=sent.size or 0)
        except FileRefused as refused:
            raise forms.ValidationError(refused.message) from None


def _day(label: str, *, required: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=bool(required),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": required, "invalid": f"{label}写成 2026-12-03 这样。"},
    )


class TextForm(forms.Form):
    """One version: the file and when it holds."""

    use_required_attribute = False
    file = CheckedFileField(
        label="文件",
        help_text="PDF、docx 或 xlsx，最多 20 MB。",
        error_messages={"required": "选一个文件。", "empty": "这个文件是空的。换一个再传。"},
    )
    effective_from = _day("生效日期", required="选生效日期。")
    effective_to = _day("失效日期（可不填）")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        start, end = given.get("effective_from"), given.get("effective_to")
        if start and end and end <= start:
            self.add_error("effective_to", "失效日期要晚于生效日期。")
        return given

    @property
    def text(self) -> Text:
        given, file = self.cleaned_data, self.cleaned_data["file"]
        assert isinstance(file, CheckedFile)  # noqa: S101 -- a valid form has one
        return Text(file, given["effective_from"], given["effective_to"], given.get("note", ""))


class DocumentForm(TextForm):
    """A new document with its first version."""

    number = forms.SlugField(
        label="编号",
        max_length=20,
        help_text="字母、数字和短横线，例如 ZD-01。",
        error_messages={
            "required": "填编号。",
            "invalid": "编号只写字母、数字和短横线，例如 ZD-01。",
            "max_length": "编号最多 20 个字，现在是 %(show_value)d 个。",
        },
    )
    title = forms.CharField(
        label="标题",
        max_length=100,
        error_messages={"required": "填标题。", "max_length": "标题最多 100 字，现在是 %(show_value)d 字。"},
    )
    summary = forms.CharField(
        label="摘要（可不填）",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": "摘要最多 500 字，现在是 %(show_value)d 字。"},
    )
    audience = forms.ChoiceField(
        label="谁能看",
        choices=Audience.choices,
        widget=forms.RadioSelect(attrs={"class": "opts-row"}),
        error_messages={"required": "选谁能看。"},
    )
    roles = forms.MultipleChoiceField(
        label="哪些角色（只给选定的角色时选）",
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "opts-row"}),
    )
    field_order = ["number", "title", "summary", "file", "effective_from", "effective_to", "audience", "roles"]

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"]
        if Document.objects.filter(number__iexact=number).exists():
            raise forms.ValidationError("这个编号已经有文件。换一个编号，或到那个文件里传新的一版。")
        return number

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("audience") == Audience.ROLES and not given.get("roles"):
            self.add_error("roles", "选定至少一个能看的角色。")
        return given


class VersionForm(TextForm):
    """`seen` is the newest version that the person saw."""

    note = forms.CharField(
        label="改了什么",
        max_length=200,
        error_messages={
            "required": "写一句改了什么。",
            "max_length": "改了什么最多 200 字，现在是 %(show_value)d 字。",
        },
    )
    seen = forms.IntegerField(
        min_value=0,
        widget=forms.HiddenInput,
        error_messages={"required": "页面不完整，请刷新再传。", "invalid": "页面不完整，请刷新再传。"},
    )
    field_order = ["file", "note", "effective_from", "effective_to"]
