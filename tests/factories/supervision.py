"""Inspections as the guidance group writes them, by the real actions."""

import datetime
import itertools

from accounts.models import Role
from common.clock import CITY_TIME
from complaints.models import ProblemGroup
from supervision import actions
from supervision.models import Inspection, Outcome
from tests.factories.accounts import UserFactory

NOW = datetime.datetime(2026, 11, 24, 10, tzinfo=CITY_TIME)
TODAY = NOW.date()
_serial = itertools.count(1)

CASE = {"text": "桥头垃圾箱满溢，箱外堆了 5 袋。", "outcome": Outcome.CASE, "group": ProblemGroup.GARBAGE}


def remark(task) -> dict:
    return {"text": "楼道堆物只清了一半。", "outcome": Outcome.REMARK, "task": task}


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
