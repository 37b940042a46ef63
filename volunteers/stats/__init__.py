"""Counted reads of volunteers and patrols, for pages here and for the apps above."""

from volunteers.stats.figures import (
    Figures,
    MonthFigures,
    Ranked,
    UnitRate,
    Waiting,
    figures,
    month_figures,
    month_total,
    rankings,
    registration_rates,
    upcoming_activities,
    waiting_for_organiser,
)
from volunteers.stats.own import Standing, own_data, standing
from volunteers.stats.patrols import (
    WALKED,
    Coverage,
    DayState,
    Gap,
    GridRow,
    missing_patrols,
    patrol_coverage,
    patrolled_today,
)

__all__ = [
    "WALKED",
    "Coverage",
    "DayState",
    "Figures",
    "Gap",
    "GridRow",
    "MonthFigures",
    "Ranked",
    "Standing",
    "UnitRate",
    "Waiting",
    "figures",
    "missing_patrols",
    "month_figures",
    "month_total",
    "own_data",
    "patrol_coverage",
    "patrolled_today",
    "rankings",
    "registration_rates",
    "standing",
    "upcoming_activities",
    "waiting_for_organiser",
]
