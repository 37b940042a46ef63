"""Showing a closed case to the public, in words the office went over."""

import re
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit import log
from common.errors import DomainError
from common.masking import hide_phones
from complaints.models import Complaint, Photo, PublicVersion
from complaints.workflow import State

# 3 号楼 2 单元 501 室: public pages never tell in which house somebody lives.
_HOUSE = re.compile(r"[0-9０-９一二三四五六七八九十]+\s*(?=号楼|号院|号|栋|幢|单元|室|门)")


def without_house(text: str) -> str:
    """The text without phones and without the numbers of houses, entrances and flats."""
    return _HOUSE.sub("某", hide_phones(text))


@transaction.atomic
def publish(
    case: Complaint, *, title: str, text: str, result: str, photos: Sequence[Photo], by: User, at: datetime
) -> PublicVersion:
    """Show these words and photos of a closed case; again, they replace those shown before."""
    if case.state != State.CLOSED:
        raise DomainError("只有已办结的案件才能公开。请办结后再公开。")
    if case.is_confidential:
        raise DomainError("这件是保密的，不能公开。")
    shown = {"title": title, "text": text, "result": result, "is_published": True}
    version, _ = PublicVersion.objects.update_or_create(
        complaint=case, defaults=shown | {"changed_at": at, "changed_by": by}
    )
    version.photos.set(photos)
    facts = {"title": title, "photos": len(photos)}
    log.record("公开案件", by=by, at=at, target=case, after=facts)
    return version


@transaction.atomic
def unpublish(case: Complaint, *, by: User, at: datetime) -> None:
    """Take a case off the public pages; its words are kept for another time."""
    published = PublicVersion.objects.filter(complaint=case, is_published=True)
    if published.update(is_published=False, changed_at=at, changed_by=by):
        log.record("撤下公开案件", by=by, at=at, target=case)
