from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit import log
from audit.differences import differences
from supervision.repeats import Thresholds


@transaction.atomic
def set_thresholds(thresholds: Thresholds, *, by: User, at: datetime) -> None:
    """From where on something is a repeat signal, from now on."""
    changed = differences(asdict(Thresholds.current()), asdict(thresholds))
    if changed:
        thresholds.keep()
        log.record("修改反复出现的标准", by=by, at=at, target=None, **changed)
