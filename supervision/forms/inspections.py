"""What the pages of inspections send. Every message names its field and says what to do."""

from datetime import date
from typing import Any, cast
from uuid import uuid4

from django import forms

from accounts.models import Unit, User
from common.months import Month
from complaints.models import ProblemGroup
from complaints.move_forms import PhotosField
from grids.models import Grid, GridQuerySet
from progress.forms import MonthField
from progress.models import MonthTask
from supervision.actions import Facts
from supervision.actions.submitting import OLDEST
from supervision.forms.fields import INCOMPLETE, unit_field, words
from supervision.models import Finding, Inspection, Matter, Outcome


class FactsForm(forms.Form):
    """When, where, and what was looked at. One of grid, point, unit and place is needed."""

    use_required_attribute = False

    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": INCOMPLETE, "invalid": INCOMPLETE})
    on = forms.DateField(
        label="日期",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "日期还没选。", "invalid": "日期写成 2026-12-03 这样。"},
    )
    unit = unit_field("涉及单位", hint="单位、网格、地点，有一样就行。")
    grid = forms.ModelChoiceField(
        Grid.objects.none(),
        label="网格",
        required=False,
        empty_label="没有选网格",
        widget=forms.Select(attrs={"data-find": "打字找网格，如 阳光 012"}),
        error_messages={"invalid_choice": "没有这个网格，请重新选。"},
    )
    place = forms.CharField(
        label="地点",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "例如：二中门口到桥头"}),
        error_messages={"max_length": "地点最多 %(limit_value)d 个字，现在是 %(show_value)d 个字。"},
    )
    longitude = forms.FloatField(min_value=-180, max_value=180, required=False, widget=forms.HiddenInput)
    latitude = forms.FloatField(min_value=-90, max_value=90, required=False, widget=forms.HiddenInput)
    looked_at = words(
        "看了什么", most=1000, required="看了什么还没写。", hint="看了哪几处、哪几项。不写他人的姓名和电话。"
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        self.offer_grids(Grid.objects.current())

    def offer_grids(self, grids: GridQuerySet) -> None:
        field = cast("forms.ModelChoiceField[Grid]", self.fields["grid"])
        field.queryset = grids.select_related("community__town")

    @staticmethod
    def told_by(inspection: Inspection) -> dict[str, Any]:
        names = ("on", "unit", "grid", "place", "longitude", "latitude", "looked_at")
        return {name: getattr(inspection, name) for name in names} | {
            "key": inspection.key.partition(":")[2],
            "unit": inspection.unit_id,
            "grid": inspection.grid_id,
        }

    @staticmethod
    def fresh(today: date) -> dict[str, Any]:
        return {"key": uuid4(), "on": today}

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError("日期不能晚于今天。")
        if on < self.today - OLDEST:
            raise forms.ValidationError(f"日期超过 {OLDEST.days} 天，不能再补记。")
        return on

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        named = self.point or given.get("grid") or given.get("unit") or given.get("place")
        if not named and not {"grid", "unit", "place"} & set(self.errors):
            self.add_error("unit", "涉及单位、网格、地点都还没填，有一样就行；也可以点地图。")
        # The point comes from a script: half of one, or a broken one, is no answer and nobody could mend it.
        self.errors.pop("longitude", None)
        self.errors.pop("latitude", None)
        return given

    @property
    def point(self) -> tuple[float, float] | None:
        longitude, latitude = self.cleaned_data.get("longitude"), self.cleaned_data.get("latitude")
        return None if longitude is None or latitude is None else (longitude, latitude)

    @property
    def facts(self) -> Facts:
        """As far as they are right: what a draft keeps has gaps."""
        given = self.cleaned_data
        return Facts(
            on=given.get("on") or self.today,
            grid=given.get("grid"),
            unit=given.get("unit"),
            place=given.get("place", ""),
            looked_at=given.get("looked_at", ""),
            point=self.point,
        )


class TaskField(forms.ModelChoiceField):  # type: ignore[type-arg]  # cannot be subscripted when it runs
    def label_from_instance(self, task: Any) -> str:
        return f"{task.group}：{task.content}"


class FindingForm(forms.Form):
    """One thing that was found, and what becomes of it."""

    use_required_attribute = False

    text = words("什么情况", most=500, required="情况还没写。", hint="什么问题、在什么位置。不写他人的姓名和电话。")
    photos = PhotosField(label="照片（可不传，最多 6 张）", required=False)
    outcome = forms.ChoiceField(
        label="怎么办",
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "怎么办还没选。", "invalid_choice": "怎么办请从列出的里面选。"},
    )
    group = forms.ChoiceField(
        label="哪一类问题",
        required=False,
        choices=[("", "请选一类"), *ProblemGroup.choices],
        error_messages={"invalid_choice": "请从列出的类别里选一类。"},
    )
    place = forms.CharField(
        label="具体地方（可不填）",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": "具体地方最多 %(limit_value)d 个字，现在是 %(show_value)d 个字。"},
    )
    unit = unit_field("移交哪个单位")
    matter = forms.ChoiceField(
        label="移交事由",
        required=False,
        choices=[("", "请选事由"), *Matter.choices],
        error_messages={"invalid_choice": "请从列出的事由里选。"},
    )
    task = TaskField(
        MonthTask.objects.none(),
        label="哪一项月任务",
        required=False,
        empty_label="请选一项",
        error_messages={"invalid_choice": "没有这项任务，请重新选。"},
    )

    def __init__(self, data: Any = None, files: Any = None, *, finding: Finding) -> None:
        self.concerned = finding.inspection.concerned
        super().__init__(data, files, initial=self._told_by(finding))
        self.month = Month.of(finding.inspection.on)
        self.tasks = MonthTask.objects.of_month(self.month).filter(unit=self.concerned).select_related("group")
        cast(TaskField, self.fields["task"]).queryset = self.tasks
        outcome = cast(forms.ChoiceField, self.fields["outcome"])
        outcome.choices = [(value, HINTED[Outcome(value)]) for value in Outcome.values]

    def _told_by(self, finding: Finding) -> dict[str, Any]:
        likely = self.concerned.pk if self.concerned else None
        return {name: getattr(finding, name) for name in ("text", "outcome", "group", "place", "matter")} | {
            "task": finding.task_id,
            "unit": finding.unit_id or likely,
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        outcome = given.get("outcome")
        if outcome == Outcome.CASE and not given.get("group") and "group" not in self.errors:
            self.add_error("group", "请选一类问题，说不准就选“其他”。")
        if outcome == Outcome.REMARK and not given.get("task") and "task" not in self.errors:
            self.add_error("task", self._why_no_task())
        if outcome == Outcome.REFERRAL:
            self._ask_for({"unit": "请选移交哪个单位。", "matter": "请选移交事由。"}, given)
        return given

    def _ask_for(self, needed: dict[str, str], given: dict[str, Any]) -> None:
        for name, sentence in needed.items():
            if not given.get(name) and name not in self.errors:
                self.add_error(name, sentence)

    def _why_no_task(self) -> str:
        if self.concerned is None:
            return "先在“改基本情况”里选涉及单位，再选它的月任务。"
        if not self.tasks.exists():
            return f"{self.concerned} {self.month.month} 月没有月任务，请换一种办法。"
        return "请选哪一项月任务。"

    @property
    def said(self) -> dict[str, Any]:
        """What of it is right, for the draft: the pictures are kept by themselves."""
        return {name: value for name, value in self.cleaned_data.items() if name != "photos"}


HINTED = {
    Outcome.CASE: "立案：城市问题，派给责任单位办",
    Outcome.REMARK: "任务提示：写在这个单位的月任务上，标旗时看得到",
    Outcome.REFERRAL: "移交督导：不落实、不重视等，只有您和督导组知道",
}


class CorrectionForm(FactsForm):
    """The facts and the words of the findings, against the version that the person saw, with the reason."""

    version = forms.IntegerField(
        min_value=0, widget=forms.HiddenInput, error_messages={"required": INCOMPLETE, "invalid": INCOMPLETE}
    )
    reason = words("更正原因", most=300, required="更正原因还没写。", rows=2, hint="和更正前后的内容一起留着。")

    def __init__(self, data: Any = None, *, inspection: Inspection, findings: list[Finding], today: date) -> None:
        super().__init__(data, initial=self.told_by(inspection) | {"version": inspection.version}, today=today)
        kept = Grid.objects.filter(pk=inspection.grid_id or 0)  # it may have been retired since
        self.offer_grids(Grid.objects.current() | kept)
        self.findings = {f"finding-{finding.pk}": finding for finding in findings}
        for number, (name, finding) in enumerate(self.findings.items(), start=1):
            self.fields[name] = words(f"第 {number} 个问题", most=500, required=f"第 {number} 个问题的情况不能是空的。")
            self.fields[name].initial = finding.text
        self.order_fields(["on", "unit", "grid", "place", "looked_at", *self.findings, "reason"])

    def clean_on(self) -> date:
        """However long ago it was."""
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError("日期不能晚于今天。")
        return on

    @property
    def finding_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.findings]

    @property
    def texts(self) -> dict[int, str]:
        return {finding.pk: self.cleaned_data[name] for name, finding in self.findings.items()}

    def show_against(self, version: int) -> None:
        """After a refusal: what was typed stays, and is sent next against the version now shown beside it."""
        self.data = {**{name: self.data[name] for name in self.data}, "version": str(version)}


class InspectionFilter(forms.Form):
    """Which inspections a list shows."""

    month = MonthField(required=False)
    on = forms.DateField(required=False)
    unit = forms.ModelChoiceField(Unit.objects.all(), required=False)
    grid = forms.ModelChoiceField(Grid.objects.all(), to_field_name="code", required=False)
    by = forms.ModelChoiceField(User.objects.filter(inspections__submitted_at__isnull=False).distinct(), required=False)
