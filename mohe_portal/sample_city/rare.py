"""The rare moves on a few of the sample cases, by the real actions: requests, marks, helping units, merging."""

from datetime import datetime, timedelta

from accounts.models import User
from common.clock import CITY_TIME
from complaints import actions
from complaints.models import BY_RESIDENTS, Complaint, ComplaintQuerySet
from complaints.workflow import State
from mohe_portal.sample_city.cast import SHOWN_UNIT, Cast

A_WHILE, JUST_NOW = timedelta(minutes=40), timedelta(minutes=2)
ENOUGH_RECEIVED = 3
UNTIL_THAW = timedelta(days=150)


def make_rare_moves(cast: Cast, *, until: datetime) -> None:
    """Something of each, in the unit that is shown first; the city without enough cases does without."""
    office, at = cast.office[0], until - A_WHILE
    _ask(cast, office, at)
    _mark(cast, office, at)
    _end_early(office, until - JUST_NOW)


def _ask(cast: Cast, office: User, at: datetime) -> None:
    """One extension and one suspension wait; one case is suspended till spring; another was given more time."""
    in_time = list(_handled_at(cast, at).filter(due_at__gt=at)[:2])
    cases = [*in_time, *_handled_at(cast, at).exclude(pk__in=[case.pk for case in in_time])[:2]]
    thaw = (at.astimezone(CITY_TIME) + UNTIL_THAW).date()
    if len(cases) < 4 or len(in_time) < 2:
        return
    by = [cast.liaisons[case.unit_id] for case in cases if case.unit_id]
    actions.ask_extension(cases[0], days=3, reason="配件从哈尔滨发来，还在路上。", by=by[0], at=at)
    actions.ask_extension(cases[1], days=2, reason="住户不在家，约了后天。", by=by[1], at=at)
    actions.grant_extension(cases[1], note="约好了时间，请再等两天。", by=office, at=at)
    actions.ask_suspension(cases[2], until=thaw, reason="冻土期不能开挖，开春再修。", by=by[2], at=at)
    actions.ask_suspension(cases[3], until=thaw, reason="冻土期不能开挖，先围挡。", by=by[3], at=at)
    actions.grant_suspension(cases[3], note="土还冻着不能开挖，先围起来，开春就修。", by=office, at=at)


def _mark(cast: Cast, office: User, at: datetime) -> None:
    cases = list(_handled_at(cast, at).filter(asked_for="")[:2])
    for case in cases:
        helper = next(unit for unit in cast.units if unit.pk != case.unit_id)
        actions.set_helpers(case, units=[helper], note="请协助联系住户。", by=office, at=at)
        actions.urge(case, by=None, at=at)
    for case in cases[:1]:
        actions.supervise(case, reason="居民多次来电，请尽快办。", by=office, at=at)


def _handled_at(cast: Cast, at: datetime) -> ComplaintQuerySet:
    shown = Complaint.objects.filter(unit=cast.unit(SHOWN_UNIT), state=State.HANDLING, suspended_until=None)
    return shown.filter(stage_started_at__lt=at).order_by("pk")


def _end_early(office: User, at: datetime) -> None:
    """One report goes along with an open case of the same kind, one is taken back; some must be left to wait."""
    received = Complaint.objects.filter(state=State.RECEIVED, filed_at__lt=at)
    newest = list(received.filter(channel__in=BY_RESIDENTS).order_by("-pk")[:2])
    if len(newest) < 2 or received.count() < ENOUGH_RECEIVED:
        return
    same = Complaint.objects.filter(state=State.HANDLING, suspended_until=None, asked_for="")
    target = same.filter(group=newest[0].group).first() or same.first()
    if target:
        actions.merge(newest[0], into=target, note="同一件事。", by=office, at=at)
    actions.withdraw(newest[1], reason="物业已经处理好了。", at=at)
