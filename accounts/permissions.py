"""Who may do what to people and units, beyond who may open which page."""

from accounts.models import Role, User

MASTER_DATA = (Role.OFFICE, Role.ADMINISTRATOR)


def may_edit_units(user: User) -> bool:
    return user.role in MASTER_DATA


def may_change_post_of(user: User, person: User) -> bool:
    """Nobody gives themself another role, or shuts themself out."""
    return user.role == Role.ADMINISTRATOR and user.pk != person.pk
