from django import forms


class MyGridForm(forms.Form):
    """A resident asks by words or by a point; one of the two."""

    q = forms.CharField(label="小区、网格或社区名", max_length=60, required=False)
    lng = forms.FloatField(label="经度", min_value=-180, max_value=180, required=False)
    lat = forms.FloatField(label="纬度", min_value=-90, max_value=90, required=False)

    @property
    def point(self) -> tuple[float, float] | None:
        longitude, latitude = self.cleaned_data.get("lng"), self.cleaned_data.get("lat")
        return None if longitude is None or latitude is None else (longitude, latitude)
