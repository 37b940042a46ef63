"""What the staff's pages of cases send, but for the moves: the filters of the queue, the reason to see a phone."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from accounts.listings import unit_listing
from accounts.models import Role
from common.clock import CITY_TIME
from common.listing import Entry, Listing, ListingField, ListingSelect, choices
from common.months import Month
from common.revisions import remembered
from complaints.behind import OF_THE_UNIT_THEN, Why, behind
from complaints.listings import category_listing, major_listing
from complaints.models import Channel, ComplaintQuerySet, ProblemGroup
from complaints.models.complaint import Light
from complaints.waiting import Wait
from complaints.workflow import State
from grids.listings import community_listing, grid_listing

OPEN, EVERY = "open", "all"
LIGHTS = [(Light.IN_TIME, "时限内"), (Light.SOON, "快到期"), (Light.OVERDUE, "超时")]


# The fields that a case may lack, and the words for it.
LACKS = {"grid": "没有定位", "unit": "还没有派给单位", "category": "还没有定类"}

STATE_WORDS = {OPEN: "全部在办", EVERY: "全部", **dict(State.choices)}
LIGHT_WORDS = {str(light): label for light, label in LIGHTS}


def _select(label: str, listing: Callable[[], Listing], empty: str) -> ListingSelect:
    # data-submit: the filter applies itself; portal.js knows it.
    attrs = {"class": "form-select-sm", "aria-label": label, "data-submit": ""}
    return ListingSelect(listing, empty=empty, attrs=attrs)


def _chosen_of(label: str, pairs: Iterable[tuple[str, Any]], empty: str) -> forms.ChoiceField:
    """A choice among `pairs` of value and words."""
    listing = choices(pairs)
    widget = _select(label, lambda: listing, empty)
    return forms.ChoiceField(required=False, choices=[("", empty), *pairs], widget=widget)


def _entry_of(label: str, listing: Callable[[], Listing], empty: str) -> ListingField:
    return ListingField(listing, required=False, widget=_select(label, listing, empty))


def _date(label: str) -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date", "class": "form-control-sm", "aria-label": label})


class SetField(forms.Field):
    """Rows by their ids, as 3-17-4: what a dashboard shows together and no select holds."""

    def __init__(self, listing: Callable[[], Listing], *, kind: str) -> None:
        super().__init__(required=False)
        self.listing = listing
        self.kind = kind

    def to_python(self, value: Any) -> list[Entry]:
        if not value:
            return []
        if not re.fullmatch(r"\d{1,9}(-\d{1,9}){0,199}", value):
            raise forms.ValidationError("应是用 - 连起来的编号。")
        wanted = set(map(int, value.split("-")))
        return [entry for key, entry in self.listing().by_key.items() if key in wanted]

    def told(self, rows: list[Entry]) -> str:
        """A few names and how many there are."""
        names = "、".join(map(str, rows[:2]))
        return f"{names}等 {len(rows)} 个{self.kind}" if len(rows) > 2 else names


def as_set(pks: Iterable[int]) -> str:
    """How a SetField is told these."""
    return "-".join(map(str, sorted(pks)))


class QueueFilters(forms.Form):
    """The queue's GET parameters. A value that means nothing filters nothing; a date that is none says so."""

    use_required_attribute = False

    state = forms.ChoiceField(required=False, choices=[(OPEN, ""), (EVERY, ""), *State.choices])
    light = _chosen_of("时限", LIGHTS, "全部时限")
    community = _entry_of("社区", community_listing, "全部社区")
    group = _chosen_of("类别", ProblemGroup.choices, "全部类别")
    channel = _chosen_of("来源", Channel.choices, "全部来源")
    unit = _entry_of("责任单位", unit_listing, "全部单位")
    grid = forms.RegexField(r"^\d{15}$", required=False, widget=_select("网格", grid_listing, "全部网格"))
    category = _entry_of("小类", category_listing, "全部小类")
    filed_after = forms.DateField(
        required=False,
        label="反映日期从",
        widget=_date("反映日期从"),
        error_messages={"invalid": "起始日期看不懂，没有用它筛选。"},
    )
    filed_before = forms.DateField(
        required=False,
        label="到",
        widget=_date("反映日期到"),
        error_messages={"invalid": "截止日期看不懂，没有用它筛选。"},
    )
    wait = forms.ChoiceField(required=False, choices=Wait.choices)
    q = forms.CharField(required=False, max_length=80)
    # From a dashboard: the units of a group, the communities of a leader.
    units = SetField(unit_listing, kind="单位")
    communities = SetField(community_listing, kind="社区")
    major = ListingField(major_listing, required=False)
    lacks = forms.ChoiceField(required=False, choices=[*LACKS.items()])
    # Together, from a dashboard: the cases behind one of its figures.
    why = forms.ChoiceField(required=False, choices=Why.choices)
    month = forms.RegexField(r"^2\d{3}-(0[1-9]|1[0-2])$", required=False)

    def __init__(self, data: Any, *, role: str) -> None:
        super().__init__(data)
        self.role = role
        # To a unit all cases are its own.
        self.tells_unit = role != Role.LIAISON
        if not self.tells_unit:
            del self.fields["unit"]
        self.is_valid()

    @property
    def controls(self) -> SafeString:
        """What is chosen with."""
        sent = tuple((name, self.data[name]) for name in (*_IN_SIGHT, *_FOLDED) if self.data.get(name))
        return _controls(sent, role=self.role)

    @property
    def has_more(self) -> bool:
        """Whether something is chosen in the part that is folded away."""
        return any(self.given(name) for name in _FOLDED)

    def given(self, name: str) -> Any:
        return self.cleaned_data.get(name)

    def _key(self, name: str) -> int | None:
        entry: Entry | None = self.given(name)
        return entry.key if entry else None

    def _keys(self, name: str) -> list[int]:
        return [entry.key for entry in self.given(name) or ()]

    @property
    def sets(self) -> list[tuple[str, str]]:
        """What it is narrowed to besides the selects and words, each by the name of its parameter."""
        named = [(name, field) for name, field in self.fields.items() if isinstance(field, SetField)]
        sets = [(name, field.told(self.given(name))) for name, field in named if self.given(name)]
        sets += [("major", f"大类：{self.given('major')}")] if self.given("major") else []
        return sets + ([("lacks", LACKS[self.given("lacks")])] if self.given("lacks") else [])

    @property
    def behind(self) -> tuple[Why, Month] | None:
        """The figure that the cases stand behind: what of, and in which month."""
        why, month = self.given("why"), self.given("month")
        return (Why(why), Month(*map(int, month.split("-")))) if why and month else None

    @property
    def warnings(self) -> list[str]:
        return [str(message) for name in ("filed_after", "filed_before") for message in self.errors.get(name, [])]

    @property
    def described(self) -> list[str]:
        """What is filtered by, in words."""
        labels = {"group": ProblemGroup, "channel": Channel}
        said = [str(labels[name](self.given(name)).label) for name in labels if self.given(name)]
        said += [str(self.given(name)) for name in ("community", "unit", "category") if self.given(name)]
        said += [words for _, words in self.sets]
        if self.behind:
            said.append(f"{self.behind[1]} {self.behind[0].label}")
        plain = {"grid": "网格 {}", "filed_after": "{} 起反映", "filed_before": "到 {} 为止", "q": "查找“{}”"}
        return said + [words.format(self.given(name)) for name, words in plain.items() if self.given(name)]

    def narrow(self, cases: ComplaintQuerySet, *, at: datetime) -> ComplaintQuerySet:
        """Apply everything but state and light, by which the tabs count."""
        unit, units = self._key("unit"), self._keys("units")
        if self.behind:
            cases = cases.filter(behind(*self.behind, at=at, units=[unit] if unit else units))
            if self.behind[0] in OF_THE_UNIT_THEN:
                unit, units = None, []
        if self.given("lacks"):
            cases = cases.filter(**{self.given("lacks"): None})
        lookups = {
            "unit": unit,
            "unit__in": units,
            "grid__community": self._key("community"),
            "group": self.given("group"),
            "channel": self.given("channel"),
            "grid__community__in": self._keys("communities"),
            "category": self._key("category"),
            "category__major_name": str(self.given("major") or ""),
            "grid__code": self.given("grid"),
            "filed_at__gte": _midnight(self.given("filed_after")),
            "filed_at__lt": _midnight(self.given("filed_before"), days_later=1),
        }
        cases = cases.filter(**{name: value for name, value in lookups.items() if value})
        return cases.containing(self.given("q") or "")


