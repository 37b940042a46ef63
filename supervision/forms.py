"""What the pages of inspections and referrals send. Every message names its field and says what to do."""

from datetime import date
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile

from accounts.models import Unit, User
from common.errors import DomainError
from common.listing import ListingSelect
from common.months import Month
from complaints.listings import unit_choice
from complaints.models import ProblemGroup
from complaints.move_forms import ManyFilesInput, PhotosField
from complaints.staff_forms import number_field
from grids.models import Grid, GridQuerySet
from progress.evidence import ACCEPTED, CleanEvidence, clean
from progress.forms import MonthField
from progress.models import MonthTask
from supervision.actions import MOST_FILES, Facts, Told
from supervision.actions.submitting import OLDEST
from supervision.models import Finding, Inspection, Matter, Measure, Outcome
from supervision.repeats import Kind
from supervision.workflow import Move, State

INCOMPLETE = "页面不完整，请刷新再填。"


def words(label: str, *, most: int, required: str = "", rows: int = 3, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=bool(required),
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": required, "max_length": f"{label}最多 {most} 个字，现在是 %(show_value)d 个字。"},
    )


def unit_field(label: str, *, required: str = "", hint: str = "") -> "forms.ModelChoiceField[Unit]":
    return forms.ModelChoiceField(
        Unit.objects.filter(is_active=True),
        label=label,
        help_text=hint,
        required=bool(required),
        widget=ListingSelect(unit_choice, empty="请选单位", attrs={"data-find": "打字找单位"}),
        error_messages={"required": required, "invalid_choice": "没有这个单位，请重新选。"},
    )


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


class InspectionFilter(forms.Form):
    """Which inspections a list shows."""

    month = MonthField(required=False)
    on = forms.DateField(required=False)
    unit = forms.ModelChoiceField(Unit.objects.all(), required=False)
    grid = forms.ModelChoiceField(Grid.objects.all(), to_field_name="code", required=False)
    by = forms.ModelChoiceField(User.objects.filter(inspections__submitted_at__isnull=False).distinct(), required=False)
