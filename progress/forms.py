import re
import unicodedata
from contextlib import suppress
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices

from accounts.models import SpecialGroup, Unit
from common.months import Month
from progress.actions import Statement
from progress.models import LONGEST_CONTENT, Flag, MonthTask, Publicity

TYPED_DATE = re.compile(r"(?:(\d{4})\D?)?(\d{1,2})(?:\D(\d{1,2})\D?|(?<=\d\d)(\d\d))")


class MonthField(forms.Field):
    """A month as addresses and selects carry it: 2026-11."""

    default_error_messages = {"invalid": "月份写成 2026-11 这样。"}

    def to_python(self, value: Any) -> Month | None:
        if value in self.empty_values:
            return None
        try:
            year, month = str(value).split("-")
            return Month(int(year), int(month))
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class NewDateField(forms.CharField):
    """A date as clerks type it: 2026-12-03, 20261203, 12-03, 12月3日; without a year, the next from `earliest` on."""

    default_error_messages = {
        "unreadable": "看不懂这个日期，写成 12-03 或 2026-12-03 这样。",
        "no_such_day": "没有 %(month)s 月 %(day)s 日这一天。",
        "too_early": "新的完成日期不能早于 %(year)s 年 %(month)s 月 %(day)s 日。",
    }

    def __init__(self, *, earliest: date, **options: Any) -> None:
        self.earliest = earliest
        super().__init__(**options)

    def clean(self, value: Any) -> date | None:
        typed = unicodedata.normalize("NFKC", str(super().clean(value)))
        if not typed:
            return None
        found = TYPED_DATE.fullmatch("".join(typed.split()))
        if not found:
            raise ValidationError(self.error_messages["unreadable"], code="unreadable")
        year, month, day = found[1], int(found[2]), int(found[3] or found[4])
        meant = self._date(int(year) if year else None, month, day)
        if meant < self.earliest:
            raise self._refusal("too_early", year=self.earliest.year, month=self.earliest.month, day=self.earliest.day)
        return meant

    def _date(self, year: int | None, month: int, day: int) -> date:
        for candidate in [year] if year else [self.earliest.year, self.earliest.year + 1]:
            with suppress(ValueError):
                meant = date(candidate, month, day)
                if year or meant >= self.earliest:
                    return meant
        raise self._refusal("no_such_day", month=month, day=day)

    def _refusal(self, code: str, **numbers: int) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params=numbers)


class MarkForm(forms.Form):
    """Which flag, and the version of the task its marker had read."""

    flag = forms.ChoiceField(choices=Flag.choices)
    version = forms.IntegerField(min_value=0)


class StatementForm(forms.Form):
    """未完成情况说明: what a blue flag must say."""

    reason = forms.CharField(
        label="为什么没完成", max_length=300, error_messages={"required": "写明为什么没完成，一句话就行。"}
    )
    plan = forms.CharField(
        label="下一步怎么办", max_length=300, error_messages={"required": "写明下一步怎么办，一句话就行。"}
    )

    def __init__(self, *args: Any, task: MonthTask, key: str = "", **options: Any) -> None:
        """`key` stands for the task in the ids of the fields."""
        super().__init__(*args, **options)
        self.auto_id = f"task-{key or task.pk}-%s"
        self.fields["new_date"] = NewDateField(
            label="新的完成日期",
            earliest=task.earliest_new_date,
            error_messages={"required": "写明新的完成日期，例如 12-03。"},
        )
        for field in self.fields.values():
            # No maxlength: the browser would cut off a pasted text unseen.
            field.widget.attrs |= {"class": "form-control-sm", "autocomplete": "off", "maxlength": False}
        for name in ("reason", "plan"):
            self.fields[name].error_messages["max_length"] = "最多 %(limit_value)d 字，现在是 %(show_value)d 字。"

    @property
    def statement(self) -> Statement:
        return Statement(**self.cleaned_data)


class PublicityForm(forms.Form):
    publicity = forms.ChoiceField(
        label="公众能看到多少", choices=Publicity.choices, widget=forms.RadioSelect(attrs={"class": "opts-row"})
    )


class BoardChoice(forms.Form):
    """Where the choosers at the top of the boards lead."""

    group = forms.ModelChoiceField(SpecialGroup.objects.filter(has_board=True), to_field_name="code", required=False)
    month = MonthField(required=False)
    year = forms.IntegerField(min_value=2000, max_value=2999, required=False)


class PaperChoice(forms.Form):
    size = forms.ChoiceField(choices=[("a3", "A3"), ("a0", "A0")], required=False)


class MonthChoice(forms.Form):
    month = MonthField(required=False)


class Shown(TextChoices):
    """Which tasks of a board the marker wants to see."""

    ALL = "", "全部"
    UNMARKED = "unmarked", "未标"
    UNREPORTED = "unreported", "没有报告"
    DISPUTED = "disputed", "有异议"


class GridFilter(forms.Form):
    show = forms.ChoiceField(choices=[(shown.value, shown.label) for shown in Shown], required=False)


class TaskFilter(forms.Form):
    month = MonthField(required=False)
    group = forms.ModelChoiceField(
        SpecialGroup.objects.filter(has_board=True), to_field_name="code", required=False, empty_label="全部图版"
    )


class TaskForm(forms.Form):
    """One month task beside the annual plan, written by the creation office."""

    unit = forms.ModelChoiceField(
        Unit.objects.filter(is_active=True),
        label="责任单位",
        empty_label="选一个单位",
        error_messages={"required": "选一个责任单位。"},
    )
    group = forms.ModelChoiceField(
        SpecialGroup.objects.filter(has_board=True),
        label="专项推进组",
        empty_label="选一个专项组",
        error_messages={"required": "选一个专项推进组。"},
    )
    month = MonthField(label="月份", widget=forms.Select(), error_messages={"required": "选一个月份。"})
    content = forms.CharField(
        label="任务内容",
        max_length=LONGEST_CONTENT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="一件事，写明数量，例如：清运无物业楼院垃圾 4 次。",
        error_messages={
            "required": "写明任务内容。",
            "max_length": f"任务内容最多 {LONGEST_CONTENT} 字，现在是 %(show_value)d 字。",
        },
    )
    why = forms.CharField(
        label="为什么加",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="单位看得到；计划已经批准的，和理由一起记成一次计划调整。",
        error_messages={"required": "写明为什么加。", "max_length": "为什么加最多 300 字，现在是 %(show_value)d 字。"},
    )

    def __init__(self, *args: Any, months: list[Month], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["month"].widget.choices = [(str(m), f"{m.year} 年 {m.month} 月") for m in months]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if len(given) == len(self.fields):
            same = MonthTask.objects.of_month(given["month"]).filter(
                unit=given["unit"], group=given["group"], content=given["content"]
            )
            if same.exists():
                self.add_error("content", "这个单位这个月已经有一项同样的任务。改一下内容，或者不用再加。")
        return given
