"""Who may do what with patrols, beyond who may open which page."""

from accounts.models import Role, User


def may_patrol(user: User) -> bool:
    return user.role == Role.LIAISON and user.unit_id is not None
