"""The people and organisations of the sample city, all invented: units, special groups, leaders, who signs in."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.contrib.auth.hashers import make_password

from accounts.models import Leader, Role, SpecialGroup, Unit, User
from accounts.passwords import initial_password
from common.clock import CITY_TIME
from mohe_portal.sample_city import words
from mohe_portal.sample_city.dice import dice

UNITS = 122
LEADERS = 12
SHOWN_UNIT = 7  # 示例单位 07 signs in and has something of everything


@dataclass(frozen=True)
class SignIn:
    """A person who may sign in, and the password that nobody but the caller of the seeding will know."""

    role: str
    username: str
    password: str
    name: str


@dataclass(frozen=True)
class Cast:
    """Everybody, stored. `liaisons` maps a unit's id to its liaison."""

    units: list[Unit]
    groups: list[SpecialGroup]
    leaders: list[Leader]
    office: list[User]
    operators: list[User]
    guidance: list[User]
    liaisons: dict[int, User]
    sign_ins: list[SignIn]

    def unit(self, number: int) -> Unit:
        return self.units[number - 1]


def bring_in(seed: int, *, since: date) -> Cast:
    """Store everybody. Passwords are random whatever the seed."""
    units = Unit.objects.bulk_create(_units(seed))
    groups = SpecialGroup.objects.bulk_create(
        SpecialGroup(code=code, name=name, has_board=has_board, position=position)
        for position, (code, name, has_board) in enumerate(words.SPECIAL_GROUPS, start=1)
    )
    leaders = Leader.objects.bulk_create(
        Leader(code=f"L{number:02d}", name=words.leader_name(number), title="处级领导（示例）")
        for number in range(1, LEADERS + 1)
    )
    staff = _staff(units, groups, leaders)
    sign_ins = [SignIn(user.get_role_display(), user.username, initial_password(), user.name) for user in staff]
    for user, sign_in in zip(staff, sign_ins, strict=True):
        user.password = make_password(sign_in.password)
    colleagues = _colleagues(units)
    for user in (*staff, *colleagues):
        user.must_change_password = False
        user.date_joined = datetime.combine(since, time(9), CITY_TIME)
    users = User.objects.bulk_create([*staff, *colleagues])
    return Cast(
        units=units,
        groups=groups,
        leaders=leaders,
        office=_with_role(users, Role.OFFICE),
        operators=_with_role(users, Role.OPERATOR),
        guidance=_with_role(users, Role.GUIDANCE),
        liaisons={u.unit_id: u for u in _with_role(users, Role.LIAISON) if u.unit_id and not u.is_unit_head},
        sign_ins=sign_ins,
    )


def _with_role(users: list[User], role: Role) -> list[User]:
    return [user for user in users if user.role == role]


def _units(seed: int) -> list[Unit]:
    chance = dice(seed, "units")
    kinds = [Unit.Kind.PARTY_AND_GOVERNMENT] * 64 + [Unit.Kind.ENTERPRISE_OR_INSTITUTION] * 38
    kinds += [Unit.Kind.HIGHER_LEVEL] * (UNITS - len(kinds))
    chance.shuffle(kinds)
    return [
        Unit(
            code=f"U{number:03d}",
            name=words.unit_name(number),
            kind=kind,
            headcount=chance.choice((8, 12, 15, 18, 23, 30, 42, 60, 85)),
            contact_name=words.liaison_name(number),
            contact_phone=words.phone(number),
        )
        for number, kind in enumerate(kinds, start=1)
    ]


def _staff(units: list[Unit], groups: list[SpecialGroup], leaders: list[Leader]) -> list[User]:
    """Those whose passwords are handed out: one of each role."""
    shown = units[SHOWN_UNIT - 1]
    posts: list[tuple[str, Role, dict[str, object]]] = [
        ("office", Role.OFFICE, {}),
        ("hotline", Role.OPERATOR, {}),
        ("unit07", Role.LIAISON, {"unit": shown}),
        ("guidance", Role.GUIDANCE, {}),
        ("group", Role.GROUP_HEAD, {"group": groups[0]}),
        ("supervision", Role.SUPERVISION, {}),
        ("leader", Role.LEADER, {"leader": leaders[0]}),
        ("admin", Role.ADMINISTRATOR, {}),
        ("auditor", Role.AUDITOR, {}),
        ("security", Role.SECURITY, {}),
    ]
    return [
        User(username=username, role=role, name=words.person_name(number), **belongs)
        for number, (username, role, belongs) in enumerate(posts, start=1)
    ]


def _colleagues(units: list[Unit]) -> list[User]:
    """Those who acted in the past and cannot sign in: a second pair of hands at each desk, a liaison of each unit."""
    desks = [("office2", Role.OFFICE), ("hotline2", Role.OPERATOR), ("guidance2", Role.GUIDANCE)]
    at_desks = [
        User(username=username, role=role, name=words.person_name(number))
        for number, (username, role) in enumerate(desks, start=11)
    ]
    in_units = [
        User(username=f"unit{number:02d}", role=Role.LIAISON, unit=unit, name=words.liaison_name(number))
        for number, unit in enumerate(units, start=1)
        if number != SHOWN_UNIT
    ]
    shown = units[SHOWN_UNIT - 1]
    head = User(username="unit07head", role=Role.LIAISON, unit=shown, name=words.person_name(14), is_unit_head=True)
    for user in (*at_desks, *in_units, head):
        user.password = make_password(None)
    return [*at_desks, *in_units, head]
