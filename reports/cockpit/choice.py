"""What part of the city, which month and compared with which: the parameters of the cockpit's pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import Role, User
from common.months import Month
from complaints.staff_forms import as_set
from reports.directory import Directory, Named
from reports.rollups.reading import CITY, Scope

MONTHS = 13
WHOLE, MINE = "city", "mine"
LAST_MONTH, LAST_YEAR = "month", "year"


@dataclass(frozen=True)
class Area:
    """A part of the city. `queue`: the queue's filter for it."""

    value: str
    label: str
    scope: Scope
    queue: dict[str, str] = field(hash=False)
    group: Named | None = None
    unit: Named | None = None
    # Whose flags these are; None: everybody's.
    flag_units: frozenset[int] | None = None

    def cases(self, **filters: str) -> str:
        """The queue's address with the area's cases, narrowed further."""
        implied = {"units": {"unit"}, "communities": {"community", "grid"}}
        own = {name: value for name, value in self.queue.items() if not implied.get(name, set()) & filters.keys()}
        return f"{self._address}?{urlencode(own | filters)}"

    @cached_property
    def _address(self) -> str:
        """Found once for the hundreds of links of a table."""
        return reverse("complaints:queue")


@dataclass(frozen=True)
class Choice:
    area: Area
    month: Month
    compare: str
    today: date

    @property
    def is_running(self) -> bool:
        return self.month == Month.of(self.today)

    @property
    def other(self) -> Month:
        """The month that is compared with: 环比 or 同比."""
        return self.month.shifted(-12 if self.compare == LAST_YEAR else -1)

    @property
    def other_words(self) -> str:
        return f"{'去年' if self.compare == LAST_YEAR else '上月'}{'同期' if self.is_running else ''}"

    def flags_url(self, month: Month) -> str:
        """The page with the flags of a month, of the area where it has one of its own."""
        if self.area.group:
            return reverse("progress:board_month", args=[self.area.group.code, month.year, month.month])
        if self.area.unit:
            return reverse("progress:unit_year", args=[self.area.unit.code, month.year])
        return reverse("progress:city_month", args=[month.year, month.month])

    @property
    def first(self) -> Month:
        return self.month.shifted(1 - MONTHS)

    def link(self, **changes: object) -> str:
        """The query of this choice with changes; what is as usual is left out."""
        given = {"area": self.area.value, "month": "" if self.is_running else str(self.month), "compare": self.compare}
        if self.compare == LAST_MONTH:
            del given["compare"]
        return "?" + urlencode({name: str(value) for name, value in (given | changes).items() if value})


def chosen(parameters: Mapping[str, str], user: User, names: Directory, *, on: date) -> Choice:
    """What means nothing is taken for the usual: one's own group or the whole city, this month, the month before."""
    area = _area(parameters.get("area") or _usual(user), user, names)
    compare = LAST_YEAR if parameters.get("compare") == LAST_YEAR else LAST_MONTH
    return Choice(area, month_of(parameters.get("month", ""), on=on), compare, on)


def month_of(text: str, *, on: date) -> Month:
    this = Month.of(on)
    try:
        year, month = text.split("-")
        asked = Month(int(year), int(month))
    except ValueError:
        return this
    return asked if this.shifted(1 - MONTHS) < asked <= this else this


def _usual(user: User) -> str:
    return f"group:{user.group.code}" if user.role == Role.GROUP_HEAD and user.group else WHOLE


def _area(value: str, user: User, names: Directory) -> Area:
    kind, _, code = value.partition(":")
    if value == MINE and (mine := names.communities_of_leader.get(user.leader_id or 0)):
        return _communities(MINE, "我的包保", mine, names, {"communities": as_set(mine)})
    if kind == "community" and (found := _by_code(names.communities, code)):
        return _communities(value, found.name, frozenset({found.pk}), names, {"community": code})
    if kind == "unit" and (found := _by_code(names.units, code)):
        units = frozenset({found.pk})
        return Area(value, found.name, Scope(units=units), {"unit": code}, unit=found, flag_units=units)
    if kind == "group" and (found := _by_code(names.groups, code)):
        units = names.units_of_group.get(found.pk, frozenset())
        return Area(value, found.name, Scope(units=units), {"units": as_set(units)}, group=found)
    return Area(WHOLE, "全市", CITY, {})


def _communities(value: str, label: str, pks: frozenset[int], names: Directory, queue: dict[str, str]) -> Area:
    return Area(value, label, Scope(communities=pks), queue, flag_units=names.units_leading_in(pks))


def _by_code(entries: dict[int, Named], code: str) -> Named | None:
    return next((entry for entry in entries.values() if entry.code == code), None)


@dataclass(frozen=True)
class Option:
    value: str
    label: str


def has_own_area(user: User, names: Directory) -> bool:
    return user.leader_id in names.communities_of_leader


def area_options(names: Directory, *, with_own: bool) -> list[tuple[str, list[Option]]]:
    """The choices of the area, in groups."""
    city = [Option(WHOLE, "全市"), *([Option(MINE, "我的包保")] if with_own else [])]
    kinds = (("社区", "community", names.communities), ("专项组", "group", names.groups), ("单位", "unit", names.units))
    return [("范围", city)] + [
        (label, [Option(f"{kind}:{one.code}", one.name) for one in entries.values()]) for label, kind, entries in kinds
    ]