_IN_SIGHT = ("community", "group", "channel", "unit")
_FOLDED = ("light", "grid", "category", "filed_after", "filed_before")


@remembered("reference", most=64)
def _controls(sent: tuple[tuple[str, str], ...], *, role: str) -> SafeString:
    """Kept: hundreds of options, of which mostly none is chosen."""
    filters = QueueFilters(dict(sent), role=role)
    return render_to_string("complaints/staff/_queue_filters.html", {"filters": filters})


def reason_field(label: str, *, hint: str = "", most: int = 200) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        min_length=5,
        max_length=most,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": f"{label}还没写。",
            "min_length": f"{label}太短，写 5 个字以上。",
            "max_length": f"{label}太长，最多 {most} 字。",
        },
    )


class LegalHoldForm(forms.Form):
    """Why contact data must be kept, or need no longer be."""

    use_required_attribute = False
    reason = reason_field("原因", hint="会记入审计日志。不要写电话和姓名。")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="id_hold_%s")


class ErasureReplyForm(forms.Form):
    use_required_attribute = False
    reply = reason_field("暂不删除的原因", hint="居民能看到。")


class SaveFilterForm(forms.Form):
    """A name for what the queue is narrowed by; `query` holds only parameters that the queue knows, and no phone."""

    use_required_attribute = False
    name = forms.CharField(
        label="名称",
        max_length=20,
        widget=forms.TextInput(attrs={"class": "form-control-sm", "autocomplete": "off", "placeholder": "如 桥北超时"}),
        error_messages={"required": "请给筛选起个名称。", "max_length": "名称最多 20 个字，现在是 %(show_value)d 个。"},
    )
    query = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, auto_id="id_save_%s")

    def clean_query(self) -> str:
        sent = QueryDict(self.cleaned_data["query"][:2000])
        known = {name: value for name, value in sent.items() if name in QueueFilters.base_fields and value}
        query = urlencode(known)
        if not query or len(query) > 500:
            raise forms.ValidationError("没有可存的筛选条件。先选条件，再存。")
        return query

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for message in self.errors.pop("query", []):
            self.add_error("name", message)
        return given


