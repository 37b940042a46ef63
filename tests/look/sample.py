"""A form with one field of each kind, and the pages of the look under addresses of their own."""

from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from accounts.access import public
from mohe_portal.urls import urlpatterns as portal_urls


@dataclass(frozen=True)
class Kind:
    """A choice's label with a hint below it."""

    title: str
    hint: str

    def __str__(self) -> str:
        return self.title


class SampleForm(forms.Form):
    kind = forms.ChoiceField(
        label="您要反映什么？",
        widget=forms.RadioSelect,
        choices=[("snow", Kind("清扫和积雪", "路面、单元门口、楼道")), ("other", Kind("其他", "说不准选这个"))],
    )
    text = forms.CharField(label="说说情况", help_text="写清楚什么事。", max_length=20, widget=forms.Textarea)
    phone = forms.RegexField(
        r"^1\d{10}$", label="手机号", help_text="查进度要用后四位。", error_messages={"invalid": "手机号应是 11 位。"}
    )
    may_contact = forms.BooleanField(label="办理单位可以直接联系我", help_text="勾选后，单位能看到。", required=False)
    unit = forms.ChoiceField(label="责任单位", choices=[("7", "示例单位 07")])
    photo = forms.FileField(label="照片", required=False)


@public
def gallery(request: HttpRequest) -> HttpResponse:
    return render(request, "components_gallery.html", {"form": SampleForm()})


@public
def form_page(request: HttpRequest) -> HttpResponse:
    form = SampleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return HttpResponse("ok")
    return render(request, "look/form.html", {"form": form}, status=422 if request.POST else 200)


urlpatterns = [path("look/gallery/", gallery), path("look/form/", form_page), *portal_urls]
