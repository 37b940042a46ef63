"""Leaders' instructions on the pages of what they were written on.

A case and a month task know nothing of instructions, which stand above them; so their templates ask for this card by
name, and no Python below imports it.
"""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User
from complaints.models import Complaint
from meetings.permissions import may_instruct
from meetings.stats import instructions_on
from progress.models import MonthTask

register = template.Library()


@register.inclusion_tag("meetings/_instructions.html")
def instructions_on_case(case: Complaint, user: User) -> dict[str, Any]:
    """What this person may read of what was written on the case, and for a leader the way to write."""
    return _card(user, {"case": case.number}, case=case)


@register.inclusion_tag("meetings/_instructions.html")
def instructions_on_task(task: MonthTask, user: User) -> dict[str, Any]:
    """The same for a month task."""
    return _card(user, {"task": task.pk}, task=task)


def _card(user: User, named: dict[str, str | int], **about: Complaint | MonthTask) -> dict[str, Any]:
    url = f"{reverse('meetings:instruction_new')}?{urlencode(named)}" if may_instruct(user) else ""
    return {"items": instructions_on(user, **about), "write_url": url}
