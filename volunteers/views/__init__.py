from volunteers.views.coverage import calendar, coverage
from volunteers.views.guides import guide_edit, guide_new, guide_remove, guides
from volunteers.views.logs import finding_photo, patrol_log
from volunteers.views.patrols import add_finding, patrol, today
from volunteers.views.worker import worker

__all__ = [
    "add_finding",
    "calendar",
    "coverage",
    "finding_photo",
    "guide_edit",
    "guide_new",
    "guide_remove",
    "guides",
    "patrol",
    "patrol_log",
    "today",
    "worker",
]
