"""Whether the audit log is whole: walked every night and when the auditor asks, remembered with what was found."""

from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice

from django.db import transaction
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from accounts.models import Role, User
from audit import log
from audit.models import Entry
from common.models import Fact
from notifications.models import Urgency
from notifications.outbox import notify

CHECKED = "audit_chain_checked"
MOST_SHOWN = 20


@dataclass(frozen=True)
class ChainCheck:
    """`broken`: the ids of the first entries that do not fit; `is_cut_off`: the newest ones are gone."""

    at: str
    entries: int
    broken: list[int]
    is_cut_off: bool

    @property
    def is_whole(self) -> bool:
        return not self.broken and not self.is_cut_off

    @property
    def moment(self) -> datetime | None:
        return parse_datetime(self.at)

    @classmethod
    def latest(cls) -> "ChainCheck | None":
        kept = Fact.read(CHECKED)
        return cls(**kept) if kept else None


@transaction.atomic
def check_chain(*, at: datetime) -> ChainCheck:
    """Walk the whole chain and remember what was found; who answers for the log hears of a break, once a day."""
    broken = [entry.pk for entry in islice(log.broken_links(), MOST_SHOWN)]
    checked = ChainCheck(at.isoformat(), Entry.objects.count(), broken, log.is_cut_off())
    Fact.write(CHECKED, asdict(checked))
    if not checked.is_whole:
        notify(
            User.objects.filter(role__in=[Role.AUDITOR, Role.SECURITY], is_active=True),
            reason=f"audit-chain-broken:{at:%Y%m%d}",
            title="审计日志对不上：有记录被改动或删除",
            url=reverse("workbench"),
            urgency=Urgency.URGENT,
            at=at,
        )
    return checked


def check_audit_chain(*, at: datetime) -> int:
    """The nightly job; returns how many entries it read."""
    return check_chain(at=at).entries
