"""What the forms of the moves send. They know the shape of a move's fields; its rules are the action's."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.safestring import mark_safe

from accounts.models import Unit
from common.clock import CITY_TIME
from common.listing import Listing, ListingSelect
from complaints import actions, routing
from complaints.actions.drafts import MOST_PHOTOS
from complaints.known import known
from complaints.listings import category_choice, category_listing, named, unit_choice, unit_ticks
from complaints.models import Category, Complaint, Photo, ProblemGroup
from complaints.pictures import CleanPhoto, PhotoRefused, clean
from complaints.workflow import Move

SHORTEST_REASON = 5
INCOMPLETE = "页面不完整，请刷新再办。"
PHOTO_TYPES = "image/jpeg,image/png,image/webp"


def words_field(label: str, *, required: str = "", most: int = 300, rows: int = 2, hint: str = "") -> forms.CharField:
    """A text field. With `required`, the sentence said when it is empty, it takes five characters at least."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=bool(required),
        max_length=most,
        min_length=SHORTEST_REASON if required else None,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={
            "required": required,
            "min_length": f"{label}太短，写 {SHORTEST_REASON} 个字以上，说清楚。",
            "max_length": f"{label}太长，最多 {most} 字。",
        },
    )


class MoveForm(forms.Form):
    """The fields of one move of a case. `version` is the state of the case that the person saw."""

    use_required_attribute = False
    version = forms.CharField(widget=forms.HiddenInput, error_messages={"required": INCOMPLETE})

    def __init__(self, data: Any = None, files: Any = None, *, case: Complaint, at: datetime) -> None:
        super().__init__(data, files, auto_id=f"id_{self.move}_%s")
        self.case = case
        self.at = at
        self.limit_choices()

    move: Move

    def limit_choices(self) -> None:
        """Say what may be chosen."""

    def suggest(self) -> None:
        """Before the form is shown: choose what is likely right, and say why."""

    def clean_version(self) -> int:
        if self.seen_version is None:
            raise forms.ValidationError(INCOMPLETE)
        return self.seen_version

    @property
    def seen_version(self) -> int | None:
        """The version the person saw, before the rest of the form is looked at; None if it is no number."""
        typed = str(self.data.get("version", ""))
        return int(typed) if typed.isdecimal() and len(typed) < 10 else None

    @property
    def typed(self) -> list[tuple[str, str]]:
        """What the person wrote, by label, to give back where the form itself no longer fits."""
        texts = [field for field in self.visible_fields() if isinstance(field.field, forms.CharField)]
        written = [(str(field.label), str(field.value() or "").strip()) for field in texts]
        return [(label, words) for label, words in written if words]


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> "list[UploadedFile[bytes]]":
        return list(files.getlist(name)) if hasattr(files, "getlist") else []


class PhotosField(forms.Field):
    """Up to six photos, each cleaned; a refusal names the photo it is about."""

    # data-keep: a refused form comes back with the photos still chosen (case.js).
    widget = ManyFilesInput(attrs={"accept": PHOTO_TYPES, "multiple": True, "data-keep": True})

    def clean(self, value: "list[UploadedFile[bytes]] | None") -> list[CleanPhoto]:
        files = value or []
        if len(files) > MOST_PHOTOS:
            raise forms.ValidationError(f"最多传 {MOST_PHOTOS} 张照片，现在是 {len(files)} 张。请少选几张。")
        refusals, cleaned = [], []
        for number, file in enumerate(files, start=1):
            try:
                cleaned.append(clean(file, file.size or 0))
            except PhotoRefused as refused:
                refusals.append(f"第 {number} 张（{file.name}）：{refused.message}")
        if refusals:
            raise forms.ValidationError(refusals)
        return cleaned


def _field(form: forms.Form, name: str) -> "forms.ModelChoiceField[Any]":
    return cast("forms.ModelChoiceField[Any]", form.fields[name])


def choices_of(form: forms.Form, name: str, rows: "QuerySet[Any]") -> None:
    """What may be chosen: a form that was sent is held to it."""
    _field(form, name).queryset = rows


def list_for(form: forms.Form, name: str, listing: Callable[[], Listing]) -> None:
    """What is listed to choose from where the form is shown."""
    cast(ListingSelect, form.fields[name].widget).listing = listing


def unit_field(label: str) -> "forms.ModelChoiceField[Unit]":
    return forms.ModelChoiceField(
        Unit.objects.none(),
        label=label,
        widget=ListingSelect(unit_choice, empty="请选单位", attrs={"data-find": "打字找单位"}),
        error_messages={"required": f"请选{label}。", "invalid_choice": "没有这个单位，请重新选。"},
    )


class UnitTicks(forms.CheckboxSelectMultiple):
    """A hundred units to tick, folded away, in a box that scrolls; case.js puts a field above that narrows it."""

    template_name = "complaints/staff/_units.html"
    # The unit in charge, which is not one of its helpers.
    without: int | None = None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        chosen = self.format_value(value)
        lines = {unit: line for unit, line in unit_ticks().items() if unit != str(self.without)}
        ticked = {unit: lines[unit].replace(" value", " checked value", 1) for unit in chosen if unit in lines}
        written = mark_safe("".join((lines | ticked).values()))  # noqa: S308 -- each line comes from format_html
        return {"chosen": len(chosen), "lines": written}


class UnitsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # cannot be subscripted when it runs
    widget = UnitTicks

    def __init__(self, **options: Any) -> None:
        told = {"invalid_choice": "有一个单位不在名单里，请重新选。", "invalid_pk_value": "单位看不懂，请重新选。"}
        super().__init__(Unit.objects.none(), required=False, error_messages=told, **options)


class GroupedCategories(forms.ModelChoiceField):  # type: ignore[type-arg]  # cannot be subscripted when it runs
    """Named without the major: that stands above them."""

    def label_from_instance(self, category: Any) -> str:
        return named(category)


class AcceptForm(MoveForm):
    move = Move.ACCEPT
    category = GroupedCategories(
        Category.objects.none(),
        label="类别",
        widget=ListingSelect(category_listing, empty="请选类别", attrs={"data-find": "打字找类别，如 积雪"}),
        error_messages={"required": "请选类别。", "invalid_choice": "没有这个类别，请重新选。"},
    )
    is_urgent = forms.BooleanField(label="紧急", required=False, help_text="有危险，按紧急时限办")
    note = words_field("说明（可不填）")
    photos = PhotosField(label="补照片（可不传）", required=False, help_text="类别名后写着“要照片”的，要有一张")

    def limit_choices(self) -> None:
        _field(self, "category").queryset = Category.objects.active()
        if any(photo.kind == Photo.Kind.BEFORE for photo in self.case.photos.all()):
            del self.fields["photos"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        category = given.get("category")
        if category and "photos" in self.fields and "photos" not in self.errors:
            refusal = actions.refusal_without_photo(
                category, is_urgent=given["is_urgent"], has_photo=bool(given["photos"]), note=given.get("note", "")
            )
            if refusal:
                self.add_error("photos", refusal)
        return given

    def suggest(self) -> None:
        field = _field(self, "category")
        list_for(self, "category", partial(category_choice, ProblemGroup(self.case.group)))
        guess = likely_category((one for one in known().categories.values() if one.is_active), self.case)
        if guess:
            field.initial = guess.pk
            field.help_text = "已按反映内容预选，请核对"


class RejectForm(MoveForm):
    move = Move.REJECT
    reason = words_field("不予受理的理由", required="请写不予受理的理由。", hint="居民会看到这段话")
    turn_to = words_field(
        "可以找哪里", required="请写居民可以找哪里。", most=120, rows=1, hint="单位和电话，如 12345 热线"
    )


class DispatchForm(MoveForm):
    move = Move.DISPATCH
    unit = unit_field("责任单位")
    helpers = UnitsField(label="协办单位（可不选）")
    note = words_field("交办意见（可不填）")

    def limit_choices(self) -> None:
        for name in ("unit", "helpers"):
            choices_of(self, name, Unit.objects.filter(is_active=True))

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if told.get("unit") in list(told.get("helpers") or []):
            self.add_error("helpers", f"{told['unit']}是责任单位，不用再选作协办。")
        return told

    def suggest(self) -> None:
        field = _field(self, "unit")
        proposal = routing.propose(self.case, on=self.at.astimezone(CITY_TIME).date())
        field.help_text = f"建议：{proposal.unit}，{proposal.basis}" if proposal.unit else proposal.basis
        if proposal.unit:
            field.initial = proposal.unit.pk


class SignForm(MoveForm):
    move = Move.SIGN
    note = words_field("安排（可不填）", hint="如 今天下午派人清理")


class ReturnForm(MoveForm):
    move = Move.RETURN
    reason = words_field("退单理由", required="请写退单理由。", hint="写清楚为什么不归本单位，应归哪个单位")


class SubmitForm(MoveForm):
    move = Move.SUBMIT
    result = words_field(
        "办理结果", required="请写办理结果。", most=1000, rows=4, hint="做了什么、现在怎样。居民会看到这段话"
    )
    photos = PhotosField(label="办理后的照片（可不传）", required=False, help_text=f"最多 {MOST_PHOTOS} 张")


class PassForm(MoveForm):
    move = Move.PASS
    note = words_field("核查意见（可不填）")


class ReworkForm(MoveForm):
    move = Move.REWORK
    reason = words_field("返工理由", required="请写返工理由。", hint="写清楚哪里没有办好")


def likely_category(categories: Iterable[Category], case: Complaint) -> Category | None:
    """The class of the resident's group whose name has the most in common with what the resident wrote."""
    of_group = [(_in_common(one.name, case.text), one) for one in categories if one.group == case.group]
    best = max(of_group, key=lambda scored: scored[0], default=(0, None))
    return best[1] if best[0] else None


def _in_common(name: str, text: str) -> int:
    """How many pairs of neighbouring characters of `name` stand in `text`."""
    return sum(name[i : i + 2] in text for i in range(len(name) - 1))
