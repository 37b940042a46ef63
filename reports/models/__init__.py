from reports.models.month_end import (
    BuildState,
    MonthEndReport,
    ReportBuild,
    ReportBuildQuerySet,
    canonical,
    checksum_of,
)
from reports.models.rollup import Axis, CaseShare, Grain, PatrolTally, RollupState, Tally, TouchedCase
from reports.models.screen import ScreenLink

__all__ = [
    "Axis",
    "BuildState",
    "CaseShare",
    "Grain",
    "MonthEndReport",
    "PatrolTally",
    "ReportBuild",
    "ReportBuildQuerySet",
    "RollupState",
    "ScreenLink",
    "Tally",
    "TouchedCase",
    "canonical",
    "checksum_of",
]
