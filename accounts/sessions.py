"""Sessions in the database, as Django keeps them; read on every page by a statement composed once."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from common.composed import Composed

_by_key = Composed(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now), key=CharField(), now=DateTimeField()
)


class SessionStore(DatabaseStore):
    def _get_session_from_db(self) -> Session | None:
        for session in _by_key(key=self.session_key, now=timezone.now()):
            return session
        self._session_key = None
        return None
