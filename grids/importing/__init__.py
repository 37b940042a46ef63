"""Take the city in from files and give it out again.

reading (bytes → text) → checking, rules (text → the city as it will be, and every fault) → plan (what changes)
→ applying (all or nothing). writing is the way back.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from common.clock import CITY_TIME
from common.errors import DomainError, StaleRecord
from grids.importing.applying import carry_out
from grids.importing.city import read_city
from grids.importing.plan import Plan, make_plan
from grids.importing.reading import Fault, Source

__all__ = ["Fault", "Plan", "Source", "import_files", "preview"]


def preview(sources: Iterable[Source], *, at: datetime, gcj02: bool = False) -> Plan:
    """What an import of these files would change now, or what is wrong with them."""
    return make_plan(sources, read_city(), today=at.astimezone(CITY_TIME).date(), gcj02=gcj02)


def import_files(
    sources: Iterable[Source], *, by: User | None, at: datetime, gcj02: bool = False, seen: str | None = None
) -> Plan:
    """Import the files if nothing is wrong with them; returns the plan, carried out if it has no faults.

    `seen` is the digest of the plan that was shown: raises StaleRecord if it would no longer be the same.
    """
    try:
        with transaction.atomic():
            plan = preview(sources, at=at, gcj02=gcj02)
            if seen is not None and plan.digest != seen:
                raise StaleRecord("预览之后，系统里的数据被别人改过。请重新看一遍预览，再确认导入。")
            if not plan.faults:
                carry_out(plan, by=by, at=at)
            return plan
    except IntegrityError:
        raise DomainError("导入时有人同时改了数据，一条也没有导入。请再试一次。") from None
