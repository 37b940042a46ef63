"""What the hotline's one-screen intake sends, and what it shows beside: earlier cases of the phone, cases alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, cast
from uuid import uuid4

from django import forms

from accounts.models import User
from common.crypto import digest
from complaints import words
from complaints.case_page import cases_for
from complaints.forms import PhoneField, WhatForm
from complaints.listings import category_options
from complaints.models import Category, Complaint, ProblemGroup, Tuning
from complaints.move_forms import GroupedCategories, PhotosField
from grids.models import Grid

MOST_GRIDS = 8
MOST_EARLIER = 5


class CallForm(WhatForm):
    """One call. Phone first: it finds what the caller said before. A caller may keep the phone to themself."""

    use_required_attribute = False
    field_order = ["key", "phone", "name", "group", "text", "place", "where", "grid", "category", "is_urgent"]

    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": "页面不完整，请刷新再填。"})
    phone = PhoneField(
        label="来电手机号",
        required=False,
        help_text="来电人不愿留，就空着。",
        widget=forms.TelInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "num w-11", "autofocus": True}
        ),
    )
    name = forms.CharField(
        label="怎么称呼（可不填）",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": "称呼最多 %(limit_value)d 个字，现在是 %(show_value)d 个字。"},
    )
    place = forms.CharField(
        label="具体地方",
        max_length=120,
        required=False,
        help_text="哪条街、几号楼、哪个门口。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": "具体地方最多 %(limit_value)d 个字，现在是 %(show_value)d 个字。"},
    )
    where = forms.CharField(
        label="找网格（可不填）",
        max_length=40,
        required=False,
        help_text="打小区、社区的字，或网格号，如 阳光 12。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": "找网格的字太多，少打几个。"},
    )
    grid = forms.CharField(required=False)
    longitude = forms.FloatField(min_value=-180, max_value=180, required=False, widget=forms.HiddenInput)
    latitude = forms.FloatField(min_value=-90, max_value=90, required=False, widget=forms.HiddenInput)
    category = GroupedCategories(
        Category.objects.none(),
        label="类别（可不选）",
        required=False,
        help_text="选了就同时受理，不用再受理一次。",
        widget=forms.Select(attrs={"data-find": "打字找类别，如 积雪"}),
        error_messages={"invalid_choice": "没有这个类别，请重新选。"},
    )
    is_urgent = forms.BooleanField(label="紧急", required=False, help_text="有危险，按紧急时限办")
    photos = PhotosField(label="照片（可不传）", required=False, help_text="来电人另外发来的，最多 6 张。")
    may_contact = forms.BooleanField(label="办理单位可以联系", help_text="来电人同意才勾", required=False)
    is_confidential = forms.BooleanField(label="保密", help_text="只给受理和办理的人看", required=False)

    def __init__(self, data: Any = None, files: Any = None, *, on: date) -> None:
        super().__init__(data, files, initial={"key": uuid4()})
        self.on = on
        group_field = cast(forms.ChoiceField, self.fields["group"])
        group_field.choices = ProblemGroup.choices  # without the examples: the operator knows them
        group_field.widget.attrs["class"] = "opts-row"
        self.fields["text"].widget.attrs["rows"] = 3
        self.fields["text"].help_text = "什么事、多久了。不写他人姓名和电话。"
        field = cast(GroupedCategories, self.fields["category"])
        field.queryset = Category.objects.active()
        typed = self.data.get("group")
        group = ProblemGroup(typed) if typed in ProblemGroup.values else None
        field.widget.choices = category_options(group)

    def clean_grid(self) -> Grid | None:
        code = self.cleaned_data["grid"]
        found = Grid.objects.on(self.on).filter(code=code).first() if code else None
        if code and found is None:
            raise forms.ValidationError("这个网格现在没有了，请重新选。")
        return found

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        named = given.get("grid") or given.get("place") or given.get("longitude") is not None
        if not named and not {"grid", "place"} & set(self.errors):
            self.add_error("place", "请写具体地方，或者选网格，有一样就行。")
        if given.get("is_urgent") and not given.get("category") and "category" not in self.errors:
            self.add_error("category", "勾了紧急，请选类别，时限才定得下来。")
        self._ask_for_photo(given)
        return given

    def _ask_for_photo(self, given: dict[str, Any]) -> None:
        category = given.get("category")
        if category and category.needs_photo and not (given.get("is_urgent") or given.get("photos")):
            self.add_error("photos", f"“{category.name}”要有照片。请传一张；没有的，先不选类别，登记后再受理。")

    @property
    def point(self) -> tuple[float, float] | None:
        given = self.cleaned_data
        longitude, latitude = given.get("longitude"), given.get("latitude")
        return None if longitude is None or latitude is None else (longitude, latitude)

    @cached_property
    def grids(self) -> list[Grid]:
        """What the words find, and the one chosen before."""
        return offered_grids(str(self.data.get("where", "")), chosen=str(self.data.get("grid", "")), on=self.on)


def offered_grids(typed: str, *, chosen: str, on: date) -> list[Grid]:
    grids = Grid.objects.on(on).select_related("community").order_by("code")
    kept = list(grids.filter(code=chosen)) if chosen else []
    found = list(grids.matching(typed).exclude(code=chosen)[:MOST_GRIDS]) if typed.strip() else []
    return [*kept, *found]


@dataclass(frozen=True)
class Alike:
    """A case shown beside the form."""

    case: Complaint
    words: str


class Hints:
    """What is known already, from a form still being filled in: cases of this phone, and open ones that may be it."""

    def __init__(self, form: CallForm, *, user: User, at: datetime) -> None:
        form.is_valid()
        self.user, self.at = user, at
        given = form.cleaned_data
        self.phone: str = given.get("phone", "")
        self.earlier = self._earlier()
        self.similar = self._similar(given.get("group", ""), form.point, given.get("grid"))

    def _earlier(self) -> Sequence[Alike]:
        if not self.phone:
            return []
        found = cases_for(self.user).reported_from(digest("phone", self.phone)).order_by("-filed_at")
        return [Alike(case, words.moment(case.filed_at, now=self.at)) for case in found[:MOST_EARLIER]]

    def _similar(self, group: str, point: tuple[float, float] | None, grid: Grid | None) -> Sequence[Alike]:
        if not group or not (point or grid):
            return []
        if point is None:
            lately = cases_for(self.user).open().filter(group=group, grid=grid)
            found = lately.filter(filed_at__gte=self.at - Tuning.current().duplicate_within).order_by("-filed_at")
            return [Alike(case, f"同一网格，{words.span(self.at - case.filed_at)}前") for case in found[:MOST_EARLIER]]
        here = Complaint(group=group, longitude=point[0], latitude=point[1], filed_at=self.at)
        near = cases_for(self.user).open().duplicates_of(here)[:MOST_EARLIER]
        return [Alike(case, f"相距 {metres:.0f} 米，{words.span(self.at - case.filed_at)}前") for metres, case in near]
