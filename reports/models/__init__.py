from reports.models.month_end import (
    BuildState,
    MonthEndReport,
    ReportBuild,
    ReportBuildQuerySet,
    canonical,
    checksum_of,
)
from reports.models.rollup import Axis, CaseShare, Grain, PatrolTally, RollupState, Tally, TouchedCase

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
    "Tally",
    "TouchedCase",
    "canonical",
    "checksum_of",
]
