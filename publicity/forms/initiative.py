from typing import Any

from django import forms

from publicity.actions.initiative import Words
from publicity.models import InitiativeVersion
from publicity.models.initiative import LONGEST_TEXT

INCOMPLETE = "页面不完整，请刷新再写。"


class InitiativeForm(forms.Form):
    """The next version of the initiative. `seen` is the one the person saw."""

    use_required_attribute = False
    seen = forms.IntegerField(
        min_value=0, widget=forms.HiddenInput, error_messages={"required": INCOMPLETE, "invalid": INCOMPLETE}
    )
    title = forms.CharField(
        label="标题",
        max_length=60,
        error_messages={"required": "写标题。", "max_length": "标题最多 60 字，现在是 %(show_value)d 字。"},
    )
    text = forms.CharField(
        label="正文",
        max_length=LONGEST_TEXT,
        help_text="空一行就是新的一段。",
        widget=forms.Textarea(attrs={"rows": 14, "class": "tall"}),
        error_messages={"required": "写正文。", "max_length": "正文最多 5000 字，现在是 %(show_value)d 字。"},
    )
    signed_by = forms.CharField(
        label="落款",
        max_length=60,
        help_text="谁发起的，写在正文下面。",
        error_messages={"required": "写落款。", "max_length": "落款最多 60 字，现在是 %(show_value)d 字。"},
    )
    note = forms.CharField(
        label="这一版改了什么",
        max_length=200,
        help_text="只有创城办看得到。",
        error_messages={
            "required": "写一句这一版改了什么。",
            "max_length": "这一版改了什么最多 200 字，现在是 %(show_value)d 字。",
        },
    )

    def __init__(self, *args: Any, written: InitiativeVersion | None, **options: Any) -> None:
        options.setdefault("initial", self._told_by(written))
        super().__init__(*args, **options)
        if written is None:
            del self.fields["note"]

    @staticmethod
    def _told_by(written: InitiativeVersion | None) -> dict[str, Any]:
        if written is None:
            return {"seen": 0}
        return {
            "seen": written.ordinal,
            "title": written.title,
            "text": written.text,
            "signed_by": written.signed_by,
        }

    @property
    def words(self) -> Words:
        return Words(**{name: value for name, value in self.cleaned_data.items() if name != "seen"})

    def show_against(self, ordinal: int) -> None:
        """After a refusal: what was typed stays, and is sent next against the version now shown beside it."""
        self.data = {**{name: self.data[name] for name in self.data}, "seen": str(ordinal)}
