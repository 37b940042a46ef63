"""Passwords, and the row of the user that every page of staff reads: found by a statement composed once."""

from django.contrib.auth.backends import ModelBackend
from django.db.models import BigAutoField

from accounts.models import User
from common.composed import Composed

_by_key = Composed(lambda key: User.objects.filter(pk=key), key=BigAutoField())


class PortalBackend(ModelBackend):
    def get_user(self, user_id: int) -> User | None:
        for user in _by_key(key=user_id):
            return user if self.user_can_authenticate(user) else None
        return None
