from reports.models.rollup import Axis, CaseShare, Grain, RollupState, Tally, TouchedCase

__all__ = ["Axis", "CaseShare", "Grain", "RollupState", "Tally", "TouchedCase"]
