from volunteers.api.activities import Activities, ActivityCodes, ActivitySignUps, VolunteerFigures
from volunteers.api.patrols import Findings, Patrols

__all__ = ["Activities", "ActivityCodes", "ActivitySignUps", "Findings", "Patrols", "VolunteerFigures"]
