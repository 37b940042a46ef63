"""What the pages of announcements send. Every message names its field and says what to do."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from complaints.move_forms import PHOTO_TYPES
from complaints.pictures import PhotoRefused, clean
from publicity.actions import Draft
from publicity.models import Announcement, Section

INCOMPLETE = "页面不完整，请刷新再写。"


class PhotoField(forms.FileField):
    """One photo, cleaned like those of cases."""

    widget = forms.FileInput(attrs={"accept": PHOTO_TYPES})

    def clean(self, value: Any, initial: Any = None) -> Any:
        sent = super().clean(value, initial)
        if not isinstance(sent, UploadedFile):
            return None
        try:
            return clean(sent, sent.size or 0)
        except PhotoRefused as refused:
            raise forms.ValidationError(refused.message) from None


class AnnouncementForm(forms.Form):
    """An announcement, new or changed. `version` is the one the person saw."""

    use_required_attribute = False
    version = forms.IntegerField(
        min_value=0, widget=forms.HiddenInput, error_messages={"required": INCOMPLETE, "invalid": INCOMPLETE}
    )
    section = forms.ChoiceField(
        label="栏目",
        choices=Section.choices,
        widget=forms.RadioSelect(attrs={"class": "opts-row"}),
        error_messages={"required": "选一个栏目。"},
    )
    title = forms.CharField(
        label="标题",
        max_length=60,
        error_messages={"required": "写标题。", "max_length": "标题最多 60 字，现在是 %(show_value)d 字。"},
    )
    dated_on = forms.DateField(
        label="日期",
        help_text="显示在标题下面，列表按它排。",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "选日期。", "invalid": "日期写成 2026-12-03 这样。"},
    )
    text = forms.CharField(
        label="正文",
        max_length=10000,
        help_text="空一行就是新的一段。不写居民的姓名、电话和门牌号。",
        widget=forms.Textarea(attrs={"rows": 14, "class": "tall"}),
        error_messages={"required": "写正文。", "max_length": "正文最多 10000 字，现在是 %(show_value)d 字。"},
    )
    photo = PhotoField(
        label="照片（可不传）",
        required=False,
        help_text="一张，拍摄位置会去掉。",
        error_messages={"empty": "这个文件是空的。换一张再传。"},
    )
    photo_words = forms.CharField(
        label="照片说明（有照片时写）",
        max_length=60,
        required=False,
        help_text="照片里是什么，给看不到照片的人听。",
        error_messages={"max_length": "照片说明最多 60 字，现在是 %(show_value)d 字。"},
    )
    drops_photo = forms.BooleanField(label="去掉现在的照片", required=False)

    def __init__(self, *args: Any, written: Announcement | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kept = written.photo if written else None
        if self.kept is None:
            del self.fields["drops_photo"]
        else:
            self.fields["photo"].label = "换一张照片（可不传）"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        stays = self.kept and not given.get("drops_photo")
        if (given.get("photo") or stays) and not given.get("photo_words") and "photo_words" not in self.errors:
            self.add_error("photo_words", "写一句照片说明，例如：志愿者在清扫人行道。")
        return given

    @property
    def draft(self) -> Draft:
        given = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return Draft(**given | {"section": Section(given["section"])})

    def show_against(self, version: int) -> None:
        """After a refusal: what was typed stays, and is sent next against the version now shown beside it."""
        self.data = {**{name: self.data[name] for name in self.data}, "version": str(version)}

    @staticmethod
    def told_by(written: Announcement) -> dict[str, Any]:
        said = {name: getattr(written, name) for name in ("section", "title", "dated_on", "text", "version")}
        return said | {"photo_words": written.photo.words if written.photo else ""}


class VersionForm(forms.Form):
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class SectionChoice(forms.Form):
    """Which section a list shows."""

    section = forms.ChoiceField(choices=Section.choices, required=False)
