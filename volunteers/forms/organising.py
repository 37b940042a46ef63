"""What organisers fill in: an activity, its attendance, hours and report; a team. Every message names its field."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from shapely.geometry import shape

from accounts.models import Unit
from common.clock import CITY_TIME
from complaints.move_forms import PhotosField
from grids.models import Grid
from volunteers.actions import Plan, Repeat, TeamFacts
from volunteers.models import Activity, ActivityType, Campaign, Team, Volunteer

INCOMPLETE = "页面不完整，请刷新再办。"


def short(label: str, *, most: int, required: str = "", hint: str = "", **attrs: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=bool(required),
        max_length=most,
        widget=forms.TextInput(attrs={"autocomplete": "off", **attrs}),
        error_messages={"required": required, "max_length": f"{label}最多 {most} 个字，现在是 %(show_value)d 个字。"},
    )


def long(label: str, *, most: int, required: str = "", rows: int = 3, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=bool(required),
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": required, "max_length": f"{label}最多 {most} 个字，现在是 %(show_value)d 个字。"},
    )


def clock(label: str, required: str) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "w-11"}),
        error_messages={"required": required, "invalid": f"{label}写成 09:00 这样。"},
    )


def day(label: str, *, required: str = "", hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=hint,
        required=bool(required),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": required, "invalid": f"{label}写成 2026-12-03 这样。"},
    )


class ActivityForm(forms.Form):
    """An activity as it is planned. `version` is the state that the person saw; new ones have none."""

    use_required_attribute = False
    version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label="队伍",
        empty_label="选一支队伍",
        error_messages={"required": "选一支队伍。", "invalid_choice": "选一支您负责的、在用的队伍。"},
    )
    type = forms.ChoiceField(
        label="类型",
        choices=[("", "选一个类型"), *ActivityType.choices],
        error_messages={"required": "选一个类型。", "invalid_choice": "从列出的类型里选一个。"},
    )
    title = short("名称", most=40, required="名称还没写，例如：雪后清雪。")
    on = day("日期", required="选活动的日期。")
    start = clock("开始", "填开始时间，例如 09:00。")
    end = clock("结束", "填结束时间，例如 11:00。过半夜的照写，算到第二天。")
    place = short("集合地点", most=80, required="集合地点还没写，例如：示例小区南门。")
    grid = forms.ModelChoiceField(
        Grid.objects.none(),
        label="网格（可不选）",
        required=False,
        empty_label="不选",
        help_text="选了网格，到场的人可以用定位签到，社区的合计也算上这一场。",
        error_messages={"invalid_choice": "这个网格现在没有了，请重新选。"},
    )
    capacity = forms.IntegerField(
        label="名额",
        min_value=1,
        max_value=500,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "num w-4"}),
        error_messages={
            "required": "名额还没填，填一个数，例如 20。",
            "invalid": "名额填一个数，例如 20。",
            "min_value": "名额至少 1 人。",
            "max_value": "名额最多 500 人。",
        },
    )
    about = long("做什么（可不填）", most=500)
    bring = short("带什么（可不填）", most=100, hint="例如：手套、铁锹。")
    is_risky = forms.BooleanField(
        label="有一定危险", help_text="清雪、交通劝导一律算。发布前要写安全提醒、买好保险。", required=False
    )
    risk_note = short("安全提醒（有危险的必填）", most=200, hint="例如：冰面滑，穿防滑鞋；不上车行道。")
    is_insured = forms.BooleanField(label="已为参加的人买好保险", required=False)
    campaign = forms.ChoiceField(label="专题", choices=Campaign.choices, required=False)

    def __init__(self, *args: Any, teams: QuerySet[Team], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]  # declared above
        grids = Grid.objects.on(today).select_related("community").order_by("code")
        self.fields["grid"].queryset = grids  # type: ignore[attr-defined]  # declared above

    @staticmethod
    def told_by(activity: Activity) -> dict[str, Any]:
        starts, ends = activity.starts_at.astimezone(CITY_TIME), activity.ends_at.astimezone(CITY_TIME)
        names = ("version", "team", "type", "title", "place", "grid", "capacity", "about", "bring", "is_risky")
        more = ("risk_note", "is_insured", "campaign")
        told = {name: getattr(activity, name) for name in (*names, *more)}
        return told | {"on": starts.date(), "start": starts.time(), "end": ends.time()}

    @property
    def plan(self) -> Plan:
        """What was typed; an end not after the start is on the next day."""
        sent = self.cleaned_data
        starts = datetime.combine(sent["on"], sent["start"], CITY_TIME)
        ends = datetime.combine(sent["on"], sent["end"], CITY_TIME)
        plain = ("team", "type", "title", "place", "grid", "capacity", "about", "bring", "is_risky", "risk_note")
        return Plan(
            starts_at=starts,
            ends_at=ends if ends > starts else ends + timedelta(days=1),
            point=_middle(sent["grid"]),
            is_insured=sent["is_insured"],
            campaign=sent["campaign"],
            **{name: sent[name] for name in plain},
        )


class NewActivityForm(ActivityForm):
    repeat = forms.ChoiceField(
        label="重复",
        required=False,
        choices=[(Repeat.NEVER.value, "只办一次"), (Repeat.WEEKLY.value, "每周"), (Repeat.MONTHLY.value, "每月")],
    )
    until = day("重复到哪天", hint="只办一次的不填。")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("repeat") and not data.get("until"):
            self.add_error("until", "重复到哪天还没填。")
        return data


def _middle(grid: Grid | None) -> tuple[float, float] | None:
    """A point inside the grid, to measure from; none where it is not drawn."""
    if grid is None or grid.boundary is None:
        return None
    point = shape(grid.boundary).representative_point()
    return point.x, point.y


class ReasonForm(forms.Form):
    """Why something is called off, refused or revoked."""

    use_required_attribute = False
    reason = short("原因", most=100, required="原因还没写，本人会看到这一句。")


class TimesForm(forms.Form):
    """When somebody came and went: times of the day of the activity; an end before the start is on the next day."""

    use_required_attribute = False
    came = forms.TimeField(
        label="签到",
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": "签到时间写成 09:00 这样。"},
    )
    went = forms.TimeField(
        label="签退",
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": "签退时间写成 11:00 这样。"},
    )

    def moments(self, activity: Activity) -> tuple[datetime | None, datetime | None]:
        came_at = self._near(self.cleaned_data["came"], activity.starts_at - timedelta(hours=12))
        went_at = self._near(self.cleaned_data["went"], came_at or activity.starts_at)
        return came_at, went_at

    @staticmethod
    def _near(typed: Any, since: datetime) -> datetime | None:
        """The first moment from `since` on at which the clock shows this time."""
        if typed is None:
            return None
        local = since.astimezone(CITY_TIME)
        found = datetime.combine(local.date(), typed, CITY_TIME)
        return found if found >= local else found + timedelta(days=1)


class HoursForm(forms.Form):
    use_required_attribute = False
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput, error_messages={"required": INCOMPLETE})
    hours = forms.DecimalField(
        label="改为几小时",
        min_value=Decimal(0),
        max_value=Decimal(24),
        max_digits=4,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "num w-4"}),
        error_messages={
            "required": "改为几小时还没填，例如 1.5。",
            "invalid": "改为几小时填一个数，例如 1.5。",
            "max_value": "最多 24 小时。",
            "min_value": "时长不能是负的。",
            "max_decimal_places": "最多两位小数，例如 0.25。",
            "max_digits": "最多两位小数，例如 0.25。",
            "max_whole_digits": "最多 24 小时。",
        },
    )
    reason = short("原因", most=100, required="原因还没写，本人会看到。")

    @property
    def minutes(self) -> int:
        return int(round(self.cleaned_data["hours"] * 60))


class ReportForm(forms.Form):
    use_required_attribute = False
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput, error_messages={"required": INCOMPLETE})
    text = long("活动情况", most=2000, rows=6, required="活动情况还没写：多少人、做了什么、效果怎样。")
    url = forms.URLField(
        label="发布在哪里（可不填）",
        help_text="报道的网址，以 https:// 开头。",
        required=False,
        max_length=300,
        assume_scheme="https",
        error_messages={"invalid": "发布在哪里要填完整的网址，以 https:// 开头。", "max_length": "网址太长了。"},
    )
    photos = PhotosField(label="照片（可不传）", help_text="一次最多 6 张。拍摄位置会去掉。", required=False)


class TeamForm(forms.Form):
    use_required_attribute = False
    code = short("队伍编号", most=10, required="队伍编号还没写，例如 T001。")
    name = short("队伍名称", most=40, required="队伍名称还没写。")
    unit = forms.ModelChoiceField(
        Unit.objects.filter(is_active=True),
        label="所属单位",
        required=False,
        empty_label="公开队伍，不属于哪个单位",
        error_messages={"invalid_choice": "选一个在用的单位。"},
    )
    about = short("做什么（可不填）", most=200)
    leader = forms.ModelChoiceField(
        Volunteer.objects.none(),
        label="队长（可不选）",
        required=False,
        empty_label="还没有队长",
        help_text="从队员里选。队长也能同意入队申请。",
        error_messages={"invalid_choice": "队长要从队员里选。"},
    )
    is_active = forms.BooleanField(label="在用", help_text="不再活动的队伍去掉勾，以前的记录都留着。", required=False)

    def __init__(self, *args: Any, team: Team | None, own: Unit | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = own
        if own:
            del self.fields["unit"]
        if team is None:
            del self.fields["leader"]
            del self.fields["is_active"]
            return
        members = team.memberships.members().values("volunteer")
        leader = self.fields["leader"]
        leader.queryset = Volunteer.objects.filter(pk__in=members)  # type: ignore[attr-defined]  # declared above
        leader.label_from_instance = lambda person: person.shown_name  # type: ignore[attr-defined]  # as Django has it

    @property
    def facts(self) -> TeamFacts:
        sent = self.cleaned_data
        unit = self.own or sent.get("unit")
        return TeamFacts(sent["code"], sent["name"], unit, sent["about"], sent.get("is_active", True))

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        if len(name) < 2:
            raise ValidationError("队伍名称至少 2 个字。")
        return name
