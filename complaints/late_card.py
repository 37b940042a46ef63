"""What a case's page says of its lateness: who was told, who said what to it, and the form to say it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django import forms

from accounts.models import User
from complaints import words
from complaints.actions import LONGEST_REST
from complaints.models import Complaint, Escalation
from complaints.permissions import may_acknowledge

REST_DAYS = [(str(days), f"{days} 天") for days in range(1, LONGEST_REST.days + 1)]


class AcknowledgeForm(forms.Form):
    """知道了，正在办: reminders rest meanwhile."""

    use_required_attribute = False
    note = forms.CharField(
        label="正在怎么办",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="创城办看得到，居民看不到。",
        error_messages={
            "required": "正在怎么办：写一句，比如“配件周四到，到了就换”。",
            "max_length": "正在怎么办：最多 200 个字，现在是 %(show_value)d 个。",
        },
    )
    days = forms.ChoiceField(
        label="这几天不再提醒",
        choices=REST_DAYS,
        widget=forms.RadioSelect(attrs={"class": "opts-row"}),
        initial="1",
        error_messages={"required": "选几天不再提醒。", "invalid_choice": "几天不再提醒，请从列出的里面选。"},
    )

    @property
    def rest(self) -> timedelta:
        return timedelta(days=int(self.cleaned_data["days"]))


@dataclass(frozen=True)
class Said:
    note: str
    who: str
    is_resting: bool


@dataclass(frozen=True)
class LateCard:
    """`may_say`: whether this person has something to say to it; `form` where that lies open."""

    steps: list[str]
    said: list[Said]
    may_say: bool
    form: AcknowledgeForm | None

    def __bool__(self) -> bool:
        return bool(self.steps or self.said or self.may_say)


def late_card(case: Complaint, *, user: User, at: datetime, form: AcknowledgeForm | None = None) -> LateCard:
    offered = case.is_due_soon_or_late(at=at) and may_acknowledge(user, case)
    escalations = case.escalations.select_related("decided_by") if case.has_escalations else []
    steps = [step for one in escalations for step in _steps(one, at)]
    acknowledged = case.acknowledgements.select_related("by__unit", "by__group") if case.has_acknowledgements else []
    said = [
        Said(
            one.note,
            f"{one.by} {words.moment(one.at, now=at)}，提醒停到 {words.moment(one.until, now=at)}",
            one.until > at,
        )
        for one in acknowledged
    ]
    return LateCard(steps, said, offered, form if offered else None)


def _steps(one: Escalation, at: datetime) -> list[str]:
    steps = [f"{words.moment(one.head_told_at, now=at)} 已报单位负责人"]
    if one.listed_at:
        steps.append(f"{words.moment(one.listed_at, now=at)} 列入待定督办")
    if one.decided_at and one.decided_by:
        told = f"{one.decided_by.name}：{one.reason}"
        steps.append(f"{words.moment(one.decided_at, now=at)} {one.get_outcome_display()}（{told}）")
    return steps
