from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from audit import log
from common.errors import DomainError
from volunteers.models import Guide


def save_guide(guide: Guide, *, by: User, at: datetime) -> Guide:
    """Store a new or changed check-list; its `place` names it."""
    verb = "改巡查指引" if guide.pk else "加巡查指引"
    try:
        with transaction.atomic():
            guide.save()
            log.record(verb, by=by, at=at, target=guide, points=len(guide.points))
    except IntegrityError:
        raise DomainError(f"“{guide.place}”已经有指引了。请改那一份，或换一个名称。") from None
    return guide


@transaction.atomic
def remove_guide(guide: Guide, *, by: User, at: datetime) -> None:
    log.record("删巡查指引", by=by, at=at, target=guide, points=len(guide.points))
    guide.delete()
