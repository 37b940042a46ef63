from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from complaints.actions.intake import Filed, file
from complaints.actions.moves import accept
from complaints.models import Category, Channel


@transaction.atomic
def take_call(
    *, key: UUID, category: Category | None, is_urgent: bool, by: User, at: datetime, **answers: Any
) -> Filed:
    """File what somebody says on the telephone (投诉热线); with its fine category it is accepted in the same breath.

    `key` names the form: sent again, it gives back the case it made. The rest is as `file` takes it.
    """
    filed = file(key=hotline_key(key), channel=Channel.HOTLINE, by=by, at=at, **answers)
    if filed.is_new and category:
        accept(filed.complaint, category=category, is_urgent=is_urgent, by=by, at=at)
    return filed


def hotline_key(form: UUID) -> str:
    return f"hotline:{form}"
