from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import User
from audit import log
from common.budgets import Limit, spend
from common.masking import hide_phones
from complaints.actions.holding import forget_refused
from complaints.models import LegalHold, Reporter, Tuning
from complaints.models.reporter import REVEALED
from complaints.workflow import OPEN_STATES


def reveal_phone(reporter: Reporter, *, reason: str, by: User, at: datetime) -> str:
    """The reporter's full phone, for a stated reason that the audit log keeps; only so many a person and day."""
    spend(reveals_per_day(), str(by.pk), at=at)
    with transaction.atomic():
        log.record(REVEALED, by=by, at=at, target=reporter.complaint, reason=hide_phones(reason))
    return reporter.phone


def reveals_per_day() -> Limit:
    most = Tuning.current().reveals_per_day
    refusal = f"今天查看号码的次数已用完（{most} 次）。明天再看，急事请找创城办说明。"
    return Limit("reveal-phone", most, timedelta(days=1), refusal)


def erase_expired_contacts(*, at: datetime) -> int:
    """Erase the contact data of cases that ended, and of reports refused, longer ago than CONTACT_RETENTION_DAYS.

    Returns how many.
    """
    before = at - timedelta(days=settings.CONTACT_RETENTION_DAYS)
    # A rating moves the stage on, but not the moment from which the promise to forget counts.
    ended_at = Coalesce(F("complaint__closed_at"), F("complaint__stage_started_at"))
    expired = (
        Reporter.objects.filter(erased_at=None)
        .exclude(complaint__in=LegalHold.objects.running().values("complaint"))
        .exclude(complaint__state__in=OPEN_STATES)
        .alias(ended_at=ended_at)
        .filter(ended_at__lt=before)
        .values_list("pk", flat=True)
    )
    erased = erase(Reporter.objects.filter(pk__in=list(expired)), at=at)
    return erased + forget_refused(before=before, at=at)


def erase(reporters: "QuerySet[Reporter]", *, at: datetime) -> int:
    """Forget how to reach them; that somebody filed or follows the case stays. Returns how many had not been erased."""
    return reporters.filter(erased_at=None).update(
        phone_encrypted="", phone_digest="", name_encrypted="", may_contact=False, erased_at=at
    )
