from datetime import date
from typing import Any

from django import forms

from progress.actions import Statement
from progress.forms import NewDateField
from progress.models import Flag, MonthTask
from progress.report_forms import OF_NOT_DONE


class CorrectionForm(forms.Form):
    """What a flag of a closed month should have been, and why; blue needs its statement."""

    flag = forms.ChoiceField(
        label="更正为",
        choices=Flag.choices,
        widget=forms.RadioSelect(attrs={"class": "opts-row"}),
        error_messages={"required": "选一个：红旗、蓝旗或未标。"},
    )
    why = forms.CharField(
        label="为什么更正",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "写明为什么更正，例如：复核时发现台账有误。",
            "max_length": "更正理由最多 300 字，现在是 %(show_value)d 字。",
        },
    )
    reason = forms.CharField(label="为什么没完成（更正为蓝旗时填）", max_length=300, required=False)
    plan = forms.CharField(label="下一步怎么办（更正为蓝旗时填）", max_length=300, required=False)
    number = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, task: MonthTask, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["new_date"] = NewDateField(
            label="新的完成日期（更正为蓝旗时填）",
            required=False,
            earliest=task.earliest_new_date,
            widget=forms.TextInput(attrs={"class": "w-11", "placeholder": "12-03", "autocomplete": "off"}),
        )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("flag") == Flag.BLUE:
            for name, sentence in OF_NOT_DONE.items():
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return said

    @property
    def statement(self) -> Statement | None:
        said = self.cleaned_data
        if said["flag"] != Flag.BLUE:
            return None
        return Statement(said["reason"], said["plan"], said["new_date"])


class MadeGoodForm(forms.Form):
    """When a blue task was completed after all, and how."""

    note = forms.CharField(
        label="怎么补成的",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "写明怎么补成的，一句话就行。",
            "max_length": "补成说明最多 300 字，现在是 %(show_value)d 字。",
        },
    )

    def __init__(self, *args: Any, task: MonthTask, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        self.fields["on"] = NewDateField(
            label="补成日期",
            earliest=task.due_month.shifted(1).first_day,
            widget=forms.TextInput(attrs={"class": "w-11", "autocomplete": "off"}),
            error_messages={
                "required": "写明补成日期，例如 12-03。",
                "too_early": "补成日期不能早于 %(year)s 年 %(month)s 月 %(day)s 日：当月完成的是红旗。",
            },
        )
        self.order_fields(["on", "note"])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("on") and said["on"] > self.today:
            self.add_error("on", "补成日期不能晚于今天。")
        return said
