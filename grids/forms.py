import json
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from accounts.models import Leader, Unit
from grids.actions import DoesNotFit, boundary_that_fits
from grids.drawing import NotAPolygon, read_polygon
from grids.models import Community, Grid


class DayField(forms.DateField):
    """A day, picked from the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        label = kwargs["label"]
        messages = {"required": f"选一个{label}。", "invalid": f"{label}写成 2026-11-24 这样。"}
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], error_messages=messages, **kwargs)


class PolygonDrawing(forms.Textarea):
    """A polygon drawn on the map; its GeoJSON text can be edited where the map cannot be used."""

    template_name = "grids/widgets/polygon.html"


class PolygonField(forms.CharField):
    widget = PolygonDrawing

    def prepare_value(self, value: Any) -> Any:
        return json.dumps(value, separators=(",", ":")) if isinstance(value, dict) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text in self.empty_values:
            return text
        try:
            return read_polygon(str(text))
        except NotAPolygon as refusal:
            raise forms.ValidationError(str(refusal)) from None


class MyGridForm(forms.Form):
    """A resident asks by words or by a point; one of the two."""

    q = forms.CharField(label="小区、网格或社区名", max_length=60, required=False)
    lng = forms.FloatField(label="经度", min_value=-180, max_value=180, required=False)
    lat = forms.FloatField(label="纬度", min_value=-90, max_value=90, required=False)

    @property
    def point(self) -> tuple[float, float] | None:
        longitude, latitude = self.cleaned_data.get("lng"), self.cleaned_data.get("lat")
        return None if longitude is None or latitude is None else (longitude, latitude)


class GridFilterForm(forms.Form):
    """What the staff list is narrowed to. A value that does not exist narrows nothing."""

    SELECTS = ("community", "unit", "state")

    STATES = [("", "在用"), ("no_lead", "没有主责"), ("no_boundary", "没有边界"), ("ended", "已停用")]

    q = forms.CharField(label="查编码、网格、社区、单位", max_length=60, required=False)
    community = forms.ModelChoiceField(
        Community.objects.filter(grids__isnull=False).distinct(),
        label="社区",
        to_field_name="code",
        required=False,
        empty_label="全部社区",
    )
    unit = forms.ModelChoiceField(
        Unit.objects.all(), label="单位", to_field_name="code", required=False, empty_label="全部单位"
    )
    state = forms.ChoiceField(label="状态", choices=STATES, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.SELECTS:
            self.fields[name].widget.attrs |= {"class": "form-select-sm", "data-submit": True}

    @property
    def selects(self) -> list[forms.BoundField]:
        return [self[name] for name in self.SELECTS]


class SeenForm(forms.Form):
    """A change to a grid that carries the version the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class GridForm(SeenForm):
    name = forms.CharField(
        label="网格名", max_length=60, help_text="一般是小区名", error_messages={"required": "写网格名，一般是小区名。"}
    )
    boundary = PolygonField(label="边界", error_messages={"required": "在地图上画出网格的边界。"})

    def __init__(self, data: QueryDict | None = None, *, grid: Grid) -> None:
        super().__init__(data, initial={"name": grid.name, "boundary": grid.boundary, "version": grid.version})
        self.grid = grid
        self.fields["boundary"].widget.attrs["data-code"] = grid.code

    def clean(self) -> dict[str, Any]:
        _check_fit(self, self.grid.community, self.grid)
        return self.cleaned_data


class NewGridForm(forms.Form):
    community = forms.ModelChoiceField(
        Community.objects.all(),
        label="社区",
        to_field_name="code",
        empty_label="选社区",
        help_text="编号接着这个社区最后一个往下排",
        error_messages={"required": "选网格所在的社区。", "invalid_choice": "没有这个社区，请重选。"},
    )
    name = forms.CharField(
        label="网格名", max_length=60, help_text="一般是小区名", error_messages={"required": "写网格名，一般是小区名。"}
    )
    started_on = DayField(label="启用日期", help_text="不晚于今天")
    boundary = PolygonField(label="边界", error_messages={"required": "在地图上画出网格的边界。"})

    def clean(self) -> dict[str, Any]:
        _check_fit(self, self.cleaned_data.get("community"), None)
        return self.cleaned_data


def _check_fit(form: forms.Form, community: Community | None, grid: Grid | None) -> None:
    """Say beside the field what the action would refuse, with the drawing kept."""
    boundary = form.cleaned_data.get("boundary")
    if not boundary or not community:
        return
    try:
        boundary_that_fits(boundary, community=community, but=grid)
    except DoesNotFit as refusal:
        for problem in refusal.problems:
            form.add_error("boundary", problem)


class AssignForm(SeenForm):
    """A unit for a grid, as lead or as helper."""

    unit = forms.ModelChoiceField(
        Unit.objects.filter(is_active=True),
        label="单位",
        to_field_name="code",
        empty_label="选单位",
        error_messages={"required": "选一个单位。", "invalid_choice": "没有这个单位，或者它已停用。请重选。"},
    )
    from_on = DayField(label="开始日期")

    def __init__(self, data: QueryDict | None = None, *, grid: Grid, today: date, prefix: str, unit: str = "") -> None:
        initial = {"version": grid.version, "from_on": today, "unit": unit}
        super().__init__(data, prefix=prefix, initial=initial)


class EndForm(SeenForm):
    """The end of one assignment."""

    assignment = forms.IntegerField(widget=forms.HiddenInput)
    on = DayField(label="结束日期")


class RetireForm(SeenForm):
    on = DayField(label="停用日期")

    def __init__(self, data: QueryDict | None = None, *, grid: Grid, today: date, prefix: str) -> None:
        super().__init__(data, prefix=prefix, initial={"version": grid.version, "on": today})


class AreaLeaderForm(forms.Form):
    """A leader for a town or a community; `area` is its code of 9 or 12 figures."""

    area = forms.CharField(max_length=12, widget=forms.HiddenInput)
    leader = forms.ModelChoiceField(
        Leader.objects.filter(is_active=True),
        label="领导",
        to_field_name="code",
        empty_label="选领导",
        error_messages={"required": "选一位领导。", "invalid_choice": "没有这位领导，或者已不在任。请重选。"},
    )
    from_on = DayField(label="开始日期")


class EndLeaderForm(forms.Form):
    assignment = forms.IntegerField(widget=forms.HiddenInput)
    on = DayField(label="结束日期")


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Cleans to the list of what was sent."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        return [super(ManyFilesField, self).clean(one, initial) for one in data or [None]]


class UploadForm(forms.Form):
    MOST_MEGABYTES = 30

    chosen = ManyFilesField(
        label="文件",
        help_text="xlsx、csv、geojson，或者一个 zip。可以一次选几个。",
        error_messages={"required": "选要导入的文件。", "empty": "有一个文件是空的。请重新选。"},
        widget=ManyFilesInput(attrs={"accept": ".xlsx,.csv,.geojson,.json,.zip"}),
    )
    gcj02 = forms.BooleanField(
        label="坐标是高德或腾讯地图的（GCJ-02）", help_text="勾上后换算成 WGS-84 再存。不确定就不勾。", required=False
    )

    def clean_chosen(self) -> "list[UploadedFile[bytes]]":
        files: list[UploadedFile[bytes]] = self.cleaned_data["chosen"]
        if sum(file.size or 0 for file in files) > self.MOST_MEGABYTES * 1024 * 1024:
            raise forms.ValidationError(f"文件一共太大，最大 {self.MOST_MEGABYTES} MB。请分成几次导入。")
        return files
