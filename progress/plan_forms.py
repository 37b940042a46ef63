"""What the pages of annual plans, their amendments and objections send. Every message names its field."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from accounts.models import SpecialGroup
from progress.actions import Change, Statement, TaskDraft
from progress.forms import NewDateField
from progress.models import (
    LONGEST_CONTENT,
    LONGEST_MEASURE,
    LONGEST_TARGET,
    Amendment,
    AnnualPlan,
    Flag,
    MonthTask,
    PlanMonth,
    PlanTask,
)
from progress.plan_sheet import MOST_BYTES
from progress.plan_stats import MONTHS

INCOMPLETE = "页面不完整，请刷新再办。"


def version_field() -> forms.IntegerField:
    """The state of the record that the person saw."""
    said = {"required": INCOMPLETE, "invalid": INCOMPLETE}
    return forms.IntegerField(min_value=0, widget=forms.HiddenInput, error_messages=said)


def words_field(label: str, most: int, *, required: str = "", rows: int = 3, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=most,
        required=bool(required),
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": required, "max_length": f"{label}最多 {most} 字，现在是 %(show_value)d 字。"},
    )


def line_field(label: str, most: int, *, required: str = "", hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=most,
        required=bool(required),
        # No maxlength: the browser would cut off a pasted text unseen.
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": False}),
        error_messages={"required": required, "max_length": f"{label}最多 {most} 字，现在是 %(show_value)d 字。"},
    )


def group_field() -> "forms.ModelChoiceField[SpecialGroup]":
    return forms.ModelChoiceField(
        SpecialGroup.objects.filter(has_board=True),
        label="专项推进组",
        empty_label="选一个专项组",
        error_messages={"required": "选一个专项推进组。", "invalid_choice": "选一个有图版的专项推进组。"},
    )


class PlanTaskForm(forms.Form):
    """One task of a plan with its twelve months. `fill` copies the first target into the empty months after it."""

    use_required_attribute = False
    version = version_field()
    group = group_field()
    content = line_field(
        "任务",
        LONGEST_CONTENT,
        required="写明任务，例如：清运无物业楼院垃圾。",
        hint="一件事，例如：清运无物业楼院垃圾。",
    )
    measure = words_field(
        "措施和衡量标准（可不填）", LONGEST_MEASURE, rows=2, hint="怎么做、做到什么算完成，例如：当天清完，社区验收。"
    )

    def __init__(self, data: Mapping[str, Any] | None, *, plan: AnnualPlan, task: PlanTask | None) -> None:
        self.plan, self.task = plan, task
        initial: dict[str, Any] = {"version": plan.version}
        if task:
            initial |= {"group": task.group_id, "content": task.content, "measure": task.measure}
            initial |= {f"month_{month.month}": month.target for month in task.months.all()}
        super().__init__(data, initial=initial)
        for month in MONTHS:
            self.fields[f"month_{month}"] = line_field(f"{month} 月", LONGEST_TARGET)

    @property
    def months(self) -> list[forms.BoundField]:
        return [self[f"month_{month}"] for month in MONTHS]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        same = self.plan.tasks.filter(group=given.get("group"), content=given.get("content"))
        others = same.exclude(pk=self.task.pk) if self.task else same
        if given.get("group") and given.get("content") and others.exists():
            self.add_error("content", "计划里这个组已经有一项同样的任务。改一下，或者改那一项。")
        return given

    @property
    def draft(self) -> TaskDraft:
        given = self.cleaned_data
        targets = {month: given[f"month_{month}"] for month in MONTHS if given[f"month_{month}"]}
        return TaskDraft(given["group"], given["content"], given["measure"], targets)

    @staticmethod
    def filled(data: Mapping[str, Any]) -> dict[str, Any]:
        """What was typed, with the first target put into every empty month after it."""
        typed = {name: data[name] for name in data}
        last = ""
        for month in MONTHS:
            last = last or str(typed.get(f"month_{month}", "")).strip()
            typed[f"month_{month}"] = str(typed.get(f"month_{month}", "")).strip() or last
        return typed


class VersionForm(forms.Form):
    version = version_field()


class DecisionForm(VersionForm):
    """The office on a submitted plan; sent back, it needs to know why."""

    use_required_attribute = False
    text = words_field("为什么退回", 300, required="写明为什么退回、要改什么。", hint="单位看得到，按这个改。")


class PlanYearForm(forms.Form):
    year = forms.IntegerField(min_value=2000, max_value=2999, required=False)


class PlanUploadForm(forms.Form):
    file = forms.FileField(
        label="填好的表",
        help_text="xlsx，照模板填的。",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": "选一个填好的 xlsx 文件。", "empty": "这个文件是空的。请重新选。"},
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if not (file.name or "").lower().endswith(".xlsx"):
            raise forms.ValidationError("只能导入 xlsx 文件。旧的 xls 请在 Excel 里另存为 xlsx 再传。")
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(f"文件太大，最大 {MOST_BYTES // 1024 // 1024} MB。请删掉图片和多余的表再传。")
        return file


class ReasonForm(forms.Form):
    """Why a month of an approved plan shall be otherwise. By itself it takes a month's target out."""

    use_required_attribute = False
    reason = words_field("为什么调整", 300, required="写明为什么调整。", hint="创城办看了理由再决定。")

    def change(self, standing: PlanMonth) -> Change:
        return Change(Amendment.Kind.DROP, standing.month, task=standing.task)


