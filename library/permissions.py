from django.contrib.auth.models import AnonymousUser

from accounts.models import Role, User


def may_keep(user: User | AnonymousUser) -> bool:
    """The creation office alone keeps the library."""
    return user.is_authenticated and user.role == Role.OFFICE
