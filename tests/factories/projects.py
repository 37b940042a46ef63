import datetime
import itertools

from common.clock import CITY_TIME
from projects import actions
from projects.models import Kind, Project
from tests.factories.accounts import LeaderFactory, UnitFactory, UserFactory

NOW = datetime.datetime(2026, 11, 23, 9, tzinfo=CITY_TIME)
_serial = itertools.count(1)
STAGES = (("方案和招标", datetime.date(2026, 6, 30)), ("动工", datetime.date(2026, 11, 30)))


def started(*, kind=Kind.PRACTICAL, year=2026, **changes) -> Project:
    """A project as the office puts it down, by the real action."""
    plan = {
        "kind": kind,
        "title": f"补装楼道灯 {next(_serial)} 盏",
        "goal": "楼道夜里有灯。",
        "unit": changes.pop("unit", None) or UnitFactory(),
        "leader": LeaderFactory() if kind == Kind.MAJOR else None,
        "due_on": datetime.date(2026, 12, 20),
        "stages": STAGES,
    }
    by = changes.pop("by", None) or UserFactory()
    return actions.start(actions.Plan(**(plan | changes)), year=year, by=by, at=NOW)
