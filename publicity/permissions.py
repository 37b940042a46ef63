from django.contrib.auth.models import AnonymousUser

from accounts.models import Role, User


def may_publish(user: User | AnonymousUser) -> bool:
    """The creation office alone writes, publishes and withdraws announcements."""
    return user.is_authenticated and user.role == Role.OFFICE
