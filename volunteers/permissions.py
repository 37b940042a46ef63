"""Who may do what with patrols, teams and activities, beyond who may open which page."""

from accounts.models import Role, User
from volunteers.models import Activity, Team

# Who organises: the office everything, a unit's liaison the own unit's.
KEEPERS = (Role.OFFICE, Role.LIAISON)


def may_patrol(user: User) -> bool:
    return user.role == Role.LIAISON and user.unit_id is not None


def may_keep_team(user: User, team: Team) -> bool:
    """Its members and its activities."""
    return user.role == Role.OFFICE or (user.role == Role.LIAISON and team.unit_id == user.unit_id is not None)


def may_keep(user: User, activity: Activity) -> bool:
    """Organise it: change, publish, cancel, note who came, confirm and correct hours, report."""
    return user.role == Role.OFFICE or (user.role == Role.LIAISON and activity.unit_id == user.unit_id is not None)
