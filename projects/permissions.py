"""Who may do what to livelihood projects."""

from django.contrib.auth.models import AnonymousUser

from accounts.models import Role, User
from projects.models import Project


def may_plan(user: User | AnonymousUser) -> bool:
    """The office alone puts projects down and says that one is completed."""
    return user.is_authenticated and user.role == Role.OFFICE


def may_write_progress(user: User | AnonymousUser, project: Project) -> bool:
    """The office, and the people of the unit."""
    if not user.is_authenticated:
        return False
    return may_plan(user) or (user.role == Role.LIAISON and user.unit_id == project.unit_id)
