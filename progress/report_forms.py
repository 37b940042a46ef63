"""The form of a month report: one part for each task."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from progress.actions import Answer
from progress.forms import NewDateField
from progress.models import Evidence, MonthTask, Outcome, ReportLine

OF_NOT_DONE = {
    "reason": "写明为什么没完成。",
    "plan": "写明下一步怎么办。",
    "new_date": "写明新的完成日期，例如 12-03。",
}


class AnswerForm(forms.Form):
    """What the unit says of one task. Whole it must be only when the report is `submitted`."""

    outcome = forms.ChoiceField(
        label="完成了吗",
        choices=Outcome.choices,
        required=False,
        widget=forms.RadioSelect(attrs={"class": "opts-row"}),
    )
    text = forms.CharField(
        label="完成情况",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="做了什么、做到多少，一两句话。",
        error_messages={"max_length": "完成情况最多 500 字，现在是 %(show_value)d 字。"},
    )
    reason = forms.CharField(label="为什么没完成", max_length=300, required=False)
    plan = forms.CharField(label="下一步怎么办", max_length=300, required=False)

    def __init__(self, data: QueryDict | None, *, task: MonthTask, submitted: bool, line: ReportLine | None) -> None:
        self.task, self.submitted, self.line = task, submitted, line
        told = ("outcome", "text", "reason", "plan", "new_date")
        initial = {name: getattr(line, name) for name in told} if line else {}
        super().__init__(data, prefix=f"task-{task.pk}", initial=initial)
        self.fields["new_date"] = NewDateField(
            label="新的完成日期",
            required=False,
            earliest=task.earliest_new_date,
            widget=forms.TextInput(attrs={"class": "w-11", "placeholder": "12-03", "autocomplete": "off"}),
        )
        for name in ("reason", "plan"):
            self.fields[name].error_messages["max_length"] = "最多 %(limit_value)d 字，现在是 %(show_value)d 字。"

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if self.submitted:
            for name, sentence in self._gaps(said):
                if name not in self.errors:
                    self.add_error(name, sentence)
        return said

    def _gaps(self, said: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        if not said.get("outcome"):
            yield "outcome", "选一个：已完成，或者未完成。"
        elif said["outcome"] == Outcome.DONE:
            if not said.get("text"):
                yield "text", "写明完成情况，一句话就行。"
        else:
            wanted = {
                "reason": "写明为什么没完成。",
                "plan": "写明下一步怎么办。",
                "new_date": "写明新的完成日期，例如 12-03。",
            }
            yield from ((name, sentence) for name, sentence in wanted.items() if not said.get(name))

    @property
    def kept(self) -> list[Evidence]:
        return self.line.files if self.line else []

    @property
    def files_name(self) -> str:
        return f"{self.prefix}-files"

    @property
    def answer(self) -> Answer:
        return Answer(task=self.task, **self.cleaned_data)


class ReportForm:
    """All parts of a report together, with what went wrong with the files."""

    def __init__(
        self, tasks: Iterable[MonthTask], data: QueryDict | None = None, *, version: int, submitted: bool = False
    ) -> None:
        self.submitted = submitted
        self.parts = [
            AnswerForm(data, task=task, submitted=submitted, line=getattr(task, "report_line", None)) for task in tasks
        ]
        self.version = version
        if data is not None:
            sent = data.get("version", "")
            self.version = int(sent) if sent.isascii() and sent.isdigit() else -1
        self.note = ""
        self.refusals: list[str] = []

    def is_valid(self) -> bool:
        return all([part.is_valid() for part in self.parts])

    @property
    def tasks(self) -> list[MonthTask]:
        return [part.task for part in self.parts]

    @property
    def answers(self) -> list[Answer]:
        return [part.answer for part in self.parts]

    @property
    def gaps(self) -> int:
        return sum(len(part.errors) for part in self.parts)


class DueDayForm(forms.Form):
    day = forms.IntegerField(
        label="每月几日前上报",
        min_value=1,
        max_value=31,
        widget=forms.NumberInput(attrs={"class": "w-4 form-control-sm"}),
        error_messages={
            "required": "写 1 到 31 之间的一个日子。",
            "invalid": "写 1 到 31 之间的一个日子。",
            "min_value": "最早是 1 日。",
            "max_value": "最晚是 31 日。",
        },
    )
