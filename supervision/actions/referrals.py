"""What is referred to the supervision group, and how it goes on. A referral's state changes here and nowhere else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from accounts.models import Role, Unit, User
from audit import log
from common.clock import CITY_TIME
from common.errors import DomainError, StaleRecord
from notifications.outbox import notify
from progress.evidence import CleanEvidence, keep
from supervision.models import (
    Finding,
    Matter,
    Measure,
    Referral,
    ReferralEvent,
    ReferralFile,
    ReferralQuerySet,
    ReferralSeries,
    Source,
)
from supervision.workflow import Move, State, destination

MOST_FILES = 9


class StaleReferral(StaleRecord):
    """Someone else moved the referral first; the message says who and what."""

    def __init__(self, winner: ReferralEvent | None) -> None:
        what = f"{winner.by}刚刚办了“{winner.get_move_display()}”" if winner else "这一件刚刚被别人改动"
        super().__init__(f"{what}，您这一次没有办成。请看过最新情况再办，您写的内容还在。")


@dataclass(frozen=True)
class Told:
    """What a unit is referred for, and what shows it."""

    unit: Unit
    matter: Matter
    text: str
    evidence: Sequence[CleanEvidence] = ()


@transaction.atomic
def refer(told: Told, *, source: Source, by: User, at: datetime, finding: Finding | None = None) -> Referral:
    """Hand a discipline problem to the supervision group, which alone is told."""
    year = at.astimezone(CITY_TIME).year
    referral = Referral.objects.create(
        year=year, serial=_next_serial(year), unit=told.unit, matter=told.matter, text=told.text, source=source,
        finding=finding, referred_by=by, referred_at=at,
    )  # fmt: skip
    ReferralEvent.objects.create(referral=referral, version=0, move=Move.REFER, to_state=State.REFERRED, by=by, at=at)
    _keep_files(referral, told.evidence, by=by, at=at)
    log.record("移交督导", by=by, at=at, target=referral)
    group = User.objects.filter(role=Role.SUPERVISION, is_active=True).filter(~Q(unit=told.unit) | Q(unit=None))
    _tell(group.exclude(pk=by.pk), referral, f"新的督导移交：{referral}", at=at)
    return referral


@transaction.atomic
def move_referral(
    referral: Referral,
    move: Move,
    *,
    reason: str = "",
    measure: str = "",
    evidence: Sequence[CleanEvidence] = (),
    by: User,
    at: datetime,
) -> None:
    """Make one move. All but the first need a reason; that of closing is the conclusion, which the unit reads."""
    if move != Move.VERIFY and not reason.strip():
        raise DomainError(f"{move.label}要写理由。")
    if (move == Move.HANDLE) != bool(measure):
        raise DomainError("处理方式在“作出处理”时选，选一种。")
    before, target = State(referral.state), destination(move, State(referral.state))
    if not Referral.objects.as_read(referral).update(
        state=target, version=F("version") + 1, **_changes(move, reason=reason, measure=measure, at=at)
    ):
        raise StaleReferral(referral.events.select_related("by__unit", "by__group").order_by("-version").first())
    referral.refresh_from_db()
    ReferralEvent.objects.create(
        referral=referral, version=referral.version, move=move, from_state=before, to_state=target, reason=reason,
        measure=measure, by=by, at=at,
    )  # fmt: skip
    _keep_files(referral, evidence, by=by, at=at)
    log.record(f"督导：{move.label}", by=by, at=at, target=referral)
    if move == Move.CLOSE:
        _tell_of_closing(referral, at=at)


def note_export(referrals: ReferralQuerySet, *, by: User, at: datetime) -> None:
    log.record("导出督导移交", by=by, at=at, count=referrals.count())


def _changes(move: Move, *, reason: str, measure: str, at: datetime) -> dict[str, Any]:
    """What a move sets besides the state."""
    found: dict[Move, dict[str, Any]] = {
        Move.SUBSTANTIATE: {"is_substantiated": True},
        Move.DISMISS: {"is_substantiated": False},
        Move.RECHECK: {"is_substantiated": None},
        Move.HANDLE: {"measure": Measure(measure) if measure else ""},
        Move.CLOSE: {"closed_at": at, "conclusion": reason},
    }
    return found.get(move, {})


def _next_serial(year: int) -> int:
    ReferralSeries.objects.get_or_create(year=year)
    series = ReferralSeries.objects.select_for_update().get(year=year)
    series.last += 1
    series.save()
    return series.last


def _keep_files(referral: Referral, evidence: Sequence[CleanEvidence], *, by: User, at: datetime) -> None:
    if referral.evidence.count() + len(evidence) > MOST_FILES and evidence:
        raise DomainError(f"一件最多 {MOST_FILES} 个证据，现在多了。请少选几个。")
    for cleaned in evidence:
        keep(ReferralFile(referral=referral, added_at=at, added_by=by), cleaned)


def _tell_of_closing(referral: Referral, *, at: datetime) -> None:
    """The unit concerned hears of it for the first time; whoever referred it hears that it is closed."""
    liaisons = User.objects.filter(role=Role.LIAISON, unit=referral.unit_id, is_active=True)
    _tell(liaisons, referral, f"督导结论：{referral}", at=at)
    referrer = User.objects.filter(pk=referral.referred_by_id, is_active=True)
    _tell(referrer.exclude(role=Role.LIAISON), referral, f"您移交的{referral}已办结", at=at)


def _tell(people: QuerySet[User], referral: Referral, title: str, *, at: datetime) -> None:
    notify(
        people, reason=f"referral:{referral.pk}:{referral.version}", title=title, url=referral.get_absolute_url(), at=at
    )
