"""The forms of the moves that are rarely made: merging, naming other units, marks."""

from functools import partial
from typing import Any, cast

from django import forms

from accounts.models import Unit
from complaints import words
from complaints.listings import unit_choice
from complaints.models import Complaint
from complaints.move_forms import (
    MoveForm,
    PhotosField,
    UnitsField,
    UnitTicks,
    choices_of,
    list_for,
    unit_field,
    words_field,
)
from complaints.workflow import OPEN_STATES, Move, State

MOST_SUGGESTED = 5


class MergeForm(MoveForm):
    """Into one of the suggested, or into the one whose number is typed, which wins."""

    move = Move.MERGE
    suggested = forms.CharField(label="可能重复的在办案件", required=False)
    into = forms.CharField(
        label="并入哪一件",
        help_text="案件编号，如 2026-000123",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "w-11"}),
        error_messages={"max_length": "案件编号太长，如 2026-000123。"},
    )
    note = words_field("说明（可不填）")

    def suggest(self) -> None:
        near = Complaint.objects.open().duplicates_of(self.case)[:MOST_SUGGESTED]
        if not near:
            del self.fields["suggested"]
            return
        options = [(other.number, self._option(metres, other)) for metres, other in near]
        self.fields["suggested"].widget = forms.RadioSelect(choices=options)
        self.fields["into"].label = "或者填案件编号"

    def _option(self, metres: float, other: Complaint) -> str:
        ago = words.span(self.at - other.filed_at) if other.filed_at <= self.at else ""
        told = [f"相距 {metres:.0f} 米", f"{ago}前" if ago else "", other.get_state_display()]
        return f"{other.number} {other.title}（{'，'.join(filter(None, told))}）"

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        number = (told.get("into") or told.get("suggested") or "").strip()
        if "into" not in self.errors:
            told["target"] = self._found(number)
        return told

    def _found(self, number: str) -> Complaint | None:
        # Only the desk merges, and the desk sees every case.
        target = Complaint.objects.filter(number=number).first() if number else None
        if not number:
            self.add_error("into", "请选一件，或者填并入哪一件的案件编号。")
        elif target is None:
            self.add_error("into", f"没有编号是 {number} 的案件，请核对，如 2026-000123。")
        elif target.pk == self.case.pk:
            self.add_error("into", "这就是这一件。请填另一件的案件编号。")
        elif target.state not in OPEN_STATES:
            self.add_error("into", f"{number} 现在是“{State(target.state).label}”，请选一件在办的案件。")
        return target


class RedispatchForm(MoveForm):
    move = Move.REDISPATCH
    unit = unit_field("改派给哪个单位")
    reason = words_field("改派理由", required="请写改派理由。", hint="两个单位都能看到；新单位从现在起重新计时")

    def limit_choices(self) -> None:
        choices_of(self, "unit", Unit.objects.filter(is_active=True).exclude(pk=self.case.unit_id or 0))

    def suggest(self) -> None:
        list_for(self, "unit", partial(unit_choice, self.case.unit_id))


class HelpersForm(MoveForm):
    move = Move.HELPERS
    helpers = UnitsField(label="协办单位", help_text="看得到案件、可以补充进展，不能提交结果；看不到反映人")
    note = words_field("交办意见（可不填）")

    def limit_choices(self) -> None:
        choices_of(self, "helpers", Unit.objects.filter(is_active=True).exclude(pk=self.case.unit_id or 0))

    def suggest(self) -> None:
        cast(UnitTicks, self.fields["helpers"].widget).without = self.case.unit_id
        self.fields["helpers"].initial = [helper.unit_id for helper in self.case.helpers.all()]


class NoteForm(MoveForm):
    move = Move.NOTE
    text = words_field("进展", required="请写进展。", most=500, rows=3, hint="主办、协办单位和创城办看得到，居民看不到")
    photos = PhotosField(label="照片（可不传）", required=False, help_text="最多 6 张")


class UrgeForm(MoveForm):
    move = Move.URGE
    note = words_field("催办意见（可不填）")


class SuperviseForm(MoveForm):
    move = Move.SUPERVISE
    reason = words_field("督办理由", required="请写督办理由。", hint="承办单位和督导组会收到提醒，领导看得到标记")


class UnsuperviseForm(MoveForm):
    move = Move.UNSUPERVISE
    reason = words_field("解除理由", required="请写解除理由。")


class MarkForm(MoveForm):
    move = Move.MARK
    is_confidential = forms.BooleanField(
        label="保密", required=False, help_text="领导、指导推进组和专项组看不到，也不能公开"
    )
    is_anonymous = forms.BooleanField(
        label="匿名", required=False, help_text="联系方式只有创城办能看，办理单位和热线都不能"
    )
    reason = words_field("理由", required="请写理由。", rows=1)

    def suggest(self) -> None:
        self.fields["is_confidential"].initial = self.case.is_confidential
        self.fields["is_anonymous"].initial = self.case.is_anonymous
