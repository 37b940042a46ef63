from typing import Any, cast

from django import forms
from django.urls import reverse

from complaints import actions
from complaints.models import Complaint, Photo, PublicVersion


class PhotoChoice:
    """A photo in the list of those that may be shown."""

    def __init__(self, photo: Photo) -> None:
        self.photo = photo
        self.url = reverse("complaints:small_photo", args=[photo.token])
        self.label = photo.get_kind_display()


def _words(label: str, *, most: int, rows: int) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": f"请写{label}。", "max_length": f"{label}最多 {most} 字，请删短些。"},
    )


class PublishForm(forms.Form):
    """What the public reads of a case: what stands there now, at first a proposal without phones and houses."""

    use_required_attribute = False
    title = _words("标题", most=40, rows=0)
    text = _words("反映内容", most=500, rows=5)
    result = _words("办理结果", most=1000, rows=4)
    photos = forms.ModelMultipleChoiceField(
        Photo.objects.none(),
        label="照片",
        required=False,
        error_messages={"invalid_choice": "有一张照片不是这件案件的，请重新选。", "invalid_list": "请重新选照片。"},
    )

    def __init__(self, data: Any = None, *, case: Complaint) -> None:
        version = PublicVersion.objects.filter(complaint=case).first()
        of_case = list(case.photos.all())
        super().__init__(data, initial=_now(version) if version else _proposal(case, of_case))
        cast("forms.ModelMultipleChoiceField[Photo]", self.fields["photos"]).queryset = case.photos.all()
        chosen = {str(value) for value in self["photos"].value() or []}
        self.choices = [(PhotoChoice(photo), str(photo.pk) in chosen) for photo in of_case]


def _now(version: PublicVersion) -> dict[str, Any]:
    photos = list(version.photos.values_list("pk", flat=True))
    return {"title": version.title, "text": version.text, "result": version.result, "photos": photos}


def _proposal(case: Complaint, photos: list[Photo]) -> dict[str, Any]:
    reporter = case.reporters.filter(is_follower=False).first()
    told = [reporter.hidden_in(words) if reporter else words for words in (case.title, case.text, case.result)]
    title, text, result = (actions.without_house(words) for words in told)
    after = [photo.pk for photo in photos if photo.kind == Photo.Kind.AFTER]
    return {"title": title[:40], "text": text, "result": result, "photos": after}
