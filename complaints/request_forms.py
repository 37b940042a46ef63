"""The forms of the moves around more time (延期) and a stopped clock (挂账)."""

from datetime import timedelta

from django import forms

from common.clock import CITY_TIME
from complaints import actions
from complaints.actions.requests import MOST_EXTENSION_DAYS, MOST_SUSPENDED
from complaints.move_forms import MoveForm, words_field
from complaints.workflow import Move


def _days() -> forms.IntegerField:
    told = f"写 1 到 {MOST_EXTENSION_DAYS} 的整数。"
    return forms.IntegerField(
        label="延期几个工作日",
        min_value=1,
        max_value=MOST_EXTENSION_DAYS,
        widget=forms.NumberInput(attrs={"class": "w-4", "inputmode": "numeric"}),
        error_messages={
            "required": f"请写延期几个工作日，{told}",
            "invalid": f"延期几个工作日看不懂，{told}",
            "min_value": f"延期太短，{told}",
            "max_value": f"延期太长，{told}",
        },
    )


def _until() -> forms.DateField:
    return forms.DateField(
        label="挂账到哪天",
        help_text="到这天自动恢复计时",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请选挂账到哪天。", "invalid": "挂账到哪天看不懂，请写成 2026-12-02 这样。"},
    )


def _reason(what: str, hint: str = "") -> forms.CharField:
    return words_field(what, required=f"请写{what}。", hint=hint)


def _to_resident() -> forms.CharField:
    return words_field("给居民的说明（可不填）", hint="居民查进度时会看到这段话")


class AskExtensionForm(MoveForm):
    move = Move.ASK_EXTENSION
    days = _days()
    reason = _reason("延期理由", "每次办理只能申请一次，写清楚为什么来不及")


class _WithDay(MoveForm):
    def limit_choices(self) -> None:
        today = self.at.astimezone(CITY_TIME).date()
        span = {"min": today + timedelta(days=1), "max": today + MOST_SUSPENDED}
        self.fields["until"].widget.attrs |= {name: f"{day:%Y-%m-%d}" for name, day in span.items()}


class AskSuspensionForm(_WithDay):
    move = Move.ASK_SUSPENSION
    until = _until()
    reason = _reason("挂账理由", "写清楚现在为什么办不了、到时怎么办")


class GrantExtensionForm(MoveForm):
    move = Move.GRANT_EXTENSION
    days = _days()
    note = _to_resident()

    def suggest(self) -> None:
        asked = actions.pending_request(self.case)
        self.fields["days"].initial = asked.days if asked else None


class GrantSuspensionForm(_WithDay):
    move = Move.GRANT_SUSPENSION
    until = _until()
    note = _to_resident()

    def suggest(self) -> None:
        asked = actions.pending_request(self.case)
        self.fields["until"].initial = asked.until if asked else None


class RefuseExtensionForm(MoveForm):
    move = Move.REFUSE_EXTENSION
    reason = _reason("不同意的理由")


class RefuseSuspensionForm(MoveForm):
    move = Move.REFUSE_SUSPENSION
    reason = _reason("不同意的理由")


class ResumeForm(MoveForm):
    move = Move.RESUME
    note = words_field("说明（可不填）", hint="计时马上继续，期限按停了多久顺延")
