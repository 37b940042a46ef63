"""Repeat signals (反复出现的情况): what figures say of a unit again and again. Listed for people, never acted on."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.db.models import Count, TextChoices
from django.http import QueryDict
from django.urls import reverse

from accounts.models import Unit, User
from common.kept_numbers import KeptNumbers
from common.months import Month
from complaints.behind import Why
from complaints.figures import ratings_of_units
from complaints.models import Complaint
from complaints.models.complaint import Light
from progress.streaks import blue_streaks

# Ratings of this month and the two before: one month of a small unit holds too few.
MONTHS_OF_RATINGS = 3


@dataclass(frozen=True)
class Thresholds(KeptNumbers):
    """From where on something counts as a repeat signal; as they stand where nobody has changed them."""

    FACT: ClassVar[str] = "repeat_signals"

    blue_months: int = 2
    overdue_cases: int = 3
    ratings: int = 5
    satisfied_below: int = 70


class Kind(TextChoices):
    BLUE = "blue", "连续蓝旗"
    OVERDUE = "overdue", "超时案件多"
    SATISFACTION = "satisfaction", "满意率低"


@dataclass(frozen=True)
class Repeat:
    """Of one unit: what it is, said in words, how bad, and the pages that show it as (words, address)."""

    kind: Kind
    unit: Unit
    words: str
    weight: int
    links: tuple[tuple[str, str], ...]


def repeats(user: User, *, at: datetime, kind: Kind | None = None, unit: Unit | None = None) -> list[Repeat]:
    """All that reach a threshold, the worst of each kind first; of one kind or unit where that is asked for."""
    thresholds = Thresholds.current()
    found = [
        *(_blue(thresholds, at, unit) if kind in {None, Kind.BLUE} else []),
        *(_overdue(thresholds, at, user) if kind in {None, Kind.OVERDUE} else []),
        *(_unsatisfied(thresholds, at) if kind in {None, Kind.SATISFACTION} else []),
    ]
    units = Unit.objects.filter(is_active=True).in_bulk([one[1] for one in found])
    named = [
        Repeat(what, units[key], words, weight, links) for what, key, words, weight, links in found if key in units
    ]
    return [one for one in named if unit is None or one.unit == unit]


_Found = tuple[Kind, int, str, int, tuple[tuple[str, str], ...]]


def _blue(thresholds: Thresholds, at: datetime, unit: Unit | None) -> list[_Found]:
    """Rows of blue months that are still going on."""
    found: list[_Found] = []
    for one in blue_streaks(until=Month.of(at), unit=unit):
        if not one.is_going_on or one.length < thresholds.blue_months:
            continue
        span = f"{one.first.year} 年 {one.first.month} 月至 {one.last.year} 年 {one.last.month} 月"
        words = f"{one.group_name}图版，{span}，连续 {one.length} 个月蓝旗"
        url = reverse("progress:unit_year", args=[one.unit_code, one.last.year])
        found.append((Kind.BLUE, one.unit_id, words, one.length, (("看这个单位的旗", url),)))
    return found


def _overdue(thresholds: Thresholds, at: datetime, user: User) -> list[_Found]:
    """Units with many cases past their deadline at this moment: those that the queue lists."""
    late = Complaint.objects.visible_to(user).overdue(at=at).exclude(unit=None).order_by()
    counted = late.values_list("unit", "unit__code").annotate(number=Count("pk"))
    many = counted.filter(number__gte=thresholds.overdue_cases).order_by("-number", "unit__code")
    return [
        (
            Kind.OVERDUE,
            unit,
            f"现在有 {number} 件案件超时没有办结",
            number,
            ((f"看这 {number} 件", _queue(unit=code, light=Light.OVERDUE)),),
        )
        for unit, code, number in many
    ]


def _unsatisfied(thresholds: Thresholds, at: datetime) -> list[_Found]:
    """Units that residents are not content with, of which there are ratings enough to say so."""
    first = Month.of(at).shifted(1 - MONTHS_OF_RATINGS)
    rates = ratings_of_units(first.starts_at, at)
    low = {
        unit: rate
        for unit, rate in rates.items()
        if rate.denominator >= thresholds.ratings and (rate.percent or 0) < thresholds.satisfied_below
    }
    codes = dict(Unit.objects.filter(pk__in=low).values_list("pk", "code")) if low else {}
    months = [first.shifted(number) for number in range(MONTHS_OF_RATINGS)]
    return [
        (
            Kind.SATISFACTION,
            unit,
            f"{first.month} 月以来满意率 {rate.percent}%（{rate.numerator}／{rate.denominator}）",
            100 - (rate.percent or 0),
            tuple(
                (f"{month.month} 月不满意的", _queue(unit=codes[unit], why=Why.UNSATISFIED, month=str(month)))
                for month in months
            ),
        )
        for unit, rate in sorted(low.items(), key=lambda one: (one[1].percent or 0, codes[one[0]]))
    ]


def _queue(**parameters: str) -> str:
    query = QueryDict(mutable=True)
    query.update({name: str(value) for name, value in parameters.items()})
    return f"{reverse('complaints:queue')}?{query.urlencode()}"
