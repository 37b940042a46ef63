"""The list of reports that wait for a person's look (待复核), and what is decided of those ticked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.urls import reverse

from common.keyset import Page, page
from common.masking import hide_phones
from complaints import words
from complaints.models import Held, ProblemGroup
from complaints.models.held import HeldQuerySet
from grids.models import Grid

PAGE_SIZE = 20
LET_IN, REFUSE = "let_in", "refuse"


@dataclass(frozen=True)
class Row:
    held: Held
    text: str
    group: str
    place: str
    filed: str
    photos: list[str]


class HeldForm(forms.Form):
    """Those ticked, and what to do with them; a refusal tells the resident why."""

    use_required_attribute = False

    held = forms.ModelMultipleChoiceField(
        Held.objects.none(),
        label="勾选",
        error_messages={
            "required": "还没有勾选。请先勾选要放行或不收的。",
            "invalid_choice": "有一件刚刚被别人处理过了。请看最新的，再勾选。",
            "invalid_pk_value": "勾选的看不懂，请刷新再选。",
        },
    )
    decision = forms.ChoiceField(choices=[(LET_IN, "放行"), (REFUSE, "不收")])
    reply = forms.CharField(
        label="不收的原因",
        help_text="居民凭查询码能看到。",
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": "不收的原因最多 300 字，请删短些。"},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        waiting = Held.objects.waiting()
        self.fields["held"].queryset = waiting  # type: ignore[attr-defined]  # a field by name is a plain Field

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("decision") == REFUSE and not given.get("reply", "").strip():
            self.add_error("reply", "不收的原因还没写，居民凭查询码要看。")
        return given


def waiting(*, cursor: str) -> Page[Held]:
    held = Held.objects.waiting().prefetch_related("draft__photos")
    return page(held, HeldQuerySet.OLDEST, cursor=cursor, size=PAGE_SIZE)


def rows(found: list[Held], *, now: datetime) -> list[Row]:
    codes = {held.answers["grid"] for held in found if held.answers["grid"]}
    grids = {grid.code: grid for grid in Grid.objects.filter(code__in=codes).select_related("community")}
    return [_row(held, grids.get(held.answers["grid"]), now=now) for held in found]


def _row(held: Held, grid: Grid | None, *, now: datetime) -> Row:
    answers = held.answers
    point = "地图上标了位置" if answers["longitude"] is not None else ""
    where = [f"{grid.community.name} {grid.name}" if grid else point, hide_phones(answers["place"])]
    photos = held.draft.photos.all() if held.draft else []
    return Row(
        held=held,
        text=hide_phones(answers["text"]),
        group=ProblemGroup(answers["group"]).label,
        place="，".join(filter(None, where)),
        filed=words.moment(held.filed_at, now=now),
        photos=[reverse("complaints:small_photo", args=[photo.token]) for photo in photos],
    )
