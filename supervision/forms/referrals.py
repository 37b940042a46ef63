"""What the pages of referrals send. Every message names its field and says what to do."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from accounts.models import Unit
from common.errors import DomainError
from complaints.move_forms import ManyFilesInput
from complaints.staff_forms import number_field
from progress.evidence import ACCEPTED, CleanEvidence, clean
from supervision.actions import MOST_FILES, Told
from supervision.forms.fields import INCOMPLETE, unit_field, words
from supervision.models import Matter, Measure
from supervision.repeats import Kind
from supervision.workflow import Move, State


class EvidenceField(forms.Field):
    """Photos and documents, each cleaned; a refusal names the file that it is about."""

    widget = ManyFilesInput(attrs={"accept": ACCEPTED, "multiple": True})

    def clean(self, value: "list[UploadedFile[bytes]] | None") -> list[CleanEvidence]:
        refusals, cleaned = [], []
        for file in value or []:
            try:
                cleaned.append(clean(file, name=file.name or "", size=file.size or 0))
            except DomainError as refused:
                refusals.append(f"“{file.name}”：{refused.message}")
        if len(cleaned) > MOST_FILES:
            refusals.append(f"证据最多 {MOST_FILES} 个，现在是 {len(cleaned)} 个。请少选几个。")
        if refusals:
            raise forms.ValidationError(refusals)
        return cleaned


def evidence_field() -> EvidenceField:
    hint = f"照片、PDF、docx、xlsx，最多 {MOST_FILES} 个。"
    return EvidenceField(label="证据（可不传）", required=False, help_text=hint)


class ReferralForm(forms.Form):
    """What a unit is referred for."""

    use_required_attribute = False

    unit = unit_field("涉及单位", required="请选涉及单位。")
    matter = forms.ChoiceField(
        label="移交事由",
        choices=Matter.choices,
        widget=forms.RadioSelect(attrs={"class": "opts-row"}),
        error_messages={"required": "请选移交事由。", "invalid_choice": "请从列出的事由里选。"},
    )
    text = words("情况", most=1000, required="情况还没写。", rows=6, hint="什么事、什么时候、依据是什么。")
    evidence = evidence_field()
    # The repeat signal whose facts are filled in, if it begins with one.
    kind = forms.ChoiceField(choices=Kind.choices, required=False, widget=forms.HiddenInput)

    @property
    def told(self) -> Told:
        given = self.cleaned_data
        return Told(given["unit"], Matter(given["matter"]), given["text"], given["evidence"])


class ReferralMoveForm(forms.Form):
    """What is said with a move of a referral. `version` is the state of it that the person saw."""

    use_required_attribute = False
    WORDS = {
        Move.NOTE: ("补充什么情况", "补充什么情况还没写。"),
        Move.SUBSTANTIATE: ("核实情况", "核实情况还没写。"),
        Move.DISMISS: ("核实情况", "核实情况还没写。"),
        Move.RECHECK: ("为什么重新核实", "为什么重新核实还没写。"),
        Move.HANDLE: ("怎么处理的", "怎么处理的还没写。"),
        Move.CLOSE: ("结论", "结论还没写。"),
    }
    WITH_FILES = frozenset({Move.NOTE, Move.SUBSTANTIATE, Move.DISMISS, Move.HANDLE})

    version = forms.IntegerField(
        min_value=0, widget=forms.HiddenInput, error_messages={"required": INCOMPLETE, "invalid": INCOMPLETE}
    )

    def __init__(self, *args: Any, move: Move, **options: Any) -> None:
        super().__init__(*args, **options)
        self.auto_id = f"id_{move}_%s"
        if move == Move.HANDLE:
            self.fields["measure"] = forms.ChoiceField(
                label="处理方式",
                choices=Measure.choices,
                widget=forms.RadioSelect(attrs={"class": "opts-row"}),
                error_messages={"required": "请选处理方式。", "invalid_choice": "请从列出的处理方式里选。"},
            )
        if move in self.WORDS:
            label, required = self.WORDS[move]
            self.fields["reason"] = words(label, most=1000, required=required)
        if move == Move.CLOSE:
            self.fields["reason"].help_text = "涉及单位看得到这一段，看不到是谁移交的、怎么核实的。"
        if move in self.WITH_FILES:
            self.fields["evidence"] = evidence_field()

    def show_against(self, version: int) -> None:
        """After a refusal: what was typed stays, and is sent next against the version now shown beside it."""
        self.data = {**{name: self.data[name] for name in self.data}, "version": str(version)}


class SignalForm(forms.Form):
    """With which facts a referral begins, as the link carries it."""

    kind = forms.ChoiceField(choices=Kind.choices)
    unit = forms.ModelChoiceField(Unit.objects.filter(is_active=True), to_field_name="code")


class ThresholdsForm(forms.Form):
    """From where on something is a repeat signal; the names are those of Thresholds."""

    use_required_attribute = False

    blue_months = number_field("连续几个月蓝旗算反复", "同一块图版上，还没断的。", least=2, most=12)
    overdue_cases = number_field("超时几件算多", "现在超时、还没有办结的。", least=1, most=100)
    ratings = number_field("至少几次评价才算满意率", "这个月和前两个月的评价，太少的不算。", least=1, most=100)
    satisfied_below = number_field("满意率低于百分之几算低", "满意和非常满意占全部评价的比例。", least=1, most=100)


class ReferralFilter(forms.Form):
    """Which referrals a list shows."""

    state = forms.ChoiceField(choices=State.choices, required=False)
    unit = forms.ModelChoiceField(Unit.objects.all(), required=False)
