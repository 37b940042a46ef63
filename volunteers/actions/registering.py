"""Volunteers come, correct what is kept of them, and go. Everything here is done by the person, nothing to them."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from audit import log
from common.clock import CITY_TIME
from common.errors import DomainError
from volunteers.actions.signing_up import withdraw
from volunteers.actions.teams import leave_team
from volunteers.consent import CONSENT_VERSION, YOUNGEST, whom_to_ask
from volunteers.models import Certificate, Membership, SignUp, Team, Volunteer

OLDEST_YEAR = 1920


class TooYoung(DomainError):
    code = "too_young"

    def __init__(self) -> None:
        super().__init__(
            f"不满 {YOUNGEST} 周岁不在网上登记。请家长带孩子到所在社区登记，或问{whom_to_ask()}。没有保存任何内容。"
        )


@dataclass(frozen=True)
class About:
    """What a volunteer tells of themselves."""

    name: str
    born_year: int
    skills: str = ""
    is_listed: bool = False


def register(about: About, *, phone: str, at: datetime) -> Volunteer:
    """Register whoever holds this phone, which has proved itself. Once registered, they are who they are."""
    _ensure_old_enough(about, at=at)
    known = Volunteer.objects.with_phone(phone).first()
    if known:
        return known
    volunteer = Volunteer(consent_version=CONSENT_VERSION, registered_at=at, **vars(about))
    volunteer.phone = phone
    try:
        with transaction.atomic():
            volunteer.save(force_insert=True)
            log.record("志愿者登记", by=None, at=at, target=volunteer, consent=CONSENT_VERSION)
    except IntegrityError:
        # The same person, a moment faster.
        return Volunteer.objects.with_phone(phone).get()
    return volunteer


@transaction.atomic
def correct(volunteer: Volunteer, *, about: About, at: datetime) -> None:
    _ensure_old_enough(about, at=at)
    Volunteer.objects.active().filter(pk=volunteer.pk).update(**vars(about))
    volunteer.refresh_from_db()


@transaction.atomic
def erase(volunteer: Volunteer, *, at: datetime) -> None:
    """Forget the person: places, teams and certificates end, and of the hours only the figures stay."""
    held = Volunteer.objects.select_for_update().get(pk=volunteer.pk)
    if held.erased_at:
        return
    for sign_up in SignUp.objects.standing().filter(volunteer=held, activity__starts_at__gt=at):
        withdraw(sign_up, at=at)
    for membership in Membership.objects.open().filter(volunteer=held):
        leave_team(membership, at=at)
    Team.objects.filter(leader=held).update(leader=None)
    own = Certificate.objects.filter(volunteer=held)
    own.filter(revoked_at=None).update(revoked_at=at, revoke_reason="本人已注销")
    own.update(name="")
    held.messages.all().delete()
    Volunteer.objects.filter(pk=held.pk).update(
        name="", phone_encrypted="", phone_digest="", born_year=None, skills="", is_listed=False, erased_at=at
    )
    log.record("志愿者注销", by=None, at=at, target=held)
    volunteer.refresh_from_db()


def _ensure_old_enough(about: About, *, at: datetime) -> None:
    year = at.astimezone(CITY_TIME).year
    if about.born_year > year - YOUNGEST:
        raise TooYoung
    if about.born_year < OLDEST_YEAR:
        raise DomainError(f"出生年份要在 {OLDEST_YEAR} 到 {year} 之间，写四位数字，例如 1990。")
