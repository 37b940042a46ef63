"""What the log says of one record, for the page of that record."""

from dataclasses import dataclass
from datetime import datetime

from django.db import models

from audit.models import Entry
from audit.words import said

MOST = 50


@dataclass(frozen=True)
class Change:
    """One entry: who did what, and each fact that it changed with what it was and what it became."""

    at: datetime
    who: str
    what: str
    facts: list[tuple[str, str, str]]


def changes_of(target: models.Model) -> list[Change]:
    """The newest first. Facts are those that `differences` wrote."""
    entries = Entry.objects.filter(target_model=target._meta.label_lower, target_id=str(target.pk))
    return [_change(entry) for entry in entries.order_by("-at", "-pk")[:MOST]]


def _change(entry: Entry) -> Change:
    before, after = entry.facts.get("before", {}), entry.facts.get("after", {})
    facts = [(name, said(before.get(name)), said(value)) for name, value in after.items()]
    return Change(entry.at, entry.actor_label, entry.verb, facts)
