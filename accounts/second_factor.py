"""The second factor (动态口令): a six-digit code from an app on the person's phone, by django-otp."""

from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime, timedelta

import segno
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import PRIVILEGED, User

_HELD = "second_factor_held"
HELD_FOR = timedelta(minutes=5)


@dataclass(frozen=True)
class Answer:
    """What came of a typed code: the device that knows it, or how many seconds to wait, or neither: it is wrong."""

    device: TOTPDevice | None = None
    wait: int = 0


def confirmed_device(user: User) -> TOTPDevice | None:
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def device_being_set_up(user: User) -> TOTPDevice | None:
    return TOTPDevice.objects.filter(user=user, confirmed=False).first()


def is_owed_by(user: User) -> bool:
    """Whether this person has to set a second factor up before anything else."""
    return bool(settings.REQUIRE_SECOND_FACTOR) and is_advised_for(user)


def is_advised_for(user: User) -> bool:
    """Whether this person sees or changes much and has no second factor yet."""
    return user.role in PRIVILEGED and confirmed_device(user) is None


@transaction.atomic
def check(device: TOTPDevice, code: str, *, at: datetime) -> Answer:
    """Compare the code; wrong ones make the next try wait longer, and a right one works once."""
    # Locked, so that many tries at once are counted one by one.
    device = TOTPDevice.objects.select_for_update().get(pk=device.pk)
    allowed, refusal = device.verify_is_allowed()
    if not allowed:
        return Answer(wait=max(1, int((refusal["locked_until"] - at).total_seconds()) + 1))
    return Answer(device=device if device.verify_token(code) else None)


def qr_code(device: TOTPDevice) -> SafeString:
    """The picture an authenticator app scans, as inline SVG of attributes only."""
    svg = segno.make(device.config_url, error="l").svg_inline(omitsize=True, border=2, dark="#14242b", light="#ffffff")
    return mark_safe(svg)  # noqa: S308 -- drawn by segno from squares; none of the text stands in it


def typed_key(device: TOTPDevice) -> str:
    """The secret for those who cannot scan: base 32 in groups of four."""
    key = b32encode(device.bin_key).decode()
    return " ".join(key[i : i + 4] for i in range(0, len(key), 4))


# --- between the password and the code: known, but not signed in ------------------------------------------------------


def hold(request: HttpRequest, user: User, *, target: str, at: datetime) -> None:
    """Remember who gave the right password and where they want to go, until the code is given."""
    request.session[_HELD] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "at": at.timestamp(),
        "target": target,
    }


def held(request: HttpRequest, *, at: datetime) -> tuple[User, str] | None:
    """The person who gave the right password in this session a moment ago, and where they want to go."""
    kept = request.session.get(_HELD)
    if not kept or at.timestamp() - kept["at"] > HELD_FOR.total_seconds():
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    # A password changed in between makes the one given worthless.
    if user is None or user.get_session_auth_hash() != kept["hash"]:
        return None
    return user, kept["target"]


def let_go(request: HttpRequest) -> None:
    request.session.pop(_HELD, None)
