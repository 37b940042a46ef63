"""Write and check the audit log (审计日志)."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from audit.models import ChainHead, Entry

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

GENESIS = "0" * 64


@transaction.atomic
def record(
    verb: str,
    *,
    by: "AbstractBaseUser | None",
    at: datetime,
    target: models.Model | None = None,
    **facts: Any,
) -> Entry:
    """Add one entry in the caller's transaction. `facts` are plain JSON values, never a phone or a code."""
    # get_or_create first: select_for_update cannot lock a row that is not there yet.
    ChainHead.objects.get_or_create(pk=1, defaults={"seal": GENESIS})
    head = ChainHead.objects.select_for_update().get(pk=1)
    entry = Entry(
        at=at,
        actor_id=str(by.pk) if by else "",
        actor_label=str(by) if by else "系统",
        verb=verb,
        target_model=target._meta.label_lower if target else "",
        target_id=str(target.pk) if target else "",
        target_label=str(target)[:120] if target else "",
        facts=facts,
        previous_seal=head.seal,
    )
    entry.seal = seal_of(entry)
    entry.save(force_insert=True)
    ChainHead.objects.filter(pk=1).update(seal=entry.seal)
    return entry


def seal_of(entry: Entry) -> str:
    told = [
        entry.previous_seal,
        entry.at.astimezone(UTC).isoformat(),
        entry.actor_id,
        entry.actor_label,
        entry.verb,
        entry.target_model,
        entry.target_id,
        entry.target_label,
        json.dumps(entry.facts, sort_keys=True, ensure_ascii=False),
    ]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def broken_links() -> Iterator[Entry]:
    """The entries that do not fit the chain: changed, or with a neighbour missing. None means the log is whole."""
    expected = GENESIS
    for entry in Entry.objects.order_by("pk").iterator(chunk_size=2000):
        if entry.previous_seal != expected or entry.seal != seal_of(entry):
            yield entry
        expected = entry.seal


def is_cut_off() -> bool:
    """Whether the newest entries are gone: the chain's head then seals one that no longer stands last."""
    head = ChainHead.objects.filter(pk=1).values_list("seal", flat=True).first() or GENESIS
    last = Entry.objects.order_by("-pk").values_list("seal", flat=True).first() or GENESIS
    return head != last
