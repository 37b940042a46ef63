"""Figures counted ahead: cases kept by `keeping`, patrols by `patrols`; read by `reading`."""

from datetime import datetime

from common.months import Month
from reports.rollups import keeping, patrols

__all__ = ["rebuild", "refresh"]


def refresh(*, at: datetime) -> str:
    """Count what changed since the last time. Says what it did."""
    patrols.refresh(Month.of(at), at=at)
    return keeping.refresh(at=at)


def rebuild(*, at: datetime) -> str:
    """Count everything anew and put right whatever the tallies held otherwise. Says what it did."""
    patrols.refresh_year(at=at)
    return keeping.rebuild(at=at)
