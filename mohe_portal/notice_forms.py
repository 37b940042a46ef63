"""What the page of one's notices sends."""

import re
import unicodedata
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict

from common.masking import masked
from notifications import safe_http
from notifications.models import Channel, ChannelChoice

LABELS = {
    Channel.EMAIL: ("发到电子邮件", "邮箱地址"),
    Channel.SMS: ("发短信", "手机号"),
    Channel.ROBOT: ("发到工作群（企业微信、钉钉群机器人）", "机器人地址"),
}
HINTS = {
    Channel.EMAIL: "写完整，如 name@example.com。",
    Channel.SMS: "11 位手机号，只用来发提醒。",
    Channel.ROBOT: "在群里添加机器人，复制它的 https 地址。钉钉的关键词填“漠河创城”。群里的人都看得到提醒。",
}


class ChannelForm(forms.Form):
    """Whether one channel is on, and where it leads. An address that is left empty stays as it is kept."""

    is_on = forms.BooleanField(required=False)
    address = forms.CharField(required=False, max_length=400)

    def __init__(self, choice: ChannelChoice, data: QueryDict | None) -> None:
        self.choice = choice
        self.channel = Channel(choice.channel)
        super().__init__(data, prefix=choice.channel, initial={"is_on": choice.is_on})
        switch, self.noun = LABELS[self.channel]
        self.fields["is_on"].label = switch
        address = self.fields["address"]
        address.label, address.help_text = self.noun, HINTS[self.channel]
        if choice.address:
            address.help_text = f"现在是 {shown(self.channel, choice.address)}，不改就留空。"
        address.error_messages["max_length"] = f"{self.noun}最多 400 个字。"
        kinds = {Channel.EMAIL: ("email", "email"), Channel.SMS: ("tel", "tel"), Channel.ROBOT: ("url", "off")}
        mode, autocomplete = kinds[self.channel]
        address.widget.attrs |= {"inputmode": mode, "autocomplete": autocomplete, "spellcheck": "false"}

    def clean_address(self) -> str:
        typed = unicodedata.normalize("NFKC", self.cleaned_data["address"]).strip()
        if not typed:
            return ""
        check = {Channel.EMAIL: _email, Channel.SMS: _phone, Channel.ROBOT: _robot}[self.channel]
        return check(typed)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("is_on") and not given.get("address") and not self.choice.address and not self.errors:
            self.add_error("address", f"要{self.fields['is_on'].label}，请填{self.noun}。")
        return given


def shown(channel: Channel, address: str) -> str:
    """An address as its owner may see it again: a robot's holds a key, a phone is nobody's business."""
    if channel == Channel.ROBOT:
        return f"{urlsplit(address).hostname} 的机器人"
    return masked(address) if channel == Channel.SMS else address


def _email(typed: str) -> str:
    field = forms.EmailField(error_messages={"invalid": "邮箱地址不完整，应像 name@example.com。"})
    return str(field.clean(typed))


def _phone(typed: str) -> str:
    digits = re.sub(r"[\s-]", "", typed)
    if not re.fullmatch(r"[0-9]+", digits):
        raise ValidationError("手机号只写数字。")
    if not re.fullmatch(r"1[3-9][0-9]{9}", digits):
        raise ValidationError(f"手机号应是 11 位，以 1 开头，现在是 {len(digits)} 位。")
    return digits


def _robot(typed: str) -> str:
    try:
        safe_http.checked(typed, private_ok=settings.ALLOW_PRIVATE_WEBHOOKS)
    except safe_http.Forbidden as refusal:
        raise ValidationError(f"机器人{refusal}") from None
    return typed
