"""Fields that the forms of inspections and of referrals share."""

from django import forms

from accounts.models import Unit
from common.listing import ListingSelect
from complaints.listings import unit_choice

INCOMPLETE = "页面不完整，请刷新再填。"


def words(label: str, *, most: int, required: str = "", rows: int = 3, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=bool(required),
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": required, "max_length": f"{label}最多 {most} 个字，现在是 %(show_value)d 个字。"},
    )


def unit_field(label: str, *, required: str = "", hint: str = "") -> "forms.ModelChoiceField[Unit]":
    return forms.ModelChoiceField(
        Unit.objects.filter(is_active=True),
        label=label,
        help_text=hint,
        required=bool(required),
        widget=ListingSelect(unit_choice, empty="请选单位", attrs={"data-find": "打字找单位"}),
        error_messages={"required": required, "invalid_choice": "没有这个单位，请重新选。"},
    )
