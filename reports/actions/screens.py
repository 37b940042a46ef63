"""Making and revoking the links of big screens."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from audit import log
from common.crypto import digest
from common.errors import DomainError
from reports.models import ScreenLink

NOTED_EVERY = timedelta(minutes=10)


@transaction.atomic
def open_screen(*, name: str, by: User, at: datetime) -> tuple[ScreenLink, str]:
    """A new link and its key, which nobody can read again."""
    key = secrets.token_urlsafe(24)
    link = ScreenLink.objects.create(name=name, key_digest=digest("screen", key), created_by=by, created_at=at)
    log.record("建立大屏链接", by=by, at=at, target=link)
    return link, key


@transaction.atomic
def revoke_screen(link: ScreenLink, *, by: User, at: datetime) -> None:
    """From its next refresh on, within a minute, the screen shows nothing any more."""
    if not ScreenLink.objects.valid().filter(pk=link.pk).update(revoked_at=at):
        raise DomainError("这个大屏链接已经停用了。")
    log.record("停用大屏链接", by=by, at=at, target=link)


def screen_of(key: str, *, at: datetime) -> ScreenLink | None:
    """The valid link with this key; notes now and then that it is in use."""
    link = ScreenLink.objects.valid().filter(key_digest=digest("screen", key)).first() if key else None
    if link and link.was_used_before(at - NOTED_EVERY):
        ScreenLink.objects.filter(pk=link.pk).update(last_used_at=at)
    return link
