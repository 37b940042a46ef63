"""Setting the second factor up and taking it away."""

from datetime import datetime

from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from accounts.second_factor import Answer, check, confirmed_device
from audit import log
from common.errors import DomainError


@transaction.atomic
def begin_second_factor(user: User) -> TOTPDevice:
    """Make a new secret; it counts for nothing until a code proves that the person's phone has it."""
    if confirmed_device(user):
        raise DomainError("您已经在用动态口令。要换手机，请先移除，再设置一次。")
    TOTPDevice.objects.filter(user=user, confirmed=False).delete()
    return TOTPDevice.objects.create(user=user, name="动态口令", confirmed=False)


@transaction.atomic
def confirm_second_factor(device: TOTPDevice, code: str, *, by: User, at: datetime) -> Answer:
    """Take the secret into use if the code is right. A wrong code is counted, not raised: the count must last."""
    answer = check(device, code, at=at)
    if answer.device:
        answer.device.confirmed = True
        answer.device.save(update_fields=["confirmed"])
        log.record("启用动态口令", by=by, at=at, target=by)
    return answer


@transaction.atomic
def remove_second_factor(person: User, *, by: User, at: datetime) -> None:
    """Remove one's own, or as administrator that of somebody who lost the phone."""
    removed, _ = TOTPDevice.objects.filter(user=person).delete()
    if removed:
        log.record("移除动态口令", by=by, at=at, target=person)
