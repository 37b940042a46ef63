"""Volunteers, teams and activities, made by the real actions."""

import datetime
import itertools

from common.clock import CITY_TIME
from tests.factories.accounts import UserFactory
from volunteers import actions
from volunteers.actions import About, Plan
from volunteers.models import Activity, ActivityType, SignUp, Team, Volunteer

# Saturday morning; activities are planned the Monday before.
SATURDAY_NINE = datetime.datetime(2026, 11, 28, 9, tzinfo=CITY_TIME)
MONDAY = datetime.datetime(2026, 11, 23, 9, tzinfo=CITY_TIME)
HOUR = datetime.timedelta(hours=1)
_serial = itertools.count(1)


def volunteer(name: str = "", *, at=MONDAY, phone: str = "", **about) -> Volunteer:
    number = next(_serial)
    told = About(name or f"示例志愿者{number}", about.pop("born_year", 1990), **about)
    return actions.register(told, phone=phone or f"1380000{number:04}", at=at)


def team(unit=None, *, at=MONDAY, **facts) -> Team:
    number = next(_serial)
    told = {"code": f"T{number:03}", "name": f"示例志愿队 {number}", "unit": unit} | facts
    return actions.save_team(None, facts=actions.TeamFacts(**told), by=UserFactory(), at=at)


def member(of: Team, who: Volunteer | None = None, *, at=MONDAY) -> Volunteer:
    who = who or volunteer(at=at)
    actions.decide(actions.ask_to_join(of, volunteer=who, at=at), accept=True, by=UserFactory(), at=at)
    return who


def plan(of: Team | None = None, *, starts_at=SATURDAY_NINE, hours: float = 2, **changes) -> Plan:
    told = {
        "team": of or team(), "type": ActivityType.CARE, "title": "看望独居老人", "place": "示例小区南门",
        "starts_at": starts_at, "ends_at": starts_at + HOUR * hours, "capacity": 20,
    }  # fmt: skip
    return Plan(**(told | changes))


def activity(of: Team | None = None, *, at=MONDAY, by=None, **changes) -> Activity:
    """Planned and published."""
    by = by or UserFactory()
    planned = actions.plan_activity(plan(of, **changes), by=by, at=at)[0]
    actions.publish(planned, by=by, at=at)
    return planned


def served(of: Activity, who: Volunteer, *, came=None, went=None, at=MONDAY) -> SignUp:
    """Signed up, and noted by the organiser as having come and gone (the whole time unless said otherwise)."""
    mine = actions.sign_up(of, volunteer=who, at=at, accept_overlap=True)
    actions.note_times(mine, came_at=came or of.starts_at, went_at=went or of.ends_at, by=UserFactory(), at=of.ends_at)
    return mine


def confirmed(of: Activity, *, by=None):
    of.refresh_from_db()
    return actions.confirm_hours(of, by=by or UserFactory(), at=of.ends_at + HOUR)
