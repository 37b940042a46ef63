"""Following a case that somebody else filed, instead of filing it once more."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from common import crypto
from common.errors import DomainError
from complaints.actions.intake import Contact, add_reporter
from complaints.models import Complaint, Reporter
from complaints.workflow import OPEN_STATES


@dataclass(frozen=True)
class Following:
    """Who follows, and the key that their tracking code follows from."""

    reporter: Reporter
    key: str


def follow(case: Complaint, *, contact: Contact, key: str, at: datetime) -> Following:
    """Let somebody follow an open case by a code of their own; asked again with the same key, nothing changes."""
    key = f"follow:{key}:{case.number}"
    if case.is_confidential or case.state not in OPEN_STATES:
        raise DomainError("这件刚刚有了变化，不能再关注。请接着填，再报一件。")
    code = crypto.tracking_code(key)
    try:
        with transaction.atomic():
            return Following(add_reporter(case, contact, code=code, at=at, is_follower=True), key)
    except IntegrityError:
        # The same press came in twice.
        earlier = Reporter.objects.filter(code_digest=crypto.digest("code", code)).first()
        if earlier is None:
            raise
        return Following(earlier, key)
