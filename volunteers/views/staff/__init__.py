from volunteers.views.staff.activities import (
    activities,
    activity_cancel,
    activity_edit,
    activity_kept,
    activity_new,
    activity_publish,
    activity_report,
)
from volunteers.views.staff.attendance import attend, attendance, code, hours, hours_confirm, hours_correct
from volunteers.views.staff.figures import certificate_revoke, certificates_kept, figures
from volunteers.views.staff.teams import team, team_decide, team_edit, team_new, teams

__all__ = [
    "activities",
    "activity_cancel",
    "activity_edit",
    "activity_kept",
    "activity_new",
    "activity_publish",
    "activity_report",
    "attend",
    "attendance",
    "certificate_revoke",
    "certificates_kept",
    "code",
    "figures",
    "hours",
    "hours_confirm",
    "hours_correct",
    "team",
    "team_decide",
    "team_edit",
    "team_new",
    "teams",
]
