from django.contrib.auth.models import AnonymousUser

from accounts.models import Role, User
from progress.models import Publicity


def may_mark_flags(user: User | AnonymousUser) -> bool:
    """The creation office alone marks flags."""
    return user.is_authenticated and user.role == Role.OFFICE


def may_read_statements(user: User | AnonymousUser) -> bool:
    """Staff always; the public if the office publishes them."""
    return user.is_authenticated or Publicity.current() == Publicity.FULL
