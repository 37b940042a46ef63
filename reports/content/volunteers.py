"""The volunteering of a month: activities whose hours are confirmed, and who of each unit is registered."""

from datetime import datetime
from typing import Any

from common.months import Month
from volunteers.stats import Figures, month_figures, registration_rates
from volunteers.stats.figures import TARGET_PERCENT


def read(month: Month, as_of: datetime) -> dict[str, Any]:
    found = month_figures(month)
    return {
        "city": _counts(found.total),
        "types": [{"name": name} | _counts(one) for name, one in found.by_type],
        "units": [{"name": row.name} | _counts(row.figures) for row in found.by_unit],
        "communities": [{"key": area.code, "name": area.name} | _counts(one) for area, one in found.by_community],
        "unconfirmed": found.unconfirmed,
        "registered": found.registered,
        "teams": {"count": found.teams.count, "of": found.teams.total},
        "holding_units": {"count": found.units.count, "of": found.units.total},
        "target": TARGET_PERCENT,
        "rates": [
            {
                "key": rate.unit.code,
                "name": rate.unit.name,
                "registered": rate.registered.count,
                "headcount": rate.registered.total,
                "reaches_target": rate.reaches_target,
            }
            for rate in sorted(registration_rates(), key=lambda rate: rate.unit.code)
        ],
    }


def _counts(one: Figures) -> dict[str, int]:
    return {"activities": one.activities, "people": one.people, "minutes": one.minutes, "teams": one.teams}
