"""Whether a phone wants text messages: its owner says so on a page that every message leads to, without an account."""

from collections.abc import Iterable
from datetime import datetime

from common import crypto
from notifications.models import PhoneChoice


def choices_of(phones: Iterable[str]) -> dict[str, PhoneChoice]:
    """The choice of each phone; one that never got a message gets its row, and wants them."""
    digests = {phone: _digest(phone) for phone in phones}
    PhoneChoice.objects.bulk_create(
        [PhoneChoice(phone_digest=digest) for digest in set(digests.values())], ignore_conflicts=True
    )
    found = {choice.phone_digest: choice for choice in PhoneChoice.objects.filter(phone_digest__in=digests.values())}
    return {phone: found[digest] for phone, digest in digests.items()}


def is_off(phone: str) -> bool:
    return PhoneChoice.objects.filter(phone_digest=_digest(phone), is_on=False).exists()


def choose(choice: PhoneChoice, *, is_on: bool, at: datetime) -> None:
    """Said twice, it is as if it was said once."""
    PhoneChoice.objects.filter(pk=choice.pk).exclude(is_on=is_on).update(is_on=is_on, changed_at=at)


def _digest(phone: str) -> str:
    return crypto.digest("phone", phone)
