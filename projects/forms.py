"""What the pages of projects send. Every message names its field and says what to do."""

import re
from datetime import date
from typing import Any

from django import forms

from accounts.models import Leader, Unit
from complaints.move_forms import PhotosField
from projects.actions import Plan
from projects.models import MOST_STAGES, Kind, Project, Stage

INCOMPLETE = "页面不完整，请刷新再办。"
STAGE_LINE = re.compile(r"(.+?)[\s，,：:]+(\d{4}-\d{1,2}-\d{1,2})")


def words(label: str, *, most: int, required: str, rows: int = 3, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": required, "max_length": f"{label}最多 {most} 字，现在是 %(show_value)d 字。"},
    )


class StagesField(forms.CharField):
    """A stage a line, its name and its day: 方案和招标 2026-04-30."""

    widget = forms.Textarea(attrs={"rows": 5})

    def clean(self, value: Any) -> tuple[tuple[str, date], ...]:
        lines = [line.strip() for line in str(super().clean(value)).splitlines() if line.strip()]
        if len(lines) > MOST_STAGES:
            raise forms.ValidationError(f"最多 {MOST_STAGES} 个阶段，现在是 {len(lines)} 个。合并几个。")
        return tuple(self._stage(number, line) for number, line in enumerate(lines, start=1))

    def _stage(self, number: int, line: str) -> tuple[str, date]:
        found = STAGE_LINE.fullmatch(line)
        if not found or len(found[1]) > 60:
            raise forms.ValidationError(f"第 {number} 行看不懂，写成“方案和招标 2026-04-30”这样，名称不超过 60 字。")
        try:
            year, month, day = map(int, found[2].split("-"))
            return found[1], date(year, month, day)
        except ValueError:
            raise forms.ValidationError(f"第 {number} 行没有 {found[2]} 这一天。") from None


class ProjectForm(forms.Form):
    """A new project, written by the creation office."""

    use_required_attribute = False
    kind = forms.ChoiceField(
        label="类别",
        choices=Kind.choices,
        widget=forms.RadioSelect(attrs={"class": "opts-row"}),
        error_messages={"required": "选一个类别。"},
    )
    title = forms.CharField(
        label="名称",
        max_length=80,
        error_messages={"required": "填项目名称。", "max_length": "名称最多 80 字，现在是 %(show_value)d 字。"},
    )
    goal = words("办成什么样", most=300, required="写明办成什么样。", hint="居民看得懂的话，写明数量和地方。")
    unit = forms.ModelChoiceField(
        Unit.objects.filter(is_active=True),
        label="责任单位",
        empty_label="选一个单位",
        error_messages={"required": "选一个责任单位。"},
    )
    leader = forms.ModelChoiceField(
        Leader.objects.filter(is_active=True),
        label="牵头领导（重大民生实事要选）",
        empty_label="不选",
        required=False,
    )
    due_on = forms.DateField(
        label="完成期限",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "选完成期限。", "invalid": "完成期限写成 2026-12-03 这样。"},
    )
    stages = StagesField(
        label="阶段",
        max_length=800,
        help_text="一行一个，名称和计划完成日期，例如：方案和招标 2026-04-30。",
        error_messages={"required": "至少写一个阶段。"},
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("kind") == Kind.MAJOR and not given.get("leader"):
            self.add_error("leader", "重大民生实事要选牵头领导。")
        due_on = given.get("due_on")
        if due_on and any(day > due_on for _, day in given.get("stages", ())):
            self.add_error("stages", "阶段的日期不能晚于完成期限。")
        return given

    @property
    def plan(self) -> Plan:
        return Plan(**{**self.cleaned_data, "kind": Kind(self.cleaned_data["kind"])})


class NoteForm(forms.Form):
    """Words on a project. `version` is the state of the project that the person saw."""

    use_required_attribute = False
    version = forms.IntegerField(
        min_value=0, widget=forms.HiddenInput, error_messages={"required": INCOMPLETE, "invalid": INCOMPLETE}
    )
    text = words("说明", most=500, required="写一句说明。", rows=2)

    def show_against(self, version: int) -> None:
        """After a refusal: what was typed stays, and is sent next against the version now shown beside it."""
        self.data = {**{name: self.data[name] for name in self.data}, "version": str(version)}


class ProgressForm(NoteForm):
    text = words("办到哪一步", most=500, required="写明办到哪一步。", hint="居民也看得到，不写电话和人名。")
    stage = forms.ModelChoiceField(
        Stage.objects.none(), label="完成了哪个阶段（没有就不选）", required=False, empty_label="还没有完成一个阶段"
    )
    photos = PhotosField(label="照片（可不传）", required=False, help_text="最多 6 张，居民也看得到。")

    def __init__(self, *args: Any, project: Project, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["stage"]
        field.queryset = project.stages.filter(done_on=None)


class ProjectFilter(forms.Form):
    """Which projects the list shows."""

    STATES = [("", "全部"), ("under_way", "办理中"), ("completed", "已完成"), ("overdue", "超过期限")]

    year = forms.IntegerField(min_value=2000, max_value=2999, required=False)
    kind = forms.ChoiceField(choices=[("", "两类"), *Kind.choices], required=False)
    state = forms.ChoiceField(choices=STATES, required=False)
    mine = forms.BooleanField(required=False)
