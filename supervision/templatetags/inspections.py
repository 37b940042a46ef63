"""What inspections left on the pages of what they are about.

A case and a month task know nothing of inspections, which stand above them; so their templates ask by name, and no
Python below imports this.
"""

from collections.abc import Iterable
from typing import Any

from django import template

from accounts.models import User
from complaints.models import Channel, Complaint
from progress.models import MonthTask
from supervision import stats
from supervision.models import Finding, Inspection

register = template.Library()


@register.inclusion_tag("supervision/_origin.html")
def inspection_of_case(case: Complaint, user: User) -> dict[str, Any]:
    """Where a case of this channel came from, for those who may read it; no other case costs a question."""
    if case.channel != Channel.INSPECTION:
        return {"inspection": None}
    found = Inspection.objects.visible_to(user).filter(findings__complaint=case).named()
    return {"inspection": found.first()}


@register.simple_tag
def remarks_on(tasks: MonthTask | Iterable[MonthTask], user: User) -> dict[int, list[Finding]]:
    """The remarks on all tasks of a page, asked for once."""
    return stats.remarks_on([tasks] if isinstance(tasks, MonthTask) else tasks, user)


@register.inclusion_tag("supervision/_remarks.html")
def remarks_of(remarks: dict[int, list[Finding]], task: MonthTask) -> dict[str, Any]:
    return {"remarks": remarks.get(task.pk, [])}


@register.inclusion_tag("supervision/_remarks_card.html")
def remarks_card(task: MonthTask, user: User) -> dict[str, Any]:
    """The same on the page of one task."""
    return {"remarks": stats.remarks_on([task], user).get(task.pk, [])}