class RevealForm(forms.Form):
    """Why somebody wants to see a reporter's phone."""

    use_required_attribute = False
    reason = forms.CharField(
        label="查看原因",
        max_length=100,
        min_length=5,
        help_text="会记入审计日志",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "请写查看原因。",
            "min_length": "查看原因太短，写 5 个字以上。",
            "max_length": "查看原因太长，最多 100 字。",
        },
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="id_reveal_%s")


def _midnight(day: date | None, *, days_later: int = 0) -> datetime | None:
    return datetime.combine(day + timedelta(days=days_later), time(), CITY_TIME) if day else None


def number_field(label: str, hint: str, *, least: int, most: int) -> forms.IntegerField:
    said = f"{label}应是 {least} 到 {most} 之间的整数。"
    return forms.IntegerField(
        label=label,
        help_text=hint,
        min_value=least,
        max_value=most,
        widget=forms.NumberInput(attrs={"class": "w-4", "inputmode": "numeric"}),
        error_messages={"required": said, "invalid": said, "min_value": said, "max_value": said},
    )


class TuningForm(forms.Form):
    """The numbers of the complaint platform; the names are those of Tuning."""

    use_required_attribute = False

    duplicate_metres = number_field(
        "相距多少米以内提示可能重复", "居民填报、热线登记、巡查上报时都按这个提示。", least=5, most=500
    )
    duplicate_hours = number_field("多少小时以内提示可能重复", "按反映时间算，前后都算。", least=1, most=720)
    reveals_per_day = number_field(
        "每人每天最多查看几次反映人电话", "每次都要写理由并记入审计日志。热线回访多的话可以调高。", least=1, most=500
    )
    head_after_days = number_field("超时几天报给单位负责人", "超时当天提醒联络员和创城办。", least=1, most=30)
    list_after_days = number_field(
        "超时几天列入待定督办", "列出来由创城办定，不会自己督办。应比报给负责人晚。", least=1, most=60
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("list_after_days", 60) < given.get("head_after_days", 1):
            self.add_error("list_after_days", "列入待定督办不能早于报给单位负责人。")
        return given
