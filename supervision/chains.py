"""Whether what is stored of inspections and referrals is whole: for `manage.py verify`, changes nothing."""

from collections.abc import Iterator

from django.db.models import Q

from supervision.models import Finding, Outcome, Referral, ReferralEvent
from supervision.workflow import IllegalMove, Move, State, destination


def faults() -> Iterator[str]:
    yield from _broken_chains()
    yield from _unsettled_findings()


def _broken_chains() -> Iterator[str]:
    """Each referral's events follow each other without a gap, along legal paths, to the state that it is in."""
    for referral in Referral.objects.prefetch_related("events").iterator(chunk_size=500):
        fault = _fault_of(referral, list(referral.events.all()))
        if fault:
            yield f"{referral} {fault}"


def _fault_of(referral: Referral, events: list[ReferralEvent]) -> str:
    state = ""
    for number, event in enumerate(events):
        if event.version != number or event.from_state != state or not _is_legal(event):
            return f"的过程断在第 {number + 1} 步"
        state = event.to_state
    if state != referral.state or referral.version != len(events) - 1:
        return f"的状态是 {referral.state}，过程停在 {state}"
    return ""


def _is_legal(event: ReferralEvent) -> bool:
    if event.version == 0:
        return event.move == Move.REFER and event.to_state == State.REFERRED
    try:
        return destination(Move(event.move), State(event.from_state)) == event.to_state
    except IllegalMove:
        return False


def _unsettled_findings() -> Iterator[str]:
    """Each finding of a submitted inspection has become what it was marked for."""
    settled = (
        Q(outcome=Outcome.CASE, complaint__isnull=False)
        | Q(outcome=Outcome.REMARK, task__isnull=False)
        | Q(outcome=Outcome.REFERRAL, referral__isnull=False)
    )
    found = Finding.objects.filter(inspection__submitted_at__isnull=False).exclude(settled)
    yield from (f"指导推进的问题 {key} 没有落到案件、任务或移交" for key in found.values_list("pk", flat=True))
