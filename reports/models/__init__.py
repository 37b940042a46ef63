from reports.models.rollup import Axis, CaseShare, Grain, PatrolTally, RollupState, Tally, TouchedCase

__all__ = ["Axis", "CaseShare", "Grain", "PatrolTally", "RollupState", "Tally", "TouchedCase"]
