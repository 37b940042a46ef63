"""What may be shown of a phone number where the number itself may not."""

import re

HIDDEN = "（电话已隐去）"
MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


def masked(phone: str) -> str:
    """138****1234, for those who may ask for the whole; empty for an empty one."""
    return f"{phone[:3]}****{phone[-4:]}" if phone else ""


def hide_phones(text: str) -> str:
    """The text without any mobile number: people write theirs where nobody asked for it."""
    return MOBILE.sub(HIDDEN, text)
