"""Counted reads of the ledger (宣传台账)."""

from dataclasses import dataclass

from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth

from common.months import Month
from publicity.models import Work


@dataclass(frozen=True)
class Counted:
    """Screens, messages and copies are different things: `amount` is never added up over kinds."""

    times: int = 0
    amount: int = 0


@dataclass(frozen=True)
class MonthOfWork:
    """`counted` holds one for each kind, in the order of Work.Kind."""

    month: Month
    counted: list[Counted]


def work_by_month() -> list[MonthOfWork]:
    """Each month in which anything was done, newest first, in one statement."""
    rows = Work.objects.order_by().annotate(month=TruncMonth("done_on")).values_list("month", "kind")
    found: dict[Month, dict[str, Counted]] = {}
    for first_day, kind, times, amount in rows.annotate(Count("pk"), Sum("amount")):
        found.setdefault(Month.of(first_day), {})[kind] = Counted(times, amount)
    return [
        MonthOfWork(month, [found[month].get(kind, Counted()) for kind in Work.Kind.values])
        for month in sorted(found, reverse=True)
    ]
