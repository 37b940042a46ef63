"""Who may do what with patrols, beyond who may open which page."""

from accounts.models import Role, User
from volunteers.models import PatrolLog


def may_patrol(user: User) -> bool:
    return user.role == Role.LIAISON and user.unit_id is not None


def may_add_finding(user: User, log: PatrolLog) -> bool:
    return may_patrol(user) and user.unit_id == log.unit_id
