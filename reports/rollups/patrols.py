"""Patrols by month and grid, so that a dashboard reads a hundred rows instead of every log."""

from datetime import datetime

from django.db import transaction

from common.clock import CITY_TIME
from common.months import Month
from reports.models import PatrolTally
from volunteers.stats import WALKED, DayState, GridRow, patrol_coverage

MONTHS_BACK = 12
_COUNTS = ["unit_id", "walked", "expected", "walked_today", "expected_today"]


def refresh(month: Month, *, at: datetime) -> None:
    """Bring a month's rows to what the logs and assignments say; writes only what differs."""
    today = at.astimezone(CITY_TIME).date()
    coverage = patrol_coverage(month.first_day, month.last_day, today=today, streaks=False)
    place = today.day - 1 if month == Month.of(at) else None
    wanted = {row.grid.pk: _tally(month, row, place) for row in coverage.rows}
    kept = {tally.grid_id: tally for tally in PatrolTally.objects.filter(month=month.first_day)}
    changed = [tally for pk, tally in wanted.items() if pk not in kept or _counts(kept[pk]) != _counts(tally)]
    gone = [tally.pk for pk, tally in kept.items() if pk not in wanted]
    if changed or gone:
        with transaction.atomic():
            PatrolTally.objects.filter(pk__in=gone).delete()
            PatrolTally.objects.bulk_create(
                changed, update_conflicts=True, unique_fields=["month", "grid"], update_fields=_COUNTS
            )


def refresh_year(*, at: datetime) -> None:
    """This month and the twelve before it: logs come in late, and assignments are corrected."""
    for back in range(MONTHS_BACK + 1):
        refresh(Month.of(at).shifted(-back), at=at)


def _tally(month: Month, row: GridRow, today: int | None) -> PatrolTally:
    """`today`: the place of the present day in the month."""
    state = row.states[today] if today is not None else DayState.NONE
    return PatrolTally(
        month=month.first_day,
        grid=row.grid,
        unit=row.unit,
        walked=row.covered.count,
        expected=row.covered.total,
        walked_today=int(state in WALKED),
        expected_today=int(state != DayState.NONE),
    )


def _counts(tally: PatrolTally) -> list[int]:
    return [getattr(tally, name) for name in _COUNTS]
