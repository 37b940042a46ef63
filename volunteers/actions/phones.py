"""How a phone proves that it is theirs: a one-time code, with atomic limits on asking and on trying."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from common import crypto
from common.budgets import Limit, spend
from common.errors import DomainError
from common.models import Fact
from notifications.models import Urgency
from notifications.outbox import Text, reaches_phones, text_phones
from volunteers.consent import whom_to_ask
from volunteers.models import PhoneCode
from volunteers.models.person import phone_digest

CODE_LENGTH = 6
CODE_LASTS = timedelta(minutes=10)
MOST_WRONG = 5
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# An SMS costs money and rings somebody's phone: few for one phone, more for one network, an end for all together.
ASKS = (
    Limit("phone-code-hour", 5, HOUR, "这个手机号一小时内要的验证码太多了。请过一小时再试。"),
    Limit("phone-code-day", 10, DAY, "这个手机号今天要的验证码太多了。请明天再试。"),
)
ASKS_PER_CLIENT = Limit("phone-code-client", 60, HOUR, "这个网络上要验证码的人太多了。请过一小时再试。")
ASKS_IN_ALL = Limit("phone-code-all", 2000, HOUR, "现在要验证码的人太多了。请过一会儿再试。")
TRIES = Limit("phone-code-tries", 30, DAY, "验证码今天试错太多次了。请明天再试。")


class NoTextMessages(DomainError):
    code = "no_text_messages"

    def __init__(self) -> None:
        super().__init__(f"短信还没有开通，暂时不能在网上登记和登录。请联系{whom_to_ask()}。")


@dataclass(frozen=True)
class Sent:
    """`shown` is the code itself, on a portal for trying out that cannot send anything; else empty."""

    shown: str = ""


def send_code(phone: str, *, client: str, at: datetime) -> Sent:
    """Send a code to the phone, whoever's it is. Raises TooMany, or NoTextMessages where none can leave the portal."""
    is_for_trying = not settings.PRODUCTION and bool(Fact.read("sample_data", False))
    if not reaches_phones() and not is_for_trying:
        raise NoTextMessages
    digest = phone_digest(phone)
    spend(ASKS_PER_CLIENT, client, at=at)
    for limit in ASKS:
        spend(limit, digest, at=at)
    spend(ASKS_IN_ALL, "", at=at)
    code = f"{secrets.randbelow(10**CODE_LENGTH):0{CODE_LENGTH}}"
    with transaction.atomic():
        # The newest counts: an older one that arrives late is none any more.
        PhoneCode.objects.filter(phone_digest=digest, used_at=None).update(used_at=at)
        stored = PhoneCode.objects.create(
            phone_digest=digest, code_digest=_code_digest(digest, code), created_at=at, expires_at=at + CODE_LASTS
        )
        words = f"验证码 {code}，10 分钟内有效。不要告诉别人。"
        text = Text(phone, f"phone-code:{stored.pk}", words)
        text_phones([text], what="手机验证码", at=at, urgency=Urgency.URGENT, was_asked_for=True)
    return Sent("" if reaches_phones() else code)


def is_code_of(phone: str, code: str, *, at: datetime) -> bool:
    """Whether this is the phone's code; it is used up by that. Raises TooMany past a few wrong ones in a day."""
    digest = phone_digest(phone)
    spend(TRIES, digest, at=at)
    live = PhoneCode.objects.filter(
        phone_digest=digest, used_at=None, expires_at__gt=at, wrong_tries__lt=MOST_WRONG
    ).order_by("-pk")
    newest = live.first()
    expected = newest.code_digest if newest else _code_digest(digest, "")
    matches = secrets.compare_digest(expected, _code_digest(digest, code))
    if newest is None:
        return False
    this = live.filter(pk=newest.pk)
    if not matches:
        this.update(wrong_tries=F("wrong_tries") + 1)
        return False
    # Of two tries at once one uses the code up.
    return bool(this.update(used_at=at))


def forget_codes(*, at: datetime) -> int:
    """Delete the codes that ended a day ago; returns how many."""
    return PhoneCode.objects.filter(expires_at__lt=at - DAY).delete()[0]


def _code_digest(digest: str, code: str) -> str:
    return crypto.digest("phone-code", f"{digest}:{code}")
