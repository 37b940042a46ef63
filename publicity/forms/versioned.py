"""What the office's forms of taking part share: a version, a title, the days from which and until which."""

from typing import Any

from django import forms

from publicity.models import Collection, Round

INCOMPLETE = "页面不完整，请刷新再写。"


class VersionedForm(forms.Form):
    """`version` is the state of the record that the person saw."""

    use_required_attribute = False
    version = forms.IntegerField(
        min_value=0, widget=forms.HiddenInput, error_messages={"required": INCOMPLETE, "invalid": INCOMPLETE}
    )

    def show_against(self, version: int) -> None:
        """After a refusal: what was typed stays, and is sent next against the version now shown beside it."""
        self.data = {**{name: self.data[name] for name in self.data}, "version": str(version)}


def day_field(label: str, *, hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=hint,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": f"选{label}。", "invalid": f"{label}写成 2026-12-03 这样。"},
    )


class SpanForm(VersionedForm):
    """Of what is open from a day until a day, as `opens_on` and `closes_on`."""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        opens_on, closes_on = given.get("opens_on"), given.get("closes_on")
        if opens_on and closes_on and closes_on < opens_on:
            self.add_error("closes_on", "截止日期不能早于开始日期。")
        return given

    @staticmethod
    def told_by(written: Round | Collection) -> dict[str, Any]:
        return {name: getattr(written, name) for name in ("version", "title", "about", "opens_on", "closes_on")}


def title_field() -> forms.CharField:
    return forms.CharField(
        label="标题",
        max_length=60,
        error_messages={"required": "写标题。", "max_length": "标题最多 60 字，现在是 %(show_value)d 字。"},
    )
