"""Action items: given and closed in the month, and what was still open at its end; none on a confidential case."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from common.clock import CITY_TIME
from common.months import Month
from meetings.models import NOT_CONFIDENTIAL, ActionItem
from meetings.workflow import ItemState


def read(month: Month, as_of: datetime) -> dict[str, Any]:
    items = ActionItem.objects.filter(NOT_CONFIDENTIAL)
    given = items.filter(created_at__gte=month.starts_at, created_at__lt=min(month.ends_at, as_of))
    closed = items.filter(closed_at__gte=month.starts_at, closed_at__lt=min(month.ends_at, as_of))
    open_then = items.filter(Q(closed_at=None) | Q(closed_at__gte=as_of), created_at__lt=as_of)
    rows = [_row(item, as_of) for item in open_then.named().order_by("due_on", "unit__code", "pk")]
    return {
        "given": given.count(),
        "done": closed.filter(state=ItemState.DONE).count(),
        "open": len(rows),
        "late": sum(row["is_late"] for row in rows),
        "rows": rows,
    }


def _row(item: ActionItem, as_of: datetime) -> dict[str, Any]:
    given = item.on
    task = given.task if given else None
    group = item.meeting.group if item.meeting else task.group if task else None
    return {
        "unit": item.unit.name,
        "content": item.content,
        "due_on": str(item.due_on),
        "is_late": item.due_on < as_of.astimezone(CITY_TIME).date(),
        "is_reported": item.is_reported,
        "group": group.code if group else "",
        "body": item.meeting.body if item.meeting else "领导批示" if given else "",
    }
