"""What the pages of meetings send. Every message names its field and says what to do."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import SpecialGroup, Unit
from common.clock import CITY_TIME
from meetings.actions import Invitation
from meetings.models import LEADING_GROUP, Meeting
from meetings.workflow import ItemState, Move

INCOMPLETE = "页面不完整，请刷新再办。"


def day_field(label: str, *, required: str, hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=hint,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": required, "invalid": f"{label}写成 2026-12-03 这样。"},
    )


def words_field(label: str, *, most: int, required: str = "", rows: int = 3, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=bool(required),
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={
            "required": required,
            "max_length": f"{label}最多 {most} 字，现在是 %(show_value)d 字。",
        },
    )


def unit_field() -> "forms.ModelChoiceField[Unit]":
    return forms.ModelChoiceField(
        Unit.objects.filter(is_active=True),
        label="责任单位",
        empty_label="选一个单位",
        error_messages={"required": "选一个责任单位。", "invalid_choice": "选一个在用的责任单位。"},
    )


class VersionForm(forms.Form):
    """`version` is the state of the record that the person saw."""

    use_required_attribute = False
    version = forms.IntegerField(
        min_value=0, widget=forms.HiddenInput, error_messages={"required": INCOMPLETE, "invalid": INCOMPLETE}
    )

    def show_against(self, version: int) -> None:
        """After a refusal: what was typed stays, and is sent next against the version now shown beside it."""
        self.data = {**{name: self.data[name] for name in self.data}, "version": str(version)}


class InvitationForm(forms.Form):
    """When, where and about what."""

    use_required_attribute = False
    day = day_field("日期", required="选会议的日期。")
    time = forms.TimeField(
        label="时间",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "w-11"}),
        error_messages={"required": "填会议的时间，例如 09:00。", "invalid": "时间写成 09:00 这样。"},
    )
    place = forms.CharField(
        label="地点（可不填）",
        max_length=60,
        required=False,
        error_messages={"max_length": "地点最多 60 字，现在是 %(show_value)d 字。"},
    )
    agenda = words_field("议题（可不填）", most=2000, rows=5, hint="一行一条。旗、超时案件和交办事项不用写，材料里有。")

    @property
    def invitation(self) -> Invitation:
        given = self.cleaned_data
        moment = datetime.combine(given["day"], given["time"], CITY_TIME)
        return Invitation(moment, given["place"], given["agenda"])

    @staticmethod
    def told_by(meeting: Meeting) -> dict[str, Any]:
        held = meeting.held_at.astimezone(CITY_TIME)
        return {
            "day": held.date(),
            "time": held.time(),
            "place": meeting.place,
            "agenda": meeting.agenda,
            "version": meeting.version,
        }


class MeetingForm(InvitationForm):
    """A new meeting; whose it is cannot be changed later."""

    group = forms.ModelChoiceField(
        SpecialGroup.objects.all(),
        label="哪个组的会",
        required=False,
        empty_label=LEADING_GROUP,
        error_messages={"invalid_choice": "选一个专项推进组。"},
    )
    field_order = ["group"]

    def __init__(self, *args: Any, own: SpecialGroup | None, **options: Any) -> None:
        """`own`: the one group whose meetings this person holds; None for any."""
        super().__init__(*args, **options)
        self.own = own
        if own:
            del self.fields["group"]

    @property
    def chosen_group(self) -> SpecialGroup | None:
        """None is the leading group."""
        return self.own or self.cleaned_data["group"]


class ChangeForm(VersionForm, InvitationForm):
    pass


class MinutesForm(VersionForm):
    minutes = words_field(
        "会议纪要",
        most=10000,
        rows=14,
        required="写会议纪要，再保存。",
        hint="要单位办的事，另在“交办事项”里逐条列出。",
    )


class ItemForm(forms.Form):
    """One thing for one unit to do."""

    use_required_attribute = False
    unit = unit_field()
    content = words_field("要办的事", most=300, required="写明要办的事。", hint="一件事，写明办成什么样。")
    due_on = day_field("办结期限", required="选办结期限。")

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today

    def clean_due_on(self) -> date:
        due_on: date = self.cleaned_data["due_on"]
        if due_on < self.today:
            raise forms.ValidationError("办结期限不能早于今天。")
        return due_on


class InstructionForm(ItemForm):
    """A leader's instruction: words, a unit, the day of the reply."""

    field_order = ["content", "unit", "due_on"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["content"].label = "批示"
        self.fields["content"].help_text = "单位看得到。不写居民的姓名、电话和门牌号。"
        self.fields["content"].error_messages["required"] = "写批示。"
        self.fields["due_on"].label = "回复期限"
        self.fields["due_on"].error_messages["required"] = "选回复期限。"

    def clean_due_on(self) -> date:
        due_on: date = self.cleaned_data["due_on"]
        if due_on < self.today:
            raise forms.ValidationError("回复期限不能早于今天。")
        return due_on


class AboutForm(forms.Form):
    """On what an instruction is written, as links carry it: a case, a month task, or a figure with value and page."""

    case = forms.CharField(max_length=20, required=False)
    task = forms.IntegerField(min_value=1, required=False)
    figure = forms.CharField(max_length=60, required=False)
    value = forms.CharField(max_length=40, required=False)
    page = forms.CharField(max_length=200, required=False)

    def clean_page(self) -> str:
        """A page of ours, or none."""
        page: str = self.cleaned_data["page"]
        return page if page.startswith("/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None) else ""


class MoveForm(VersionForm):
    """What is said with a move of an action item."""

    WORDS = {
        Move.FOLLOW_UP: ("办到哪一步", "写明办到哪一步。"),
        Move.REPORT: ("办成了什么", "写明办成了什么，一句话就行。"),
        Move.POSTPONE: ("为什么改期", "写明为什么改期。"),
        Move.CONFIRM: ("说明（可不填）", ""),
        Move.CANCEL: ("为什么取消", "写明为什么取消。"),
        Move.REOPEN: ("为什么重新打开", "写明为什么重新打开。"),
    }

    def __init__(self, *args: Any, move: Move, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.auto_id = f"id_{move}_%s"
        self.today = today
        if move == Move.POSTPONE:
            self.fields["due_on"] = day_field("新的期限", required="选新的期限。")
        label, required = self.WORDS[move]
        self.fields["text"] = words_field(label, most=500, required=required)

    def clean_due_on(self) -> date:
        due_on: date = self.cleaned_data["due_on"]
        if due_on < self.today:
            raise forms.ValidationError("新的期限不能早于今天。")
        return due_on


class ItemFilter(forms.Form):
    """Which items a list shows; by default the open ones."""

    STATES = [("", "在办的"), ("overdue", "过期的"), ("reported", "等确认的"), *ItemState.choices[1:], ("all", "全部")]

    state = forms.ChoiceField(choices=STATES, required=False)
    unit = forms.ModelChoiceField(Unit.objects.all(), to_field_name="code", required=False)
