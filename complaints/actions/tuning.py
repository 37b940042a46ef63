from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit import log
from audit.differences import differences
from complaints.models import Tuning


@transaction.atomic
def tune(tuning: Tuning, *, by: User, at: datetime) -> None:
    """Change the numbers of the complaint platform, from now on."""
    changed = differences(asdict(Tuning.current()), asdict(tuning))
    if changed:
        tuning.keep()
        log.record("修改投诉平台设置", by=by, at=at, target=None, **changed)
