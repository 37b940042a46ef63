"""The hotline's list of closed cases to call back (回访), and the form of one call."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Count, Exists, F, OuterRef, Q

from accounts.models import User
from common.clock import CITY_TIME
from complaints import words
from complaints.actions.calling_back import Said
from complaints.actions.moves import REOPEN_WITHIN
from complaints.case_page import cases_for
from complaints.forms import RatingForm
from complaints.models import BY_RESIDENTS, CallBack, Complaint, ComplaintQuerySet, Reporter
from complaints.models.complaint import Satisfaction
from complaints.workflow import State

MOST_TRIES = 3
DISSATISFIED = (Satisfaction.DISSATISFIED, Satisfaction.VERY_DISSATISFIED)


@dataclass(frozen=True)
class Row:
    case: Complaint
    closed: str
    left: str
    tried: str
    is_today: bool


def to_call(user: User, *, at: datetime) -> ComplaintQuerySet:
    """Cases closed lately, not rated, whose reporter left a phone and was not spoken to about this handling."""
    reachable = Reporter.objects.filter(complaint=OuterRef("pk"), is_follower=False).exclude(phone_encrypted="")
    this_time = CallBack.objects.filter(complaint=OuterRef("pk"), round=OuterRef("round"))
    cases = cases_for(user).filter(
        Exists(reachable),
        ~Exists(this_time.exclude(outcome=CallBack.Outcome.UNREACHED)),
        state=State.CLOSED, rated_at=None, channel__in=BY_RESIDENTS, closed_at__gte=at - REOPEN_WITHIN,
    )  # fmt: skip
    unreached = Count("call_backs", filter=Q(call_backs__round=F("round")))
    return cases.annotate(tries=unreached).filter(tries__lt=MOST_TRIES)


def rows(cases: list[Complaint], *, now: datetime) -> list[Row]:
    return [_row(case, now=now) for case in cases]


def _row(case: Complaint, *, now: datetime) -> Row:
    tries = [call for call in case.call_backs.all() if call.round == case.round]
    last = tries[-1].at if tries else None
    until = (case.closed_at or now) + REOPEN_WITHIN
    return Row(
        case=case,
        closed=words.moment(case.closed_at or now, now=now),
        left=words.span(max(until - now, timedelta(minutes=1))),
        tried=f"{len(tries)} 次没接通，上次 {words.moment(last, now=now)}" if last else "还没打过",
        is_today=bool(last and last.astimezone(CITY_TIME).date() == now.astimezone(CITY_TIME).date()),
    )


class CallBackForm(RatingForm):
    """One call. The rating is asked for only where the resident was reached and gave one."""

    use_required_attribute = False
    field_order = ["outcome", "satisfaction", "is_solved", "again", "comment", "note"]

    outcome = forms.ChoiceField(
        label="这次怎么样",
        choices=CallBack.Outcome.choices,
        widget=forms.RadioSelect(attrs={"class": "opts-row"}),
        error_messages={"required": "这次怎么样还没选。", "invalid_choice": "这次怎么样请从列出的里面选。"},
    )
    again = forms.BooleanField(label="不满意，要求再办一次", help_text="15 天内、限一次", required=False)
    note = forms.CharField(
        label="备注（可不填，居民看不到）",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": "备注最多 200 字，请删短些。"},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["satisfaction"].label = "满意吗"
        self.fields["satisfaction"].error_messages["required"] = "满意吗还没选。"
        self.fields["satisfaction"].widget.attrs["class"] = "opts-row"
        self.fields["is_solved"].label = "解决了吗"
        self.fields["is_solved"].error_messages["required"] = "解决了吗还没选。"
        self.fields["comment"].label = "居民说的话（可不填）"
        if self.data.get("outcome") != CallBack.Outcome.REACHED:
            for name in ("satisfaction", "is_solved"):
                self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("again") and given.get("satisfaction") not in {*DISSATISFIED, None} and given.get("is_solved"):
            self.add_error("again", "不满意，要求再办一次：只有不满意或没有解决才能勾。")
        return given

    @property
    def said(self) -> Said | None:
        given = self.cleaned_data
        if given["outcome"] != CallBack.Outcome.REACHED:
            return None
        return Said(given["satisfaction"], given["is_solved"], given["comment"], given["again"])
