import secrets
from collections import defaultdict
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts.models import User
from audit import log
from common.clock import CITY_TIME
from common.crypto import ALPHABET
from common.errors import DomainError
from volunteers.actions.messages import tell
from volunteers.models import ActivityType, Certificate, CertificateSeries, ServiceRecord, Volunteer

DRAWN_LENGTH = 6


@transaction.atomic
def issue_certificate(volunteer: Volunteer, *, at: datetime) -> Certificate:
    """Certify all confirmed hours of a volunteer as of now. Asked again without new hours, it is the same one."""
    person = Volunteer.objects.select_for_update().get(pk=volunteer.pk)
    records = list(ServiceRecord.objects.filter(volunteer=person, minutes__gt=0).order_by("served_on", "pk"))
    if not records or person.erased_at:
        raise DomainError("还没有确认过的服务时长，不能出证明。参加活动、组织者确认时长以后再来。")
    minutes = sum(record.minutes for record in records)
    valid = Certificate.objects.filter(volunteer=person, revoked_at=None, name=person.name, minutes=minutes)
    same = valid.filter(through_on=records[-1].served_on).first()
    if same:
        return same
    return Certificate.objects.create(
        number=_next_number(at), volunteer=person, name=person.name, minutes=minutes,
        first_on=records[0].served_on, through_on=records[-1].served_on, content=_content(records),
        organiser=settings.FOOTER["organizer"], issued_at=at,
    )  # fmt: skip


@transaction.atomic
def revoke_certificate(certificate: Certificate, *, reason: str, by: User, at: datetime) -> None:
    if not reason.strip():
        raise DomainError("作废要写原因，查验的人会看到。")
    valid = Certificate.objects.filter(pk=certificate.pk, revoked_at=None)
    if not valid.update(revoked_at=at, revoked_by=by, revoke_reason=reason.strip()):
        raise DomainError("这份证明已经作废过了。")
    certificate.refresh_from_db()
    log.record("作废服务证明", by=by, at=at, target=certificate)
    _tell(certificate, at=at)


def revoke_outdated(record: ServiceRecord, *, at: datetime) -> None:
    """End the certificates that count a record whose minutes are others now; in the caller's transaction."""
    counting = Certificate.objects.filter(
        volunteer=record.volunteer_id, revoked_at=None, first_on__lte=record.served_on, through_on__gte=record.served_on
    )
    for certificate in counting.select_related("volunteer"):
        certificate.revoked_at, certificate.revoke_reason = at, "其中的服务时长后来有更正"
        certificate.save(update_fields=["revoked_at", "revoke_reason"])
        _tell(certificate, at=at)


def _tell(certificate: Certificate, *, at: datetime) -> None:
    said = f"服务证明 {certificate.number} 已作废：{certificate.revoke_reason}。需要时可以重新出。"
    tell([certificate.volunteer], reason=f"revoked:{certificate.number}", text=said, url="", at=at)


def _next_number(at: datetime) -> str:
    year = at.astimezone(CITY_TIME).year
    CertificateSeries.objects.get_or_create(year=year)
    CertificateSeries.objects.filter(year=year).update(last=F("last") + 1)
    serial = CertificateSeries.objects.get(year=year).last
    return f"{year}{serial:06}-{''.join(secrets.choice(ALPHABET) for _ in range(DRAWN_LENGTH))}"


def _content(records: list[ServiceRecord]) -> list[dict[str, object]]:
    """What was done, type by type in the order of the list of types."""
    of: dict[str, list[int]] = defaultdict(list)
    for record in records:
        of[record.type].append(record.minutes)
    return [
        {"label": str(type_.label), "times": len(of[type_]), "minutes": sum(of[type_])}
        for type_ in ActivityType
        if type_ in of
    ]
