"""Inspections as the guidance group writes them, by the real actions."""

import datetime
import itertools

from accounts.models import Role
from common.clock import CITY_TIME
from complaints.models import ProblemGroup
from supervision import actions
from supervision.models import Inspection, Matter, Measure, Outcome, Referral, Source
from supervision.workflow import Move, State
from tests.factories.accounts import UnitFactory, UserFactory

NOW = datetime.datetime(2026, 11, 24, 10, tzinfo=CITY_TIME)
TODAY = NOW.date()
_serial = itertools.count(1)

CASE = {"text": "桥头垃圾箱满溢，箱外堆了 5 袋。", "outcome": Outcome.CASE, "group": ProblemGroup.GARBAGE}


def remark(task) -> dict:
    return {"text": "楼道堆物只清了一半。", "outcome": Outcome.REMARK, "task": task}


def referral_of(unit) -> dict:
    """A finding to be referred."""
    return {"text": "清雪记录是编的。", "outcome": Outcome.REFERRAL, "unit": unit, "matter": Matter.FALSIFIED}


def draft(*findings: dict, by=None, photos=(), at=NOW, **facts) -> Inspection:
    """A draft with these findings, each with the photos."""
    facts = {"on": at.date(), "place": "二中门口", "looked_at": "看了门前三包和垃圾箱。"} | facts
    by = by or UserFactory(role=Role.GUIDANCE)
    begun = actions.keep_draft(actions.Facts(**facts), key=f"test-{next(_serial)}", by=by, at=at)
    for said in findings:
        finding = actions.begin_finding(begun, at=at)
        actions.keep_finding(finding, **said, at=at)
        for photo in photos:
            actions.add_photo(finding, photo=photo, at=at)
    return begun


def inspection(*findings: dict, at=NOW, **options) -> Inspection:
    """A submitted one."""
    begun = draft(*findings, at=at, **options)
    return actions.submit(begun, by=begun.by, at=at)


# The moves that bring a referral to a state.
WAY = {
    State.REFERRED: [],
    State.VERIFYING: [Move.VERIFY],
    State.SUBSTANTIATED: [Move.VERIFY, Move.SUBSTANTIATE],
    State.UNSUBSTANTIATED: [Move.VERIFY, Move.DISMISS],
    State.HANDLED: [Move.VERIFY, Move.SUBSTANTIATE, Move.HANDLE],
    State.CLOSED: [Move.VERIFY, Move.SUBSTANTIATE, Move.HANDLE, Move.CLOSE],
}


def referral(state=State.REFERRED, *, unit=None, by=None, group=None, evidence=(), at=NOW) -> Referral:
    """One that the office referred (or `by`), brought to `state` by a member of the group."""
    told = actions.Told(unit or UnitFactory(), Matter.NOT_DONE, "连续三次没有到场清雪。", evidence)
    made = actions.refer(told, source=Source.OFFICE, by=by or UserFactory(), at=at)
    if WAY[state]:
        group = group or UserFactory(role=Role.SUPERVISION)
    for move in WAY[state]:
        measure = Measure.TALK if move == Move.HANDLE else ""
        actions.move_referral(made, move, reason=f"{move.label}的理由", measure=measure, by=group, at=at)
    return made
