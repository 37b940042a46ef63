from accounts.models import Role, User


def may_mark_flags(user: User) -> bool:
    """The creation office alone marks flags."""
    return user.role == Role.OFFICE