class RewordForm(ReasonForm):
    """Another target for a month that has one."""

    target = line_field("改成做到什么", LONGEST_TARGET, required="写明这个月改成做到什么，例如：清运 2 次。")
    field_order = ["target", "reason"]

    def change(self, standing: PlanMonth) -> Change:
        return Change(Amendment.Kind.CHANGE, standing.month, task=standing.task, target=self.cleaned_data["target"])


class AddForm(ReasonForm):
    """One more month: of a task the plan has, or of a new one, which needs a group and words."""

    task = forms.ModelChoiceField(
        PlanTask.objects.none(),
        label="哪项任务",
        empty_label="新的任务（下面写）",
        required=False,
        error_messages={"invalid_choice": "这项任务不在计划里，请重选。"},
    )
    group = group_field()
    content = line_field("新的任务", LONGEST_CONTENT, hint="选了计划里的任务就不用写。")
    measure = words_field("措施和衡量标准（可不填）", LONGEST_MEASURE, rows=2)
    month = forms.TypedChoiceField(
        label="哪个月",
        coerce=int,
        choices=[("", "选一个月"), *((month, f"{month} 月") for month in MONTHS)],
        error_messages={"required": "选一个月。", "invalid_choice": "选 1 到 12 月中的一个月。"},
    )
    target = line_field("这个月做到什么", LONGEST_TARGET, required="写明这个月做到什么，例如：清运 4 次。")
    field_order = ["task", "group", "content", "measure", "month", "target", "reason"]

    def __init__(self, *args: Any, plan: AnnualPlan, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["task"].queryset = plan.tasks.all()  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["group"].required = False

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not given.get("task") and "task" not in self.errors:
            for name, sentence in (("group", "新的任务要选一个专项推进组。"), ("content", "写明新的任务。")):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return given

    @property
    def addition(self) -> Change:
        given = self.cleaned_data
        told = ("task",) if given["task"] else ("group", "content", "measure")
        return Change(
            Amendment.Kind.ADD, given["month"], target=given["target"], **{name: given[name] for name in told}
        )


class AmendmentDecisionForm(forms.Form):
    use_required_attribute = False
    words = words_field("审批意见（不同意时必填）", 300, rows=2)


class ObjectionForm(forms.Form):
    """Why a flag is wrong, and the flag that was read."""

    use_required_attribute = False
    version = version_field()
    reason = words_field(
        "为什么不同意这面旗", 300, required="写明为什么不同意这面旗。", hint="写事实：哪天做了、做到多少、证据在哪。"
    )


class ObjectionDecisionForm(forms.Form):
    """The office's answer: the flag stays, or another one with what that needs."""

    use_required_attribute = False
    UPHOLD = "uphold"

    answer = forms.ChoiceField(
        label="怎么定", widget=forms.RadioSelect, error_messages={"required": "选一个：维持原旗，或者改旗。"}
    )
    reason = forms.CharField(label="为什么没完成", max_length=300, required=False)
    plan = forms.CharField(label="下一步怎么办", max_length=300, required=False)
    words = words_field("答复", 300, required="写一句答复，单位看得到。", rows=2)

    def __init__(self, data: Mapping[str, Any] | None, *, task: MonthTask) -> None:
        super().__init__(data)
        flags = [flag for flag in (Flag.RED, Flag.BLUE, Flag.UNMARKED) if flag != task.flag]
        answer = self.fields["answer"]
        answer.choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (self.UPHOLD, f"维持{Flag(task.flag).label}"),
            *((flag.value, f"改成{flag.label}" if flag != Flag.UNMARKED else "取消标旗") for flag in flags),
        ]
        if Flag.BLUE not in flags:
            for name in ("reason", "plan"):
                del self.fields[name]
        else:
            self.fields["new_date"] = NewDateField(
                label="新的完成日期", required=False, earliest=task.earliest_new_date,
                widget=forms.TextInput(attrs={"class": "w-11", "placeholder": "12-03", "autocomplete": "off"}),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("answer") == Flag.BLUE:
            wanted = {
                "reason": "改成蓝旗要写明为什么没完成。",
                "plan": "改成蓝旗要写明下一步怎么办。",
                "new_date": "改成蓝旗要写明新的完成日期，例如 12-03。",
            }
            for name, sentence in wanted.items():
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return given

    @property
    def statement(self) -> Statement | None:
        given = self.cleaned_data
        return Statement(given["reason"], given["plan"], given["new_date"]) if given["answer"] == Flag.BLUE else None
